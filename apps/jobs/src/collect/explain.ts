import { getMetrics } from '@lamplight/aws/metrics/getMetrics';
import type { RegionBucket } from '@lamplight/core/bucket/fragment';
import type { FunctionFigures } from '@lamplight/core/collection/failures';
import type { MetricReading } from '@lamplight/core/collection/metric';
import type { RegionState } from '@lamplight/core/collection/state';
import { minuteMs, type TimeRange } from '@lamplight/core/time';

import type { Work } from '../account.ts';

export interface CountQuestion {
	readonly metric: 'Errors' | 'Throttles';
	readonly region: string;
	readonly window: TimeRange;
	readonly totals: ReadonlyMap<number, RegionBucket>;
	/** Functions that ran, with what their records show. */
	readonly functions: readonly FunctionFigures[];
	/** Functions that may have been throttled without having run. */
	readonly alsoAsk: readonly string[];
	readonly state: RegionState;
	readonly nowMs: number;
}

export interface CountAnswer {
	readonly readings: ReadonlyMap<string, MetricReading>;
	/** Functions with a count above zero, and when they were seen so. */
	readonly found: Readonly<Record<string, number>>;
	/** When all were asked; unchanged when the known ones explained everything. */
	readonly askedAllMs: number;
	readonly explained: boolean;
}

/** All functions are asked at most this often; in between only those that were found before. */
const askAllEveryMs = 15 * minuteMs;
/** A function that showed none for this long is asked with the others again. */
const forgetAfterMs = 6 * 60 * minuteMs;

/**
 * Finds which functions a region's errors or throttles belong to: first those that were found
 * before, then, while the region's total is not explained, all that ran. Each costs one metric, so
 * nothing is asked where the region's own total is already explained.
 */
export async function explainCounts(
	work: Pick<Work, 'account'>,
	question: CountQuestion,
): Promise<CountAnswer> {
	const { metric, state, nowMs } = question;
	const known = metric === 'Errors' ? state.erring : state.throttled;
	const lastAllMs = metric === 'Errors' ? state.askedAllMs.errors : state.askedAllMs.throttles;
	const readings = new Map<string, MetricReading>();
	const found: Record<string, number> = {};
	for (const [name, atMs] of Object.entries(known)) {
		if (nowMs - atMs < forgetAfterMs) found[name] = atMs;
	}
	const done = (askedAllMs: number) => ({
		readings,
		found,
		askedAllMs,
		explained: gap(question, readings) <= 0,
	});
	if (gap(question, readings) <= 0) return done(lastAllMs);
	const ask = async (names: readonly string[]) => {
		for (const reading of await askFor(work, question, names)) {
			const name = reading.unit.functionName ?? '';
			readings.set(name, reading);
			const any = [...reading.minutes.values()].some(({ Sum }) => (Sum ?? 0) > 0);
			if (any) found[name] = nowMs;
		}
	};
	await ask(Object.keys(found));
	const candidates = new Set([...question.functions.map(({ name }) => name), ...question.alsoAsk]);
	const left = [...candidates].filter((name) => !readings.has(name));
	if (gap(question, readings) <= 0 || nowMs - lastAllMs < askAllEveryMs) return done(lastAllMs);
	await ask(left);
	return done(nowMs);
}

async function askFor(
	work: Pick<Work, 'account'>,
	{ metric, region, window }: CountQuestion,
	names: readonly string[],
): Promise<MetricReading[]> {
	if (names.length === 0) return [];
	const units = names.map((functionName) => ({
		metric,
		functionName,
		statistics: ['Sum'] as const,
	}));
	return getMetrics(work.account, region, { units, window, periodSeconds: 60 });
}

/**
 * How far the functions are from the region's total, over the minutes that differ. Records may also
 * say too much: code that logs an error and goes on has not failed.
 */
function gap(question: CountQuestion, readings: ReadonlyMap<string, MetricReading>): number {
	const { metric, totals, functions } = question;
	const figures = new Map(functions.map(({ name, buckets }) => [name, buckets]));
	let missing = 0;
	for (const [minute, total] of totals) {
		const wanted = metric === 'Errors' ? total.errors : total.throttles;
		// Where the region has none, no function has any, whatever its lines say.
		if (wanted === null || wanted === 0) continue;
		let known = 0;
		for (const reading of readings.values()) known += reading.minutes.get(minute)?.Sum ?? 0;
		for (const [name, buckets] of figures) {
			if (readings.has(name)) continue;
			const bucket = buckets.get(minute);
			known += (metric === 'Errors' ? bucket?.errors : bucket?.throttles) ?? 0;
		}
		missing += Math.abs(wanted - known);
	}
	return missing;
}
