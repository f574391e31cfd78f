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
