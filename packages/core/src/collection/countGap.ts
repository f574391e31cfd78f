import type { RegionBucket } from '../bucket/fragment.ts';
import type { TimeRange } from '../time.ts';
import type { FunctionFigures } from './failures.ts';
import type { MetricReading } from './metric.ts';
import type { Elsewhere } from './shards.ts';

/** A region's errors or throttles beside what is known of its functions. */
export interface CountGap {
	readonly metric: 'Errors' | 'Throttles';
	/** Reaches back beyond the last asking. */
	readonly window: TimeRange;
	readonly totals: ReadonlyMap<number, RegionBucket>;
	/** What the region's other shards counted, and the functions that are left for later. */
	readonly elsewhere: Elsewhere;
	/** Functions that ran, with what their records show. */
	readonly functions: readonly FunctionFigures[];
}

/** A function's errors or throttles in a minute, as its figures tell them; `null` when they do not. */
export function countOf(
	metric: CountGap['metric'],
	figures: FunctionFigures | undefined,
	minute: number,
): number | null {
	const bucket = figures?.buckets.get(minute);
	return (metric === 'Errors' ? bucket?.errors : bucket?.throttles) ?? null;
}

const firstAsked = 8;

/** The same names in parts, each twice as large as the one before: a few questions, and mostly a few metrics. */
export function growing(names: readonly string[]): string[][] {
	const parts: string[][] = [];
	for (let from = 0, size = firstAsked; from < names.length; from += size, size *= 2) {
		parts.push(names.slice(from, from + size));
	}
	return parts;
}

/** Names of functions that ran in minutes that differ, those with the most executions in them first. */
export function suspectsOf(
	question: CountGap,
	readings: ReadonlyMap<string, MetricReading>,
	toMs: number,
): string[] {
	const odd = differences(question, readings, toMs);
	return question.functions
		.filter(({ name }) => !readings.has(name))
		.map((figures) => {
			let executions = 0;
			for (const [minute, missing] of odd) {
				executions += mayAccountFor(question, figures, { minute, missing });
			}
			return { name: figures.name, executions };
		})
		.filter(({ executions }) => executions > 0)
		.sort((a, b) => b.executions - a.executions || (a.name < b.name ? -1 : 1))
		.map(({ name }) => name);
}

/** Of a function's executions in a minute that differs, those that may be what is missing, or too many. */
function mayAccountFor(
	question: CountGap,
	figures: FunctionFigures,
	{ minute, missing }: { readonly minute: number; readonly missing: number },
): number {
	const ran = figures.buckets.get(minute)?.invocations ?? 0;
	const known = countOf(question.metric, figures, minute) ?? 0;
	if (missing < 0) return known;
	// What is throttled does not run; a function that is throttled mostly runs in the same minute, too.
	return question.metric === 'Errors' ? ran - known : ran;
}

/** How far the functions are from the region's total, in executions. */
export function gapOf(
	question: CountGap,
	readings: ReadonlyMap<string, MetricReading>,
	toMs: number,
): number {
	return [...differences(question, readings, toMs).values()].reduce(
		(sum, missing) => sum + Math.abs(missing),
		0,
	);
}

/** The first minute in which the functions differ from the region's total; `null` when none does. */
export function firstGapMs(
	question: CountGap,
	readings: ReadonlyMap<string, MetricReading>,
	toMs: number,
): number | null {
	const odd = [...differences(question, readings, toMs).keys()];
	return odd.length === 0 ? null : Math.min(...odd);
}

/**
 * By minute, how many more the region counts than the functions do, where they differ. Records may also
 * say too much: code that logs an error and goes on has not failed. Where the region has none, no
 * function has any, whatever its lines say.
 */
function differences(
	question: CountGap,
	readings: ReadonlyMap<string, MetricReading>,
	toMs: number,
): Map<number, number> {
	const { metric, totals, functions, window } = question;
	const field = metric === 'Errors' ? 'errors' : 'throttles';
	const endMs = Math.min(toMs, question.elsewhere.toMs);
	const odd = new Map<number, number>();
	for (const [minute, total] of totals) {
		const wanted = metric === 'Errors' ? total.errors : total.throttles;
		if (wanted === null || wanted === 0 || minute < window.fromMs || minute >= endMs) continue;
		let known = question.elsewhere.minutes.get(minute)?.[field] ?? 0;
		for (const reading of readings.values()) known += reading.minutes.get(minute)?.Sum ?? 0;
		for (const figures of functions) {
			if (!readings.has(figures.name)) known += countOf(question.metric, figures, minute) ?? 0;
		}
		if (wanted !== known) odd.set(minute, wanted - known);
	}
	return odd;
}
