import type { Execution } from '../execution/execution.ts';
import type { LambdaFunction } from '../function/function.ts';
import { type AccountId, type ConnectionId, functionId, type Region } from '../ids.ts';

/** A function that ran although no inventory lists it. */
export interface UnlistedInput {
	readonly connectionId: ConnectionId;
	readonly accountId: AccountId;
	readonly region: Region;
	readonly name: string;
	/** One of its executions, where records were read; they say its memory and version. */
	readonly execution: Execution | null;
	readonly nowMs: number;
}

// Metrics of a replica outside the home region carry it in the name, `us-east-1.NAME`, and replicas
// write to `/aws/lambda/us-east-1.NAME`; CloudFront developer guide, "Metrics for edge functions", read 2026-11.
const replica = /^us-east-1\./;
/** Lambda's smallest memory size and default timeout, where nothing says better; Lambda quotas, read 2026-11. */
const defaults = { memoryMib: 128, timeoutSeconds: 3, ephemeralStorageMib: 512 } as const;

/**
 * What is known of a function that was deleted before it was first listed, or of a replica of
 * Lambda@Edge, so that its figures have a place: it counts as gone, for no inventory will list it.
 */
export function unlistedFunction(input: UnlistedInput): LambdaFunction {
	const { connectionId, accountId, region, name, execution, nowMs } = input;
	return {
		...defaults,
		id: functionId({ accountId, region, name }),
		connectionId,
		accountId,
		region,
		name,
		arn: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
		runtime: null,
		packageType: 'Zip',
		handler: null,
		architecture: 'x86_64',
		billingMode: replica.test(name) ? 'edge' : 'on-demand',
		memoryMib: execution?.memoryMib ?? defaults.memoryMib,
		codeSizeBytes: 0,
		codeSha256: null,
		revisionId: null,
		lastModifiedMs: null,
		version: null,
		aliases: [],
		snapStart: false,
		tracing: false,
		reservedConcurrency: null,
		provisionedConcurrency: [],
		eventSources: [],
		layers: [],
		logGroup: `/aws/lambda/${name}`,
		logFormat: 'Text',
		systemLogLevel: null,
		logClass: null,
		logRetentionDays: null,
		logStoredBytes: null,
		tags: {},
		app: null,
		owner: null,
		firstSeenMs: nowMs,
		lastSeenMs: nowMs,
		goneMs: nowMs,
	};
}
