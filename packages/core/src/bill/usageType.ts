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

/**
 * A usage type's region prefix, upper case with an optional digit (`EU-`, `USE2-`, `Global-`). us-east-1
 * prints none for Lambda (reference tables of usage types in the bulk price list, read 2026-09).
 */
const prefixed = /^(?:(Global|[A-Z]{2,4}\d?)-)?(.+)$/;

/** Rules on what follows the prefix; anchored, because `Requests-Tier1` and others only contain the word. */
const lambdaRules: readonly (readonly [RegExp, BillComponent])[] = [
	[/^Request(?:-ARM)?$/, 'requests'],
	[/^Lambda-GB-Second(?:-ARM)?$/, 'duration'],
	[/^Lambda-Provisioned-Concurrency(?:-ARM)?$/, 'provisioned-concurrency'],
	[/^Lambda-Provisioned-GB-Second(?:-ARM)?$/, 'provisioned-duration'],
	[/^Lambda-Storage-GB-Second(?:-ARM)?$/, 'ephemeral-storage'],
	[/^Lambda-SnapStart-Cached-/, 'snapstart-cache'],
	[/^Lambda-SnapStart-Restored-/, 'snapstart-restore'],
	[/^Lambda-Streaming-Response-/, 'streaming'],
	[/^Lambda-Edge-Request/, 'edge-requests'],
	[/^Lambda-Edge-GB-Second/, 'edge-duration'],
	[/^Lambda-Event-Poller-Unit-/, 'event-pollers'],
	[/^Lambda-Managed-Instances-/, 'managed-instances'],
	[/^Lambda-MicroVM-/, 'microvm'],
	[/^Lambda-Durable-/, 'durable'],
	[/^Lambda-Tenant-/, 'tenant-isolation'],
	[
		/^(?:[A-Z]{2,4}\d?-)?(?:AWS-(?:In|Out)-|DataTransfer-|CloudFront-(?:In|Out)-|VPCPeering-)/,
		'data-transfer',
	],
];

const logsRules: readonly (readonly [RegExp, BillComponent])[] = [
	[/^(?:DataProcessing(?:IA)?-Bytes|VendedLog)/, 'log-ingestion'],
	[/^TimedStorage-/, 'log-storage'],
	[/^DataScanned-/, 'log-queries'],
	[/^(?:Logs?-?)?LiveTail-/, 'log-live-tail'],
	[/^(?:DataProtection|S3-Egress|DeliveryDataProcessing|Logs?-)/, 'log-other'],
];

/** What a usage type of the product `AWSLambda` charges for; an unknown one is `lambda-other`. */
export function lambdaUsage(usageType: string): UsageMeaning {
	return meaningOf(usageType, lambdaRules) ?? meaning(usageType, 'lambda-other');
}

/** What a usage type of `AmazonCloudWatch` charges for when it is about logs; `null` when it is not. */
export function logsUsage(usageType: string): UsageMeaning | null {
	return meaningOf(usageType, logsRules);
}

/**
 * What a kept day row charges for: its usage type, or the component's own name where the bill had no
 * usage type. `null` when it says nothing.
 */
export function usageOfMeter(
	service: 'lambda' | 'logs',
	meter: string | null,
): UsageMeaning | null {
	if (meter === null) return null;
	const component = billComponents.find((each) => each === meter);
	if (component !== undefined) {
		return { component, architecture: null, regionPrefix: null, freeTier: false };
	}
	return service === 'lambda' ? lambdaUsage(meter) : logsUsage(meter);
}

function meaningOf(
	usageType: string,
	rules: readonly (readonly [RegExp, BillComponent])[],
): UsageMeaning | null {
	// `USW2-USE1-AWS-Out-Bytes` has two prefixes: the first is the region that pays.
	const rest = prefixed.exec(usageType)?.[2] ?? usageType;
	const rule = rules.find(([pattern]) => pattern.test(rest));
	return rule === undefined ? null : meaning(usageType, rule[1]);
}

function meaning(usageType: string, component: BillComponent): UsageMeaning {
	const prefix = prefixed.exec(usageType)?.[1] ?? null;
	return {
		component,
		architecture: architectureOf(usageType, component),
		regionPrefix: prefix === 'Global' ? null : prefix,
		freeTier: prefix === 'Global',
	};
}

const perArchitecture: ReadonlySet<BillComponent> = new Set([
	'requests',
	'duration',
	'provisioned-concurrency',
	'provisioned-duration',
	'ephemeral-storage',
	'streaming',
]);

function architectureOf(usageType: string, component: BillComponent): Architecture | null {
	if (!perArchitecture.has(component)) return null;
	return usageType.endsWith('-ARM') ? 'arm64' : 'x86_64';
}

/**
 * What a line without a usage type charges for, from AWS's wording of its price (FOCUS 1.0 has no
 * usage type column). Architecture is known only where the wording says so.
 */
export function usageOfDescription(description: string): UsageMeaning | null {
	const edge = /\bLambda-Edge-(?:Request|GB-Second)/.exec(description);
	if (edge !== null) return lambdaUsage(edge[0]);
	const rule = descriptionRules.find(([pattern]) => pattern.test(description));
	if (rule === undefined) return null;
	const architecture = /\bARM\b/i.test(description) ? 'arm64' : 'x86_64';
	return {
		component: rule[1],
		architecture: perArchitecture.has(rule[1]) ? architecture : null,
		regionPrefix: null,
		freeTier: /Global|free tier/i.test(description) && !/beyond/i.test(description),
	};
}

// Wording of the FOCUS 1.0 sample's rows and of AWS's price list (read 2026-11), the narrower first.
const descriptionRules: readonly (readonly [RegExp, BillComponent])[] = [
	[/data transfer/i, 'data-transfer'],
	[/\blog data ingested|\bvended logs? (?:data )?ingested|\blogs? delivered/i, 'log-ingestion'],
	[/\blogs? storage\b/i, 'log-storage'],
	[/\blog data scanned|Logs Insights/i, 'log-queries'],
	[/\bLive ?Tail\b/i, 'log-live-tail'],
	[/^AWS Lambda - (?:Total )?Compute \(Provisioned\)/i, 'provisioned-duration'],
	[/^AWS Lambda - (?:Total )?Provisioned[- ]Concurrency/i, 'provisioned-concurrency'],
	[/^AWS Lambda - (?:Total )?(?:Ephemeral )?Storage/i, 'ephemeral-storage'],
	[/^AWS Lambda - (?:Total )?SnapStart.*Cache/i, 'snapstart-cache'],
	[/^AWS Lambda - (?:Total )?SnapStart.*Restore/i, 'snapstart-restore'],
	[/^AWS Lambda - .*Streaming/i, 'streaming'],
	[/^AWS Lambda - (?:Total )?Compute\b/i, 'duration'],
	[/^AWS Lambda - (?:Total )?Requests\b/i, 'requests'],
];

// Usage type prefixes as the price list's regions print them (read 2026-09); only those that were seen.
const regionsOfPrefixes: Readonly<Record<string, string>> = {
	EU: 'eu-west-1',
	USE1: 'us-east-1',
	USE2: 'us-east-2',
	USW1: 'us-west-1',
	USW2: 'us-west-2',
	EUW2: 'eu-west-2',
	EUW3: 'eu-west-3',
	EUC1: 'eu-central-1',
	EUN1: 'eu-north-1',
	APN1: 'ap-northeast-1',
	APN2: 'ap-northeast-2',
	APS1: 'ap-southeast-1',
	APS2: 'ap-southeast-2',
	APS3: 'ap-south-1',
	SAE1: 'sa-east-1',
	CAN1: 'ca-central-1',
	MES1: 'me-south-1',
	AFS1: 'af-south-1',
};

/** The region of a usage type's prefix; `null` when the prefix is unknown, or the row is global. */
export function regionOfUsage(usage: UsageMeaning): string | null {
	if (usage.freeTier) return null;
	if (usage.regionPrefix === null) return 'us-east-1';
	return regionsOfPrefixes[usage.regionPrefix] ?? null;
}
