import type { InvocationStatus } from '../invocation.ts';
import type { Trigger } from '../functionConfiguration.ts';

/** Statuses by the code that the arrays hold. */
export const statuses = [
	'success',
	'error',
	'timeout',
	'out-of-memory',
	'crash',
] as const satisfies readonly InvocationStatus[];

export const success = 0;
export const failed = 1;
export const timedOut = 2;
export const outOfMemory = 3;
export const crashed = 4;
/** A failure that belongs to a story; its text differs from the everyday ones. */
export const storyFailed = 5;

/** The status that a code stands for. */
export function statusOf(code: number): InvocationStatus {
	return code === storyFailed ? 'error' : (statuses[code] ?? 'error');
}

export interface OutcomeFacts {
	readonly errorShare: number;
	/** The errors are a story's. */
	readonly isStory: boolean;
	readonly timeoutShare: number;
	/** The language's failures end the process. */
	readonly crashes: boolean;
	readonly timeoutUs: number;
	readonly medianUs: number;
}

/** What becomes of an execution, as a status code, from one uniform number. */
export function drawStatus(facts: OutcomeFacts, roll: number): number {
	if (roll < facts.timeoutShare) return timedOut;
	if (roll >= facts.timeoutShare + facts.errorShare) return success;
	if (facts.isStory) return storyFailed;
	// A panic or an exit takes the process with it about once in eight failures.
	return facts.crashes && (roll * 1e7) % 8 < 1 ? crashed : failed;
}

/** Whether Lambda itself runs a failed event again. */
export function isRetried(trigger: Trigger): boolean {
	return trigger === 'async' || trigger === 'schedule';
}
