import { listActiveFunctions } from '@lamplight/aws/metrics/activeFunctions';
import { getMetrics } from '@lamplight/aws/metrics/getMetrics';
import type { RegionBucket } from '@lamplight/core/bucket/fragment';
import { bucketsOfMetric } from '@lamplight/core/collection/buckets';
import { type FunctionFigures, fillCounts } from '@lamplight/core/collection/failures';
import {
	durationStatistics,
	finestPeriodSeconds,
	type LambdaMetric,
	type MetricReading,
	type MetricUnit,
	type Statistic,
} from '@lamplight/core/collection/metric';
import { groupCount, groupOf } from '@lamplight/core/collection/groups';
import { type PlannedFunction, sharedGroups } from '@lamplight/core/collection/plan';
import { completenessOf, residualsOf } from '@lamplight/core/collection/residual';
import { slotSpanMs } from '@lamplight/core/collection/slots';
import type { LambdaFunction } from '@lamplight/core/function/function';
import type { Region } from '@lamplight/core/ids';
import { dayMs, hourMs, type TimeRange } from '@lamplight/core/time';
import type { CompletenessMark } from '@lamplight/store/collection/collection';

import type { Work } from '../account.ts';
import { readRegion, writeTotals } from '../collect/totals.ts';
import { pastFragments, writeSlots } from '../collect/writeSlots.ts';
import type { JobDeps } from '../deps.ts';
import { groupFailures } from './failures.ts';
import { readQuiet } from './quiet.ts';
import type { Stretch } from './stretch.ts';

export interface PastInput {
	readonly region: Region;
	readonly range: TimeRange;
	readonly inventory: readonly LambdaFunction[];
	readonly totals: PastTotals;
}

/** The totals of a stretch of one region's past, which cost next to nothing. */
export interface PastTotals {
	/** As read, figures of several metrics apart. */
	readonly duration: readonly RegionBucket[];
	readonly counts: readonly RegionBucket[];
	/** False when AWS answered in part: what is absent is then unknown, and may come when it is asked again. */
	readonly whole: boolean;
}

/** Reads the totals of a stretch of one region. */
export async function readPastTotals(
	deps: JobDeps,
	work: Work,
	{ region, range }: Pick<PastInput, 'region' | 'range'>,
): Promise<PastTotals> {
	const periodSeconds = finestPeriodSeconds(range.fromMs, deps.clock());
	const read = await readRegion(work, {
		...{ region, window: range, periodSeconds },
		...{ counts: true, concurrency: true },
	});
	const claimed = new Map(read.concurrency.map((one) => [one.minuteMs, one.claimedConcurrencyMax]));
	return {
		duration: read.duration,
		counts: read.counts.map((one) => ({
			...one,
			claimedConcurrencyMax: claimed.get(one.minuteMs) ?? null,
		})),
		whole: read.duration.every(({ durationCount }) => durationCount !== null),
	};
}

/** What a stretch of one region's past told, to be written with the other regions'. */
export interface PastReading {
	readonly region: Region;
	/** As read, figures of several metrics apart. */
	readonly duration: readonly RegionBucket[];
	readonly counts: readonly RegionBucket[];
	readonly marks: readonly CompletenessMark[];
	/** Limits that were hit, by name. */
	readonly limits: ReadonlySet<string>;
}

/** Reads one stretch of one region's past: functions, then the records of quiet ones. */
export async function readPast(deps: JobDeps, work: Work, input: PastInput): Promise<PastReading> {
	const { region, range, totals: read } = input;
	const periodSeconds = finestPeriodSeconds(range.fromMs, deps.clock());
	const spanMs = range.toMs % hourMs === 0 ? hourMs : slotSpanMs;
	const totals = joinedTotals(read);
	const day = isWholeDay(range)
		? await deps.store.series.beginPastDay(work.ctx, {
				home: { connectionId: work.connection.id, region },
				dayStartMs: range.fromMs,
			})
		: null;
	const limits = new Set<string>();
	const revision = range.toMs;
	const stretch = { region, range, periodSeconds, spanMs, revision, totals, day, limits };
	const all: FunctionFigures[] = [];
	if (anythingHappened(totals)) {
		const functions = await everyFunction(work, input);
		const groups = groupCount(functions.length);
		// One group after the other bounds the memory: a day of 125 functions is some 30 MB.
		for (let group = 0; group < groups; group += 1) {
			const own = functions.filter(({ name }) => groupOf(name, groups) === group);
			const read = await readGroup(deps, work, {
				...stretch,
				functions: own,
				of: functions.length,
			});
			all.push(...read);
		}
	}
	await day?.close();
	const counts = new Map<number, number>();
	for (const { buckets } of all) {
		for (const [minute, { invocations }] of buckets) {
			counts.set(minute, (counts.get(minute) ?? 0) + invocations);
		}
	}
	const residuals = residualsOf(range, totals, counts);
	const marks = completenessOf(residuals, { nowMs: deps.clock() }).map(
		({ fromMs, toMs, state }) => ({
			region,
			range: { fromMs, toMs },
			state,
		}),
	);
	if (!read.whole) limits.add(partialLimit);
	const { duration, counts: counted } = read;
	return { region, duration, counts: counted, marks, limits };
}

function isWholeDay({ fromMs, toMs }: TimeRange): boolean {
	return fromMs % dayMs === 0 && toMs - fromMs === dayMs;
}

function joinedTotals({
	duration,
	counts,
}: Pick<PastReading, 'duration' | 'counts'>): Map<number, RegionBucket> {
	const totals = new Map(duration.map((bucket) => [bucket.minuteMs, bucket]));
	for (const bucket of counts) {
		const { durationCount = null, durationSumUs = null } = totals.get(bucket.minuteMs) ?? {};
		totals.set(bucket.minuteMs, { ...bucket, durationCount, durationSumUs });
	}
	return totals;
}

/** Writes the totals of a stretch, all regions together, and how complete each minute is. */
export async function writePast(
	deps: JobDeps,
	work: Work,
	{ range, readings }: { readonly range: TimeRange; readonly readings: readonly PastReading[] },
): Promise<void> {
	const { ctx, connection } = work;
	const regions = readings.map((reading) => ({
		region: reading.region,
		buckets: [...joinedTotals(reading).values()].sort((a, b) => a.minuteMs - b.minuteMs),
	}));
	const past = {
		connectionId: connection.id,
		dayStartMs: range.fromMs,
		regions: regions.filter(({ buckets }) => buckets.length > 0),
	};
	const isWritten = isWholeDay(range) && (await deps.store.series.writePastTotals(ctx, past));
	if (!isWritten) {
		const spanMs = range.toMs % hourMs === 0 ? hourMs : slotSpanMs;
		const write = { window: range, nowMs: range.toMs, spanMs, batch: 'past' };
		await writeTotals(deps, work, { ...write, regions });
	}
	const marks = readings.flatMap((reading) => reading.marks);
	await deps.store.completeness.mark(ctx, connection.id, marks);
}

/** The inventory, and what ran without being in it: deleted functions, replicas of Lambda@Edge. */
async function everyFunction(work: Work, input: PastInput): Promise<PlannedFunction[]> {
	const known = new Map(input.inventory.map((fn) => [fn.name, fn]));
	const ran = await listActiveFunctions(work.account, input.region, 'two weeks');
	const names = new Set([...known.keys(), ...ran]);
	const shared = sharedGroups(input.inventory);
	return [...names].map((name) => {
		const fn = known.get(name) ?? null;
		return { name, known: fn, sharesGroup: fn !== null && shared.has(fn.logGroup) };
	});
}

function anythingHappened(totals: ReadonlyMap<number, RegionBucket>): boolean {
	return [...totals.values()].some(
		({ durationCount, throttles }) => (durationCount ?? 0) + (throttles ?? 0) > 0,
	);
}

async function readGroup(
	deps: JobDeps,
	work: Work,
	stretch: Stretch & { readonly of: number },
): Promise<FunctionFigures[]> {
	const names = stretch.functions.map(({ name }) => name);
	const durations = await ask(work, stretch, { metric: 'Duration', names });
	const ran: FunctionFigures[] = durations
		.map((reading) => ({ name: nameOf(reading), buckets: bucketsOfMetric(reading) }))
		.filter(({ buckets }) => buckets.size > 0);
	const counted = async (metric: 'Errors' | 'Throttles', of: readonly string[]) => {
		const any = [...stretch.totals.values()].some(
			(total) => ((metric === 'Errors' ? total.errors : total.throttles) ?? 0) > 0,
		);
		const readings = any ? await ask(work, stretch, { metric, names: of }) : [];
		return new Map(readings.map((reading) => [nameOf(reading), reading]));
	};
	const errors = await counted(
		'Errors',
		ran.map(({ name }) => name),
	);
	const throttles = await counted('Throttles', names);
	const idle = [...throttles.keys()]
		.filter((name) => !ran.some((fn) => fn.name === name))
		.map((name) => ({ name, buckets: new Map() }));
	const filled = [...ran, ...idle].map((fn) => ({
		name: fn.name,
		buckets: fillCounts(fn, stretch.totals, { errors, throttles, settledToMs: stretch.range.toMs }),
	}));
	const common = {
		region: stretch.region,
		window: stretch.range,
		spanMs: stretch.spanMs,
		regionFunctions: stretch.of,
		unread: new Set<string>(),
		nowMs: stretch.revision,
		prefix: 'past-',
	};
	const metrics = {
		...common,
		source: 'metrics' as const,
		functions: filled.map((fn) => ({ ...fn, executions: null })),
	};
	const { quiet, limits } = await groupFailures(deps, work, stretch, {
		quiet: await readQuiet(work, stretch, ran),
		figures: filled,
	});
	for (const limit of limits) stretch.limits.add(limit);
	const records = { ...common, source: 'records' as const, functions: quiet };
	if (stretch.day === null) {
		await writeSlots(deps, work, metrics);
		await writeSlots(deps, work, records);
		return filled;
	}
	const { fromMs, toMs } = stretch.range;
	await stretch.day.add(
		[...pastFragments(work, metrics), ...pastFragments(work, records)],
		quiet
			.flatMap(({ executions }) => executions)
			.filter(({ startMs }) => startMs >= fromMs && startMs < toMs),
	);
	return filled;
}

async function ask(
	work: Work,
	stretch: Stretch,
	question: { readonly metric: LambdaMetric; readonly names: readonly string[] },
): Promise<MetricReading[]> {
	const { metric, names } = question;
	if (names.length === 0) return [];
	const statistics: readonly Statistic[] = metric === 'Duration' ? durationStatistics : ['Sum'];
	const units = names.map((functionName) => ({ metric, functionName, statistics }));
	const { range: window, periodSeconds } = stretch;
	const read = new Map<MetricUnit, MetricReading>();
	for (let time = 0, due: readonly MetricUnit[] = units; due.length > 0; time += 1) {
		const answers = await getMetrics(work.account, stretch.region, {
			...{ units: due, window, periodSeconds },
		});
		for (const answer of answers) read.set(answer.unit, withEarlier(read.get(answer.unit), answer));
		due = answers.filter(({ whole }) => !whole).map(({ unit }) => unit);
		if (due.length > 0 && time + 1 >= asksOfFunctions) {
			stretch.limits.add(partialLimit);
			break;
		}
	}
	return [...read.values()];
}

/** Functions of which AWS answers in part are asked so often; the past is not read again later. */
const asksOfFunctions = 3;
const partialLimit = 'past metrics that AWS answered in part';

/** Either answer may hold points that the other lacks; the later one is the newer. */
function withEarlier(earlier: MetricReading | undefined, later: MetricReading): MetricReading {
	return earlier === undefined
		? later
		: { ...later, minutes: new Map([...earlier.minutes, ...later.minutes]) };
}

function nameOf({ unit }: MetricReading): string {
	return unit.functionName ?? '';
}
