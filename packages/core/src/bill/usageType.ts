import type { Architecture } from '../function/function.ts';

/** What a line of Lambda or CloudWatch Logs charges for. */
export const billComponents = [
	'requests',
	'duration',
	'provisioned-concurrency',
	'provisioned-duration',
	'ephemeral-storage',
	'snapstart-cache',
	'snapstart-restore',
	'streaming',
	'edge-requests',
	'edge-duration',
	'event-pollers',
	'managed-instances',
	'microvm',
	'durable',
	'tenant-isolation',
	'data-transfer',
	'log-ingestion',
	'log-storage',
	'log-queries',
	'log-live-tail',
	'log-other',
	'lambda-other',
] as const;
export type BillComponent = (typeof billComponents)[number];

/** The meaning of a usage type. */
export interface UsageMeaning {
	readonly component: BillComponent;
	/** `null` where the charge does not differ by architecture. */
	readonly architecture: Architecture | null;
	/** The prefix as printed, `EU`, `USE2`; `null` for none (us-east-1) and for `Global`. */
	readonly regionPrefix: string | null;
	/** True for the rows that the free tier covers (`Global-…`). */
	readonly freeTier: boolean;
}
