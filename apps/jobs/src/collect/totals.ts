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
	{ metric: 'Invocations', functionName: null, statistics: ['Sum'] },
	{ metric: 'Errors', functionName: null, statistics: ['Sum'] },
	{ metric: 'Throttles', functionName: null, statistics: ['Sum'] },
	{ metric: 'ClaimedAccountConcurrency', functionName: null, statistics: ['Maximum'] },
];

/** Reads the totals of all active regions over the trailing hour, which costs the same as a minute. */
export async function runTotals(deps: JobDeps, message: MessageOf<'totals'>): Promise<void> {
	const { workspaceId, connectionId, plannedMs, counts } = message;
	const batch = `totals-${plannedMs}`;
	const options = { job: 'totals', workspaceId, connectionId, region: null, batch };
	await withAccount(deps, options, async (work) => {
		const report = await collectTotals(deps, work, counts);
		await noteCollected(deps, work);
		return report;
	});
}

export async function collectTotals(
	deps: JobDeps,
	work: Work,
	counts: boolean,
): Promise<RunReport> {
	const { active } = await findRegions(deps, work);
	const nowMs = deps.clock();
	const window = trailingHour(nowMs);
	const regions = Object.keys(active).sort();
	const read = await Promise.all(
		regions.map(async (region) => ({
			region,
			...(await readRegion(work, { region, window, counts })),
		})),
	);
	const pick = (batch: 'duration' | 'counts') =>
		read.map((one) => ({ region: one.region, buckets: one[batch] }));
	await writeTotals(deps, work, { batch: 'duration', window, nowMs, regions: pick('duration') });
	if (counts) {
		await writeTotals(deps, work, { batch: 'counts', window, nowMs, regions: pick('counts') });
	}
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

/** One region's totals over a window: `duration` always, `counts` when asked for. */
export async function readRegion(
	work: Pick<Work, 'account'>,
	options: {
		readonly region: string;
		readonly window: TimeRange;
		readonly counts: boolean;
		readonly periodSeconds?: number;
	},
): Promise<{ duration: RegionBucket[]; counts: RegionBucket[] }> {
	const { region, window, counts, periodSeconds = 60 } = options;
	const units = counts ? [durationUnit, ...countUnits] : [durationUnit];
	const readings = await getMetrics(work.account, region, { units, window, periodSeconds });
	const find = (metric: LambdaMetric) => readings.find(({ unit }) => unit.metric === metric);
	return {
		duration: durationBuckets(window, find('Duration'), periodSeconds * 1000),
		counts: counts ? countBuckets(window, find, periodSeconds * 1000) : [],
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

/** A count has no point where nothing was counted: within a whole answer that is 0, beside Invocations. */
function countBuckets(
	window: TimeRange,
	find: (metric: LambdaMetric) => MetricReading | undefined,
	stepMs: number,
): RegionBucket[] {
	const invocations = find('Invocations');
	const buckets: RegionBucket[] = [];
	for (let minute = window.fromMs; minute < window.toMs; minute += stepMs) {
		const ran = invocations?.minutes.has(minute) === true;
		const throttles = counted(find('Throttles'), minute, ran);
		if (!ran && (throttles ?? 0) === 0) continue;
		const claimed = find('ClaimedAccountConcurrency')?.minutes.get(minute)?.Maximum;
		buckets.push({
			...unknown,
			minuteMs: minute,
			invocations: counted(invocations, minute, ran),
			errors: counted(find('Errors'), minute, ran),
			throttles,
			claimedConcurrencyMax: claimed === undefined ? null : Math.round(claimed),
		});
	}
	return buckets;
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
