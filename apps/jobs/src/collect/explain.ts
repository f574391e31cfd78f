import { getMetrics } from '@lamplight/aws/metrics/getMetrics';
import {
	type CountGap,
	countOf,
	firstGapMs,
	gapOf,
	growing,
	suspectsOf,
} from '@lamplight/core/collection/countGap';
import type { MetricReading } from '@lamplight/core/collection/metric';
import type { RegionState } from '@lamplight/core/collection/state';
import { minuteMs } from '@lamplight/core/time';

import type { Work } from '../account.ts';

/** What is to be explained, and what is known of the functions when it is asked. */
export interface CountQuestion extends CountGap {
	readonly region: string;
	/** Names of those whose figures are their metrics'. */
	readonly bought: readonly string[];
	/** Functions that may have been throttled without having run. */
	readonly alsoAsk: readonly string[];
	readonly state: RegionState;
	readonly nowMs: number;
	/** Of later minutes nothing is concluded for functions that are read from records. */
	readonly settledToMs: number;
	/** Functions that are left for a later reading have counted up to here. */
	readonly laterToMs: number;
}

export interface CountAnswer {
	readonly readings: ReadonlyMap<string, MetricReading>;
	/** Functions with a count above zero, and when they were seen so. */
	readonly found: Readonly<Record<string, number>>;
	/** When functions read from records were last asked. */
	readonly askedAllMs: number;
	/** True when all should be asked, but some are left for a later reading: they are to be read first. */
	readonly wantsAll: boolean;
	/** The first settled minute that is not explained and was not asked about yet; `null` without one. */
	readonly openFromMs: number | null;
}

/** Functions read from records are asked at most this often, for all minutes since the last time. */
const askEveryMs = 15 * minuteMs;
/** A function that showed none for this long is asked with the others again. */
const forgetAfterMs = 6 * 60 * minuteMs;

/**
 * Finds which functions a region's errors or throttles belong to, while the region's total is not
 * explained: first those that are bought as metrics anyway, every time; then, every 15 minutes and
 * over the whole window, those that were found before; then those that ran in the minutes that differ, the
 * busiest first, as mostly it is one error that no line tells of; and then all that ran. Each costs one
 * metric, so nothing is asked where the region's own total is already explained.
 */
export async function explainCounts(
	work: Pick<Work, 'account'>,
	question: CountQuestion,
): Promise<CountAnswer> {
	const { metric, state, nowMs } = question;
	const known = metric === 'Errors' ? state.erring : state.throttled;
	const lastMs = metric === 'Errors' ? state.askedAllMs.errors : state.askedAllMs.throttles;
	const readings = new Map<string, MetricReading>();
	const found: Record<string, number> = {};
	for (const [name, atMs] of Object.entries(known)) {
		if (nowMs - atMs < forgetAfterMs) found[name] = atMs;
	}
	const done = (askedAllMs: number, open: Partial<CountAnswer> = {}): CountAnswer => ({
		...{ readings, found, askedAllMs, wantsAll: false, openFromMs: null },
		...open,
	});
	const ask = async (names: Iterable<string>) => {
		const left = [...names].filter((name) => !readings.has(name));
		for (const reading of await askFor(work, question, left)) {
			const name = reading.unit.functionName ?? '';
			readings.set(name, reading);
			if (disagrees(question, reading)) found[name] = nowMs;
		}
	};
	if (gapOf(question, readings, nowMs) === 0) return done(lastMs);
	await ask(question.bought);
	const countedToMs = Math.min(question.settledToMs, question.laterToMs);
	const isExplained = () => gapOf(question, readings, countedToMs) === 0;
	if (isExplained()) return done(lastMs);
	if (nowMs - lastMs < askEveryMs) {
		return done(lastMs, { openFromMs: firstGapMs(question, readings, countedToMs) });
	}
	await ask(Object.keys(found));
	if (isExplained()) return done(nowMs);
	if (Number.isFinite(question.laterToMs)) return done(lastMs, { wantsAll: true });
	for (const some of growing(suspectsOf(question, readings, countedToMs))) {
		await ask(some);
		if (isExplained()) return done(nowMs);
	}
	await ask(new Set([...question.functions.map(({ name }) => name), ...question.alsoAsk]));
	return done(nowMs);
}

/** Whether a function's own metric says something else than its records do, in settled minutes. */
function disagrees(question: CountQuestion, reading: MetricReading): boolean {
	const isSettled = (minute: number) => minute < question.settledToMs;
	const own = question.functions.find(({ name }) => name === reading.unit.functionName);
	for (const [minute, { Sum = 0 }] of reading.minutes) {
		if (isSettled(minute) && Sum !== (countOf(question.metric, own, minute) ?? 0)) return true;
	}
	for (const [minute] of own?.buckets ?? []) {
		const Sum = reading.minutes.get(minute)?.Sum ?? 0;
		if (isSettled(minute) && Sum !== (countOf(question.metric, own, minute) ?? 0)) return true;
	}
	return false;
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
