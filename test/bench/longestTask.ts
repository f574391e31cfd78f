import type { CDPSession } from 'playwright-core';
import * as z from 'zod';

/** One event of a trace, as far as it is read here. `tdur`: microseconds that the thread itself worked. */
const eventSchema = z.object({
	name: z.string(),
	ph: z.string(),
	pid: z.number(),
	tid: z.number(),
	tdur: z.number().optional(),
	args: z.object({ name: z.unknown() }).partial().optional(),
});
type TraceEvent = z.infer<typeof eventSchema>;

const collectedSchema = z.object({ value: z.array(eventSchema) });

/** The task that a thread of Chromium takes from its queue, and the name that it has in its traces. */
const taskName = 'ThreadControllerImpl::RunTask';
const mainThread = 'CrRendererMain';

/**
 * Milliseconds of the longest task of any page's main thread while `act` runs: the thread's own time, so that
 * what else the machine does is not counted. Throws where the trace has no task.
 */
export async function longestTaskMs(cdp: CDPSession, act: () => Promise<unknown>): Promise<number> {
	const events: TraceEvent[] = [];
	const collect = (event: unknown) => events.push(...collectedSchema.parse(event).value);
	cdp.on('Tracing.dataCollected', collect);
	await cdp.send('Tracing.start', {
		transferMode: 'ReportEvents',
		traceConfig: { includedCategories: ['toplevel', '__metadata'] },
	});
	await act();
	const complete = new Promise((done) => {
		cdp.once('Tracing.tracingComplete', done);
	});
	await cdp.send('Tracing.end');
	await complete;
	cdp.off('Tracing.dataCollected', collect);
	const threadOf = ({ pid, tid }: TraceEvent) => `${pid}:${tid}`;
	const mains = new Set(
		events
			.filter(
				({ ph, name, args }) => ph === 'M' && name === 'thread_name' && args?.name === mainThread,
			)
			.map(threadOf),
	);
	const tasks = events.filter(
		(event) => event.name === taskName && event.ph === 'X' && mains.has(threadOf(event)),
	);
	if (tasks.length === 0) throw new Error(`the trace has no ${taskName} of ${mainThread}`);
	return Math.max(...tasks.map(({ tdur }) => tdur ?? 0)) / 1000;
}
