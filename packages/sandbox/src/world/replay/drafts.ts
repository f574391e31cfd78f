import { appOf } from '../apps.ts';
import type { Draft } from '../draft.ts';
import { longestRunUs, type Trace, type TraceFunction } from './trace.ts';

/** The account that a trace is played in. */
export const replayAccountName = 'trace-replay';

const region = 'eu-west-1';
/** Enough of the trace's hashes to tell its functions and apps apart. */
const appLength = 8;
const functionLength = 12;

// A trace tells at most what was used; sizes are those that Lambda's console offers first.
const usualSizesMib = [128, 256, 512, 1024, 1536, 2048, 3008, 4096, 6144, 8192, 10_240] as const;
/** A trace knows of no releases: the next is out of everybody's sight. */
const noReleaseDays = 100_000;
/** Where the trace does not tell, every function has as much. */
const unknownMemoryMib = 256;

/**
 * The functions of a trace as functions of an account. Whatever the trace does not know is left out
 * rather than made up: there are no failures, no cold starts and no application logs.
 */
export function replayDrafts(trace: Trace, accountId: string): Draft[] {
	return trace.functions.map((fn) => draftOf(fn, trace.lengthMs, accountId));
}

function draftOf(fn: TraceFunction, lengthMs: number, accountId: string): Draft {
	const app = fn.app?.slice(0, appLength) ?? null;
	const short = fn.name.slice(0, functionLength);
	const memoryMib = memoryOf(fn.memoryUsedMib);
	return {
		name: app === null ? short : `${app}-${short}`,
		accountId,
		region,
		language: 'node',
		architecture: 'x86_64',
		trigger: 'direct',
		memoryMib,
		timeoutSeconds: longestRunUs / 1_000_000,
		app: app === null ? null : appOf('cloudformation', app, 'replay'),
		traffic: { kind: 'recorded', trace: fn, lengthMs },
		work: { initMs: 0, memoryUsedMib: fn.memoryUsedMib ?? memoryMib / 2 },
		logs: { format: 'Text', linesPerRun: 0 },
		release: { everyDays: noReleaseDays },
		settings: { errorShare: 0, tracing: false },
	};
}

function memoryOf(usedMib: number | null): number {
	if (usedMib === null) return unknownMemoryMib;
	return usualSizesMib.find((size) => size >= usedMib) ?? 10_240;
}
