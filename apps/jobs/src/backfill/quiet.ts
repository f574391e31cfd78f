import { bucketsOfExecutions } from '@lamplight/core/collection/buckets';
import type { FunctionFigures } from '@lamplight/core/collection/failures';
import { whyNotRecords } from '@lamplight/core/collection/plan';
import type { Execution } from '@lamplight/core/execution/execution';
import { minuteMs } from '@lamplight/core/time';

import type { Work } from '../account.ts';
import { inParallel } from '../collect/pool.ts';
import { readRecordsOf } from '../collect/readRecords.ts';
import { grantedOf, type Stretch } from './stretch.ts';

/** Executions of a function in a stretch that are still read record by record. */
const maxRecords = 4_000;
const maxPages = 8;
const readingsAtOnce = 6;
/** Records end with the execution: a stretch's last ones are written up to 15 minutes after it. */
const longestMs = 15 * minuteMs;

export interface QuietFunction extends FunctionFigures {
	readonly executions: readonly Execution[];
}

/** Records of functions that ran seldom enough; kept only where they add up to the metric. */
export async function readQuiet(
	work: Work,
	stretch: Stretch,
	ran: readonly FunctionFigures[],
): Promise<QuietFunction[]> {
	// Coarser periods cannot be compared minute by minute.
	if (stretch.periodSeconds !== 60) return [];
	const known = new Map(stretch.functions.map((fn) => [fn.name, fn]));
	const granted = grantedOf(work);
	const quiet = ran.filter(({ name, buckets }) => {
		const planned = known.get(name) ?? { name, known: null };
		return whyNotRecords(planned, granted) === null && total(buckets) <= maxRecords;
	});
	const { range, region } = stretch;
	const request = {
		region,
		range: { fromMs: range.fromMs, toMs: range.toMs + longestMs },
		maxPages,
		maxEvents: 3 * maxRecords,
	};
	const read = await inParallel(quiet, readingsAtOnce, async ({ name, buckets: counted }) => {
		const reading = await readRecordsOf(work, known.get(name) ?? { name, known: null }, request);
		if (reading.outcome !== 'read') return null;
		const { executions } = reading.read;
		const buckets = bucketsOfExecutions(executions, range);
		return total(buckets) < total(counted) ? null : { name, buckets, executions };
	});
	return read.filter((one) => one !== null);
}

function total(buckets: FunctionFigures['buckets']): number {
	let sum = 0;
	for (const { invocations } of buckets.values()) sum += invocations;
	return sum;
}
