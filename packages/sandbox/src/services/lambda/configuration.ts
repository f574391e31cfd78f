import { createHash } from 'node:crypto';

import type { FunctionConfiguration as AwsConfiguration } from '@aws-sdk/client-lambda';

import type { WorldFunction } from '../../world/world.ts';
import type { FunctionConfiguration, PublishedVersion } from '../../world/functionConfiguration.ts';

/** Lambda's way of writing a time: `2026-11-23T10:00:00.000+0000`. */
export function lambdaTime(timeMs: number): string {
	return new Date(timeMs).toISOString().replace('Z', '+0000');
}

/** `$LATEST` as ListFunctions prints it: without State, which only the calls about one function have. */
export function latestConfiguration(
	fn: WorldFunction,
	configuration: FunctionConfiguration,
	options: { readonly qualified: boolean },
): AwsConfiguration {
	const { packageType, runtime, handler, logging, layers, snapStart } = configuration;
	return {
		FunctionName: fn.name,
		FunctionArn: options.qualified ? `${fn.arn}:$LATEST` : fn.arn,
		...(runtime === null ? {} : { Runtime: runtime }),
		Role: configuration.roleArn,
		...(handler === null ? {} : { Handler: handler }),
		CodeSize: configuration.codeSizeBytes,
		Description: configuration.description,
		Timeout: configuration.timeoutSeconds,
		MemorySize: configuration.memoryMib,
		LastModified: lambdaTime(configuration.lastModifiedMs),
		CodeSha256: configuration.codeSha256,
		Version: '$LATEST',
		...(Object.keys(configuration.environment).length === 0
			? {}
			: { Environment: { Variables: { ...configuration.environment } } }),
		TracingConfig: { Mode: configuration.tracing ? 'Active' : 'PassThrough' },
		...(fn.edgeMasterArn === null ? {} : { MasterArn: fn.edgeMasterArn }),
		RevisionId: configuration.revisionId,
		...(layers.length === 0
			? {}
			: { Layers: layers.map((layer) => ({ Arn: layer.arn, CodeSize: layer.codeSizeBytes })) }),
		PackageType: packageType,
		Architectures: [configuration.architecture],
		EphemeralStorage: { Size: configuration.ephemeralStorageMib },
		SnapStart: {
			ApplyOn: snapStart ? 'PublishedVersions' : 'None',
			// Only a published version is optimised; $LATEST says Off.
			OptimizationStatus: 'Off',
		},
		LoggingConfig: {
			LogFormat: logging.format,
			...(logging.applicationLogLevel === null
				? {}
				: { ApplicationLogLevel: logging.applicationLogLevel }),
			...(logging.systemLogLevel === null ? {} : { SystemLogLevel: logging.systemLogLevel }),
			LogGroup: logging.logGroup,
		},
	};
}

/** A published version: the configuration as it was frozen. */
export function versionConfiguration(
	fn: WorldFunction,
	configuration: FunctionConfiguration,
	version: PublishedVersion,
): AwsConfiguration {
	return {
		...latestConfiguration(fn, configuration, { qualified: false }),
		FunctionArn: `${fn.arn}:${version.version}`,
		Version: version.version,
		CodeSha256: version.codeSha256,
		RevisionId: version.revisionId,
		MemorySize: version.memoryMib,
		Timeout: version.timeoutSeconds,
		LastModified: lambdaTime(version.publishedMs),
		SnapStart: {
			ApplyOn: configuration.snapStart ? 'PublishedVersions' : 'None',
			OptimizationStatus: configuration.snapStart ? 'On' : 'Off',
		},
	};
}

/** What the calls about one function add. */
export function withState(configuration: AwsConfiguration, region: string): AwsConfiguration {
	const { Runtime: runtime } = configuration;
	return {
		...configuration,
		State: 'Active',
		LastUpdateStatus: 'Successful',
		...(runtime === undefined
			? {}
			: { RuntimeVersionConfig: { RuntimeVersionArn: runtimeVersionArn(runtime, region) } }),
	};
}

/** Each runtime has one version in this world; its ARN ends in 64 hexadecimal digits. */
function runtimeVersionArn(runtime: string, region: string): string {
	const digest = createHash('sha256').update(runtime).digest('hex');
	return `arn:aws:lambda:${region}::runtime:${digest}`;
}
