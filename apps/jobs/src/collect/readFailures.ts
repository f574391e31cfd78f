import { filterEvents, type LogEvent } from '@lamplight/aws/records/filterEvents';
import { failedExecutions, failurePattern } from '@lamplight/core/collection/failureLines';
import { LamplightError } from '@lamplight/core/errors';
import type { LambdaFunction } from '@lamplight/core/function/function';
import type { TimeRange } from '@lamplight/core/time';

import type { Work } from '../account.ts';
import { type FailureReading, failureReading } from './readFailure.ts';

export interface FailuresRead {
	/** Their executions are without duration and cost: the lines that tell of a failure were read. */
	readonly failures: readonly FailureReading[];
	/** False when there are more pages than were read, or AWS did not answer. */
	readonly complete: boolean;
}

/** What a function's own lines tell of its failures in a range, without reading what else it wrote. */
export async function readFailures(
	work: Pick<Work, 'account'>,
	fn: Pick<LambdaFunction, 'id' | 'logGroup' | 'logFormat' | 'region' | 'runtime'>,
	{ range, maxPages }: { readonly range: TimeRange; readonly maxPages: number },
): Promise<FailuresRead> {
	const events: LogEvent[] = [];
	let next: string | null = null;
	try {
		const pattern = failurePattern(fn);
		const request = { logGroup: fn.logGroup, range, pattern, maxPages };
		for await (const page of filterEvents(work.account, fn.region, request)) {
			events.push(...page.events);
			next = page.next;
		}
	} catch (error) {
		if (!(error instanceof LamplightError)) throw error;
		return { failures: [], complete: false };
	}
	const failures = failedExecutions(fn.id, events).map(({ execution, lines }) =>
		failureReading(fn, execution, lines),
	);
	return { failures, complete: next === null };
}
