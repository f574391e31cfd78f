import type { LambdaFunction } from '../function/function.ts';
import type { FunctionFacts } from '../inventory/facts.ts';
import type { ConfigChange } from './deploy.ts';

/** A deploy as inventory sees it; the caller gives it an id, a workspace and, where known, an actor. */
export interface DetectedDeploy {
	readonly atMs: number;
	readonly kind: 'code' | 'configuration';
	readonly version: string | null;
	readonly codeSha256: string | null;
	readonly changes: readonly ConfigChange[];
}

/** What Lambda keeps of every published version, and inventory of a function as it is now. */
type Configuration = Pick<
	FunctionFacts,
	| 'codeSha256'
	| 'runtime'
	| 'handler'
	| 'architecture'
	| 'memoryMib'
	| 'ephemeralStorageMib'
	| 'timeoutSeconds'
	| 'packageType'
	| 'layers'
	| 'snapStart'
	| 'tracing'
	| 'logGroup'
	| 'logFormat'
	| 'systemLogLevel'
>;

type Readers<T> = Readonly<Record<string, (of: T) => string | null>>;

/** Fields that a deploy may change, with how each reads. Log storage and sightings are not deploys. */
const configurationFields: Readers<Configuration> = {
	code: (fn) => fn.codeSha256,
	runtime: (fn) => fn.runtime,
	handler: (fn) => fn.handler,
	architecture: (fn) => fn.architecture,
	'memory MiB': (fn) => String(fn.memoryMib),
	'ephemeral storage MiB': (fn) => String(fn.ephemeralStorageMib),
	'timeout s': (fn) => String(fn.timeoutSeconds),
	'package type': (fn) => fn.packageType,
	layers: (fn) => fn.layers.join(', '),
	SnapStart: (fn) => String(fn.snapStart),
	tracing: (fn) => String(fn.tracing),
	'log group': (fn) => fn.logGroup,
	'log format': (fn) => fn.logFormat,
	'system log level': (fn) => fn.systemLogLevel,
};

const functionFields: Readers<LambdaFunction> = {
	...configurationFields,
	version: (fn) => fn.version,
	aliases: (fn) => fn.aliases.map(({ name, version }) => `${name}=${version}`).join(', '),
	'reserved concurrency': (fn) => asText(fn.reservedConcurrency),
	'provisioned concurrency': (fn) =>
		fn.provisionedConcurrency
			.map(({ qualifier, requested }) => `${qualifier}=${requested}`)
			.join(', '),
};

const longestValue = 400;

/**
 * What changed between two sightings of one function; `null` when nothing that a deploy changes
 * did. The time is the function's own last modification where that lies after the earlier sighting
 * (an alias or a concurrency setting moves without touching it), else the later sighting.
 */
export function detectDeploy(before: LambdaFunction, after: LambdaFunction): DetectedDeploy | null {
	const changes = changesBetween(functionFields, before, after);
	if (changes.length === 0) return null;
	const { lastModifiedMs } = after;
	const modified = lastModifiedMs !== null && lastModifiedMs !== before.lastModifiedMs;
	return {
		atMs: modified && lastModifiedMs <= after.lastSeenMs ? lastModifiedMs : after.lastSeenMs,
		kind: before.codeSha256 === after.codeSha256 ? 'configuration' : 'code',
		version: after.version,
		codeSha256: after.codeSha256,
		changes,
	};
}

/** What differs between two configurations of one function, as inventory or Lambda keeps them. */
export function configurationChanges(before: Configuration, after: Configuration): ConfigChange[] {
	return changesBetween(configurationFields, before, after);
}

function changesBetween<T>(fields: Readers<T>, before: T, after: T): ConfigChange[] {
	return Object.entries(fields).flatMap(([field, read]) => {
		const was = cut(read(before));
		const is = cut(read(after));
		return was === is ? [] : [{ field, before: was, after: is }];
	});
}

function cut(text: string | null): string | null {
	return text === null ? null : text.slice(0, longestValue);
}

function asText(value: number | null): string | null {
	return value === null ? null : String(value);
}
