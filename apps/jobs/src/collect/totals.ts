import { getMetrics } from '@lamplight/aws/metrics/getMetrics';
import { microsOf } from '@lamplight/core/collection/buckets';
import type { LambdaMetric, MetricReading, MetricUnit } from '@lamplight/core/collection/metric';
import { contentMark, slotSpanMs, slotsOf, trailingHour } from '@lamplight/core/collection/slots';
import type { RegionBucket, TotalsFragment } from '@lamplight/core/bucket/fragment';
import { minuteMs, type TimeRange } from '@lamplight/core/time';

import { type RunReport, withAccount, type Work } from '../account.ts';
import type { JobDeps } from '../deps.ts';
import type { MessageOf } from '../message.ts';
import { noteCollected } from './noteCollected.ts';
import { findRegions } from './regions.ts';

const durationUnit: MetricUnit = {
	metric: 'Duration',
	functionName: null,
	statistics: ['SampleCount', 'Sum'],
};
const countUnits: readonly MetricUnit[] = [
	{ metric: 'Errors', functionName: null, statistics: ['Sum'] },
	{ metric: 'Throttles', functionName: null, statistics: ['Sum'] },
];
const concurrencyUnit: MetricUnit = {
	metric: 'ClaimedAccountConcurrency',
	functionName: null,
	statistics: ['Maximum'],
};

/** Which totals are asked for beside Duration; concurrency only together with the counts. */
interface Asked {
	readonly counts: boolean;
	readonly concurrency: boolean;
}

/** Reads the totals of all active regions over the trailing hour, which costs the same as a minute. */
export async function runTotals(deps: JobDeps, message: MessageOf<'totals'>): Promise<void> {
	const { workspaceId, connectionId, plannedMs, counts, concurrency = counts } = message;
	const batch = `totals-${plannedMs}`;
	const options = { job: 'totals', workspaceId, connectionId, region: null, batch };
	await withAccount(deps, options, (work) => collectTotals(deps, work, { counts, concurrency }));
}

export async function collectTotals(deps: JobDeps, work: Work, asked: Asked): Promise<RunReport> {
	const { active } = await findRegions(deps, work);
	const nowMs = deps.clock();
	const window = trailingHour(nowMs);
	const regions = Object.keys(active).sort();
	const read = await Promise.all(
		regions.map(async (region) => ({
			region,
			...(await readRegion(work, { region, window, ...asked })),
		})),
	);
	const batches = [
		'duration' as const,
		...(asked.counts ? (['counts'] as const) : []),
		...(asked.counts && asked.concurrency ? (['concurrency'] as const) : []),
	];
	for (const batch of batches) {
		const regions = read.map((one) => ({ region: one.region, buckets: one[batch] }));
		await writeTotals(deps, work, { batch, window, nowMs, regions });
	}
	await noteCollected(deps, work);
	const newest = Math.max(
		...read.flatMap(({ duration }) =>
			duration
				.filter(({ durationCount }) => durationCount !== null)
				.map((bucket) => bucket.minuteMs),
		),
		-Infinity,
	);
	return {
		message: `${regions.length} of the account’s regions had traffic`,
		delayMs: Number.isFinite(newest) ? nowMs - (newest + minuteMs) : null,
		limits: [],
	};
}

/** One region's totals over a window, in the batches that they are kept in: `duration` always, the others when asked for. */
export async function readRegion(
	work: Pick<Work, 'account'>,
	options: {
		readonly region: string;
		readonly window: TimeRange;
		readonly periodSeconds?: number;
	} & Asked,
): Promise<Readonly<Record<'duration' | 'counts' | 'concurrency', RegionBucket[]>>> {
	const { region, window, counts, concurrency, periodSeconds = 60 } = options;
	const units = [
		durationUnit,
		...(counts ? countUnits : []),
		...(counts && concurrency ? [concurrencyUnit] : []),
	];
	const readings = await getMetrics(work.account, region, { units, window, periodSeconds });
	const find = (metric: LambdaMetric) => readings.find(({ unit }) => unit.metric === metric);
	const counted = counts ? countBuckets(window, find, periodSeconds * 1000) : [];
	return {
		duration: durationBuckets(window, find('Duration'), periodSeconds * 1000),
		counts: counted,
		concurrency: concurrencyBuckets(counted, find('ClaimedAccountConcurrency')),
	};
}

const unknown: Omit<RegionBucket, 'minuteMs'> = {
	invocations: null,
	errors: null,
	throttles: null,
	durationCount: null,
	durationSumUs: null,
	concurrencyMax: null,
	claimedConcurrencyMax: null,
};

/**
 * A minute without a point had no execution, but only where AWS's answer is whole; else the minute
 * is kept as unknown, so that nobody takes it for an idle one.
 */
function durationBuckets(
	window: TimeRange,
	reading: MetricReading | undefined,
	stepMs: number,
): RegionBucket[] {
	const buckets: RegionBucket[] = [];
	for (let minute = window.fromMs; minute < window.toMs; minute += stepMs) {
		const { SampleCount, Sum } = reading?.minutes.get(minute) ?? {};
		if (SampleCount === undefined && reading?.whole === true) continue;
		buckets.push({
			...unknown,
			minuteMs: minute,
			durationCount: SampleCount === undefined ? null : Math.round(SampleCount),
			durationSumUs: Sum === undefined ? null : microsOf(Sum),
		});
	}
	return buckets;
}

/**
 * A count has no point where nothing was counted: within a whole answer that is 0, beside Duration. How
 * many ran is the number of Duration's samples in the same answer: Invocations would be paid to say it again.
 */
function countBuckets(
	window: TimeRange,
	find: (metric: LambdaMetric) => MetricReading | undefined,
	stepMs: number,
): RegionBucket[] {
	const durations = find('Duration');
	const buckets: RegionBucket[] = [];
	for (let minute = window.fromMs; minute < window.toMs; minute += stepMs) {
		const count = durations?.minutes.get(minute)?.SampleCount;
		const ran = count !== undefined;
		const throttles = counted(find('Throttles'), minute, ran);
		if (!ran && (throttles ?? 0) === 0) continue;
		const none = durations?.whole === true ? 0 : null;
		buckets.push({
			...unknown,
			minuteMs: minute,
			invocations: ran ? Math.round(count) : none,
			errors: counted(find('Errors'), minute, ran),
			throttles,
		});
	}
	return buckets;
}

/**
 * Of minutes in which something was counted: in others functions may claim what is reserved for them,
 * and a minute that has only that would be taken for one whose counts are missing.
 */
function concurrencyBuckets(
	counts: readonly RegionBucket[],
	reading: MetricReading | undefined,
): RegionBucket[] {
	return counts.flatMap(({ minuteMs: minute }) => {
		const claimed = reading?.minutes.get(minute)?.Maximum;
		if (claimed === undefined) return [];
		return [{ ...unknown, minuteMs: minute, claimedConcurrencyMax: Math.round(claimed) }];
	});
}

function counted(reading: MetricReading | undefined, minute: number, ran: boolean): number | null {
	const value = reading?.minutes.get(minute)?.Sum;
	if (value !== undefined) return Math.round(value);
	return reading?.whole === true && ran ? 0 : null;
}

interface TotalsWrite {
	readonly batch: string;
	readonly window: TimeRange;
	readonly nowMs: number;
	readonly regions: TotalsFragment['regions'];
	readonly spanMs?: number;
}

/** Writes the slots whose content changed since this worker last wrote them. */
export async function writeTotals(
	deps: Pick<JobDeps, 'store' | 'memory'>,
	work: Pick<Work, 'ctx' | 'connection'>,
	write: TotalsWrite,
): Promise<void> {
	const { batch, window, nowMs, spanMs = slotSpanMs } = write;
	const connectionId = work.connection.id;
	for (const slot of slotsOf(window, spanMs)) {
		const regions = write.regions
			.map(({ region, buckets }) => ({ region, buckets: buckets.filter(isIn(slot)) }))
			.filter(({ buckets }) => buckets.length > 0);
		if (regions.length === 0) continue;
		const mark = contentMark(JSON.stringify(regions));
		const key = `totals ${connectionId} ${batch} ${slot.fromMs}`;
		if (deps.memory.get(key) === mark) continue;
		await deps.store.series.writeTotals(work.ctx, {
			connectionId,
			slotMs: slot.fromMs,
			spanMs,
			batch,
			revision: nowMs,
			regions,
		});
		deps.memory.set(key, mark);
	}
}

function isIn(slot: TimeRange) {
	return ({ minuteMs: minute }: { readonly minuteMs: number }) =>
		minute >= slot.fromMs && minute < slot.toMs;
}
