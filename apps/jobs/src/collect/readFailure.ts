import { filterEvents, type LogEvent } from '@lamplight/aws/records/filterEvents';
import { LamplightError } from '@lamplight/core/errors';
import type { Execution } from '@lamplight/core/execution/execution';
import type { LambdaFunction } from '@lamplight/core/function/function';
import { failuresOf } from '@lamplight/core/issue/errorLine';
import type { FailureText } from '@lamplight/core/issue/failureText';

import type { Work } from '../account.ts';

/** What the log says of one failed execution. */
export interface FailureReading {
	readonly execution: Execution;
	readonly text: FailureText;
	/** Its own lines, for those who may read logs; empty when they could not be read. */
	readonly lines: readonly string[];
}

type ReadableFunction = Pick<LambdaFunction, 'runtime' | 'logGroup'>;

/** Lines may be dated a little outside of what REPORT measures. */
const marginMs = 2_000;
const maxPages = 3;
const maxLineChars = 8_000;

/** Reads one execution's lines and takes the failure out of them. */
export async function readFailure(
	work: Work,
	options: {
		readonly fn: ReadableFunction;
		readonly region: string;
		readonly execution: Execution;
	},
): Promise<FailureReading> {
	const { fn, execution } = options;
	const events = await linesOf(work, options);
	return failureReading(fn, execution, betweenStartAndEnd(events, execution));
}

/** Takes the failure out of an execution's own lines. */
export function failureReading(
	fn: Pick<ReadableFunction, 'runtime'>,
	execution: Execution,
	own: readonly Pick<LogEvent, 'timestampMs' | 'message'>[],
): FailureReading {
	const failures = failuresOf(
		own.map(({ timestampMs, message }) => ({ timestampMs, message })),
		fn.runtime,
	);
	const said = failures.find(({ platform }) => !platform) ?? failures[0];
	const lines = own.map(({ message }) => message.slice(0, maxLineChars));
	return { execution, text: said?.text ?? unsaid(fn, execution), lines };
}

/** Where the lines say nothing, the platform's verdict is all that is known. */
function unsaid(fn: Pick<ReadableFunction, 'runtime'>, execution: Execution): FailureText {
	const { errorType, status } = execution;
	return {
		runtime: fn.runtime,
		errorType: errorType ?? (status === 'timeout' ? 'Sandbox.Timedout' : 'Error'),
		message: '',
	};
}

async function linesOf(
	work: Work,
	options: { fn: ReadableFunction; region: string; execution: Execution },
): Promise<LogEvent[]> {
	const { fn, region, execution } = options;
	const ranMs = Math.ceil(
		(execution.durationUs + (execution.initUs ?? 0) + (execution.restoreUs ?? 0)) / 1000,
	);
	const range = {
		fromMs: execution.startMs - marginMs,
		toMs: execution.startMs + ranMs + marginMs,
	};
	const events: LogEvent[] = [];
	try {
		const request = { logGroup: fn.logGroup, range, logStreams: [execution.logStream], maxPages };
		for await (const page of filterEvents(work.account, region, request)) {
			events.push(...page.events);
		}
	} catch (error) {
		// The failure is counted all the same, by its type.
		if (error instanceof LamplightError) return events;
		throw error;
	}
	return events;
}

/** An environment runs one execution at a time: its lines lie between its own START and REPORT. */
function betweenStartAndEnd(events: readonly LogEvent[], execution: Execution): LogEvent[] {
	const { requestId } = execution;
	const first = events.findIndex(({ message }) => message.includes(requestId));
	let last = events.length - 1;
	while (last > first && !(events[last]?.message.includes(requestId) ?? false)) last -= 1;
	return first < 0 ? [...events] : events.slice(first, last + 1);
}
