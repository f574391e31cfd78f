import { bucketsOfExecutions, type MinuteBuckets } from '@lamplight/core/collection/buckets';
import type { PlannedFunction } from '@lamplight/core/collection/plan';
import { isWholeMinute, sampleMinutes } from '@lamplight/core/collection/sampling';
import { contentMark, slotSpanMs } from '@lamplight/core/collection/slots';
import type { Execution } from '@lamplight/core/execution/execution';
import { floorTo, minuteMs, type TimeRange } from '@lamplight/core/time';

import type { Work } from '../account.ts';
import type { JobDeps } from '../deps.ts';
import { inParallel } from './pool.ts';
import { readRecordsOf } from './readRecords.ts';
import { writeSlots } from './writeSlots.ts';

/** A minute of a busy function of which every record was read. */
export interface Sample {
	readonly name: string;
	readonly minuteMs: number;
	readonly executions: readonly Execution[];
	readonly buckets: MinuteBuckets;
}

export interface SampleInput {
	readonly region: string;
	/** Samples are taken of its settled minutes. */
	readonly window: TimeRange;
	/** Metrics of later minutes may still change. */
	readonly settledToMs: number;
	/** Busy functions with their metric's figures. */
	readonly functions: readonly {
		readonly planned: PlannedFunction;
		readonly buckets: MinuteBuckets;
		/** The newest minute that was drawn before; `null` when none was. */
		readonly sampledMs: number | null;
	}[];
}

export interface SampleReading {
	readonly samples: readonly Sample[];
	/** By function: the newest minute that was drawn and needs no further reading. */
	readonly sampledMs: Readonly<Record<string, number>>;
	/** Limits that were hit, by name. */
	readonly limits: readonly string[];
}

/** A minute with more executions is left out: its records alone would fill a worker's memory. */
const maxExecutions = 60_000;
const maxPages = 30;
/** Those left are sampled by the next runs. */
const maxFunctionsPerRun = 30;
const readingsAtOnce = 4;
// An init phase lasts up to 10 s before it is run again inside the invocation; Lambda developer
// guide, "Understanding the Lambda execution environment lifecycle", read 2026-11.
const initMs = 20_000;

type Sampled = SampleInput['functions'][number];

interface Drawn {
	readonly fn: Sampled;
	/** Ascending. */
	readonly minutes: readonly number[];
}

/**
 * Reads whole minutes, drawn at random, of functions that are too busy to be read record by record.
 * A minute is kept only when its records are as many and took as long as its metric says.
 */
export async function readSamples(work: Work, input: SampleInput): Promise<SampleReading> {
	const due = draw(input);
	const limits = new Set<string>();
	if (due.length > maxFunctionsPerRun) limits.add('functions sampled in a run');
	const samples: Sample[] = [];
	const sampledMs: Record<string, number> = {};
	await inParallel(due.slice(0, maxFunctionsPerRun), readingsAtOnce, async ({ fn, minutes }) => {
		for (const minute of minutes) {
			const bucket = fn.buckets.get(minute);
			if (bucket !== undefined && bucket.invocations > maxExecutions) {
				limits.add('records of a sampled minute');
			} else if (bucket !== undefined) {
				const executions = await readMinute(work, input.region, { fn, minute });
				// AWS did not answer: the next run draws the same minute.
				if (executions === null) return;
				const range = { fromMs: minute, toMs: minute + minuteMs };
				const buckets = bucketsOfExecutions(executions, range);
				if (isWholeMinute(buckets.get(minute), bucket)) {
					samples.push({ name: fn.planned.name, minuteMs: minute, executions, buckets });
				}
			}
			sampledMs[fn.planned.name] = minute;
		}
	});
	return { samples, sampledMs, limits: [...limits] };
}

/** Those that wait longest first, so that a run's limit costs nobody more than a turn. */
function draw({ functions, window, settledToMs }: SampleInput): Drawn[] {
	const range = { fromMs: window.fromMs, toMs: Math.min(window.toMs, settledToMs) };
	return functions
		.map((fn) => ({
			fn,
			minutes: sampleMinutes(fn.planned.name, range).filter(
				(minute) => minute > (fn.sampledMs ?? 0),
			),
		}))
		.filter(({ minutes }) => minutes.length > 0)
		.sort((a, b) => (a.minutes[0] ?? 0) - (b.minutes[0] ?? 0));
}

/** Executions that started in a minute; `null` when AWS did not answer. */
async function readMinute(
	work: Work,
	region: string,
	{ fn, minute }: { readonly fn: Sampled; readonly minute: number },
): Promise<Execution[] | null> {
	const longestMs = Math.ceil((fn.buckets.get(minute)?.durationMaxUs ?? 0) / 1000);
	// A record is written at an execution's end.
	const range = { fromMs: minute, toMs: minute + minuteMs + longestMs + initMs };
	const reading = await readRecordsOf(work, fn.planned, {
		region,
		range,
		maxPages,
		maxEvents: Number.POSITIVE_INFINITY,
	});
	if (reading.outcome === 'failed') return null;
	if (reading.outcome !== 'read') return [];
	return reading.read.executions.filter(
		({ startMs }) => startMs >= minute && startMs < minute + minuteMs,
	);
}

/** Stores samples as the measured minutes that they are, each function's apart from the others'. */
export async function writeSamples(
	deps: Pick<JobDeps, 'store' | 'memory'>,
	work: Work,
	of: {
		readonly region: string;
		readonly nowMs: number;
		readonly regionFunctions: number;
		readonly samples: readonly Sample[];
	},
): Promise<void> {
	for (const { name, minuteMs: minute, buckets, executions } of of.samples) {
		const fromMs = floorTo(slotSpanMs, minute);
		await writeSlots(deps, work, {
			...of,
			source: 'records',
			window: { fromMs, toMs: fromMs + slotSpanMs },
			spanMs: slotSpanMs,
			functions: [{ name, buckets, executions }],
			unread: new Set(),
			// Functions are sampled on different occasions: one's item must not replace another's.
			prefix: `s${contentMark(name)}-`,
		});
	}
}
