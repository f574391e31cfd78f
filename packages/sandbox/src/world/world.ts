import type { ReplayOptions } from './replay/trace.ts';

/**
 * The simulated organisation: who exists, what is configured, what ran. Everything is a function of
 * the seed and of time, so nothing is stored and the past never changes. Services read this interface
 * and nothing else of the world.
 *
 * Times are epoch milliseconds of the world's clock. A range is half open, `[fromMs, toMs)`.
 */
export interface World {
	readonly options: WorldOptions;
	readonly organization: Organization;
	/** All accounts of the organisation whose fleet this is, the payer first. */
	readonly accounts: readonly WorldAccount[];
	/** Regions enabled in every account (the seventeen that AWS enables by default). */
	readonly regions: readonly string[];

	/** Also of the other organisation, in which nothing runs. */
	account(accountId: string): WorldAccount | null;
	/** The organisation of an account; `null` for accounts that are in none. */
	organizationOf(accountId: string): OrganizationAccounts | null;
	/** Functions that exist at `atMs` in one account and region, ascending by name as ListFunctions has them. */
	functions(accountId: string, region: string, atMs: number): readonly WorldFunction[];
	/** Every function that ever exists, of one account or of all. */
	allFunctions(accountId?: string): readonly WorldFunction[];
	/** `null` when no function of that name ever exists there; see `existsAt` for a point in time. */
	functionByName(accountId: string, region: string, name: string): WorldFunction | null;
	functionById(functionId: string): WorldFunction | null;
	existsAt(fn: WorldFunction, atMs: number): boolean;
	/** Configuration as it was at an instant, with versions and aliases published until then. */
	configuration(fn: WorldFunction, atMs: number): FunctionConfiguration;
	/** Releases and configuration changes, ascending. */
	deploys(fn: WorldFunction, range: TimeRange): readonly Deploy[];
	/** Scripted incidents that overlap the range, for people and tests to know what should be seen. */
	stories(range: TimeRange): readonly Story[];

	/** The exact invocations that start in the range, ascending by start. The ground truth. */
	invocations(functionId: string, range: TimeRange): Invocation[];
	/** Exact sums over the invocations that start in the range. */
	totals(functionId: string, range: TimeRange): InvocationTotals;
}

export interface WorldOptions {
	/** Same seed, same world. */
	readonly seed: number;
	/** Ordinary functions over all accounts; sentinels of faults come on top. */
	readonly functionCount: number;
	/** Nothing ran before this instant. */
	readonly beginsMs: number;
	/** Multiplies every rate of invocations; 1 is about 1.3 million a day at 240 functions. */
	readonly trafficScale: number;
	/** Adds an account whose functions carry the data faults, named by fault. */
	readonly faultLab: boolean;
	/** Adds an account whose traffic is a recorded trace; `null` for none. */
	readonly replay: ReplayOptions | null;
}

export interface TimeRange {
	readonly fromMs: number;
	readonly toMs: number;
}

export interface Organization {
	readonly id: string;
	readonly arn: string;
	/** The payer. */
	readonly managementAccountId: string;
	readonly managementAccountEmail: string;
}

/** An organisation with its accounts, the management account first. */
export interface OrganizationAccounts {
	readonly organization: Organization;
	/** The root of its units, which a StackSet names. */
	readonly rootId: string;
	readonly accounts: readonly WorldAccount[];
}

export interface WorldAccount {
	readonly id: string;
	readonly name: string;
	readonly email: string;
	readonly isPayer: boolean;
	readonly status: 'ACTIVE' | 'SUSPENDED';
	readonly joinedMs: number;
	/** When it was closed; `null` while open. A closed account answers AccessDenied to AssumeRole. */
	readonly closedMs: number | null;
	/** Actions that the connect role of this account lacks although the template grants them. */
	readonly deniedActions: readonly string[];
	/** Regions in which the account has functions. */
	readonly activeRegions: readonly string[];
	/** Lambda's limit of concurrent executions per region. */
	readonly concurrencyLimit: number;
}

/** The identity of a function; what can change over time is its `FunctionConfiguration`. */
export interface WorldFunction {
	/** Position in the world, stable for a seed. */
	readonly index: number;
	/** `account.region.name`. */
	readonly id: string;
	readonly accountId: string;
	readonly region: string;
	readonly name: string;
	/** Unqualified ARN. */
	readonly arn: string;
	readonly createdMs: number;
	/** `null` while it is not deleted. Metrics and logs outlive a function. */
	readonly deletedMs: number | null;
	/** For a replica of Lambda@Edge: the ARN of the function in us-east-1. */
	readonly edgeMasterArn: string | null;
}

export type Runtime =
	| 'nodejs24.x'
	| 'nodejs22.x'
	| 'nodejs20.x'
	| 'python3.13'
	| 'python3.12'
	| 'java21'
	| 'java17'
	| 'dotnet8'
	| 'provided.al2023';

/** The language that wrote the code; `runtime` alone does not tell Go from Rust or an image's. */
export type Language = 'node' | 'python' | 'java' | 'go' | 'dotnet' | 'rust';

export interface FunctionConfiguration {
	/** `null` for container images. */
	readonly runtime: Runtime | null;
	readonly language: Language;
	readonly packageType: 'Zip' | 'Image';
	/** `null` for container images. */
	readonly handler: string | null;
	readonly imageUri: string | null;
	readonly description: string;
	readonly architecture: 'x86_64' | 'arm64';
	readonly memoryMib: number;
	readonly ephemeralStorageMib: number;
	readonly timeoutSeconds: number;
	readonly codeSizeBytes: number;
	/** Base64 of 32 bytes, as Lambda prints it. */
	readonly codeSha256: string;
	/** Changes with every change of code or configuration. */
	readonly revisionId: string;
	readonly lastModifiedMs: number;
	readonly roleArn: string;
	readonly snapStart: boolean;
	readonly tracing: boolean;
	/** `null` without a reservation. */
	readonly reservedConcurrency: number | null;
	readonly provisionedConcurrency: readonly ProvisionedConcurrency[];
	readonly eventSources: readonly EventSourceMapping[];
	readonly layers: readonly LayerReference[];
	readonly logging: LoggingConfiguration;
	readonly tags: Readonly<Record<string, string>>;
	/** Values that look like secrets on purpose: whoever stores them has a leak. */
	readonly environment: Readonly<Record<string, string>>;
	/** Published versions, oldest first; `$LATEST` is the configuration itself. */
	readonly versions: readonly PublishedVersion[];
	readonly aliases: readonly Alias[];
	readonly app: AppMembership | null;
	/** How callers reach it. `async` invocations are retried twice by Lambda. */
	readonly trigger: Trigger;
	readonly streaming: boolean;
}

export type Trigger = 'http' | 'sqs' | 'async' | 'schedule' | 'stream' | 'direct' | 'edge';

export interface ProvisionedConcurrency {
	/** An alias or a version. */
	readonly qualifier: string;
	readonly requested: number;
	readonly lastModifiedMs: number;
}

export interface EventSourceMapping {
	readonly uuid: string;
	readonly eventSourceArn: string;
	readonly state: 'Enabled' | 'Disabled';
	readonly batchSize: number;
	readonly lastModifiedMs: number;
	/** `null` when the mapping has no provisioned pollers. */
	readonly provisionedPollers: number | null;
}

export interface LayerReference {
	readonly arn: string;
	readonly codeSizeBytes: number;
}

export interface LoggingConfiguration {
	readonly logGroup: string;
	readonly format: 'Text' | 'JSON';
	/** `null` in text format. */
	readonly systemLogLevel: 'DEBUG' | 'INFO' | 'WARN' | null;
	/** `null` in text format. */
	readonly applicationLogLevel: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL' | null;
	readonly groupClass: 'STANDARD' | 'INFREQUENT_ACCESS';
	/** `null`: kept for ever. */
	readonly retentionDays: number | null;
}

export interface PublishedVersion {
	readonly version: string;
	readonly publishedMs: number;
	readonly codeSha256: string;
	readonly revisionId: string;
	readonly memoryMib: number;
	readonly timeoutSeconds: number;
}

export interface Alias {
	readonly name: string;
	readonly version: string;
	readonly revisionId: string;
}

export interface AppMembership {
	readonly kind: 'sst' | 'cloudformation' | 'sam' | 'cdk' | 'serverless' | 'amplify';
	readonly name: string;
	readonly stage: string | null;
	/** Amplify only: the app's id and web framework. */
	readonly amplifyAppId: string | null;
	readonly framework: string | null;
}

export interface Deploy {
	readonly functionId: string;
	readonly atMs: number;
	/** The version that it published; `null` when versions are not published. */
	readonly version: string | null;
	readonly kind: 'code' | 'configuration';
	/** Who did it, as CloudTrail names them. */
	readonly actor: string;
	/** The event name in CloudTrail. */
	readonly eventName: 'UpdateFunctionCode20150331v2' | 'UpdateFunctionConfiguration20150331v2';
	readonly commit: string | null;
}

export interface Story {
	readonly id: string;
	readonly kind: StoryKind;
	readonly title: string;
	readonly fromMs: number;
	readonly toMs: number;
	readonly accountId: string;
	readonly functionIds: readonly string[];
}

export type StoryKind =
	| 'slow-deploy'
	| 'throttling'
	| 'runaway-recursion'
	| 'memory-leak'
	| 'timeouts'
	| 'silent-cron'
	| 'chatty-logs'
	| 'oversized-memory'
	| 'idle-provisioned'
	| 'memory-change'
	| 'bill-restated'
	| 'dependency-down'
	| 'new-error';

export type InvocationStatus = 'success' | 'error' | 'timeout' | 'out-of-memory' | 'crash';

/** One execution. Known by function, log stream, request id and attempt. */
export interface Invocation {
	readonly functionId: string;
	readonly requestId: string;
	/** 1, and 2 or 3 for Lambda's retries of an asynchronous event. */
	readonly attempt: number;
	readonly logStream: string;
	readonly version: string;
	/** Start, before a cold start's init. Metrics carry this time. */
	readonly startMs: number;
	/** Whole milliseconds: when its REPORT record is written. */
	readonly endMs: number;
	/** Microseconds, a multiple of 10: REPORT prints hundredths of a millisecond. Without init. */
	readonly durationUs: number;
	/** `null` when the environment was warm. */
	readonly initUs: number | null;
	/** SnapStart only. */
	readonly restoreUs: number | null;
	readonly billedRestoreMs: number | null;
	/** As REPORT prints it. */
	readonly billedMs: number;
	readonly memoryMib: number;
	readonly maxMemoryUsedMib: number;
	readonly status: InvocationStatus;
	/** The exception's class, or `Runtime.…`; `null` on success. */
	readonly errorType: string | null;
	/** Ran on provisioned concurrency. */
	readonly provisioned: boolean;
	/** Bytes of response streamed; 0 when the function does not stream. */
	readonly streamedBytes: number;
}

/** Sums over invocations; all integers. */
export interface InvocationTotals {
	readonly invocations: number;
	/** Every status but success. */
	readonly errors: number;
	readonly timeouts: number;
	readonly outOfMemory: number;
	readonly throttles: number;
	readonly durationUs: number;
	readonly durationMaxUs: number;
	readonly initUs: number;
	readonly coldStarts: number;
	readonly billedMs: number;
	/** Billed milliseconds × memory size of invocations on demand. */
	readonly billedMibMs: number;
	/** The same for invocations that ran on provisioned concurrency. */
	readonly provisionedMibMs: number;
	readonly provisionedInvocations: number;
	/** Sum over invocations of what Lambda bills as requests (large asynchronous events count more). */
	readonly billedRequests: number;
	readonly streamedBytes: number;
	/** Bytes that the function's executions wrote to its log group, as IncomingBytes counts them. */
	readonly logBytes: number;
	readonly logEvents: number;
}
