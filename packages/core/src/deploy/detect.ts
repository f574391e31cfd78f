import type { LambdaFunction } from '../function/function.ts';
import type { ConfigChange } from './deploy.ts';

/** A deploy as inventory sees it; the caller gives it an id, a workspace and, where known, an actor. */
export interface DetectedDeploy {
	readonly atMs: number;
	readonly kind: 'code' | 'configuration';
	readonly version: string | null;
	readonly codeSha256: string | null;
	readonly changes: readonly ConfigChange[];
}

/** Fields that a deploy may change, with how each reads. Log storage and sightings are not deploys. */
const fields: Readonly<Record<string, (fn: LambdaFunction) => string | null>> = {
	code: (fn) => fn.codeSha256,
	version: (fn) => fn.version,
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
	const changes: ConfigChange[] = [];
	for (const [field, read] of Object.entries(fields)) {
		const was = cut(read(before));
		const is = cut(read(after));
		if (was !== is) changes.push({ field, before: was, after: is });
	}
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

function cut(text: string | null): string | null {
	return text === null ? null : text.slice(0, longestValue);
}

function asText(value: number | null): string | null {
	return value === null ? null : String(value);
}
