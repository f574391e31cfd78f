import type { Bucket } from '../bucket/bucket.ts';
import { minuteMs, stepsOf, type TimeRange } from '../time.ts';

/** One minute of every this many is read record by record of a function whose records are too many. */
export const sampleEveryMs = 10 * minuteMs;
/** How often the truth is expected to lie inside a stated interval. */
export const confidence = 0.95;
/** Deviations of a normal distribution within which so much of it lies; NIST/SEMATECH e-handbook 1.3.6.7.1, read 2026-11. */
export const normalQuantile = 1.96;

/**
 * The sampled minutes that lie in a range: one at random in each ten minutes, by dice that are a hash
 * of the function's name and the ten minutes, so that every run draws the same ones.
 */
export function sampleMinutes(name: string, range: TimeRange): number[] {
	return stepsOf(sampleEveryMs, range)
		.map((fromMs) => fromMs + drawn(`${name} ${fromMs}`, sampleEveryMs / minuteMs) * minuteMs)
		.filter((minute) => minute >= range.fromMs && minute + minuteMs <= range.toMs);
}

/** A whole number below `below` from a text: FNV-1a, stirred so that its low bits are as good as any. */
function drawn(text: string, below: number): number {
	let hash = 0x811c9dc5;
	for (let i = 0; i < text.length; i += 1) {
		hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
	}
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
	return ((hash ^ (hash >>> 16)) >>> 0) % below;
}

/**
 * Whether records of a minute are all of it: as many executions, and the same time within the
 * hundredth of a millisecond to which each REPORT rounds, as the function's own metric says.
 */
export function isWholeMinute(
	records: Pick<Bucket, 'invocations' | 'durationSumUs'> | undefined,
	metric: Pick<Bucket, 'invocations' | 'durationSumUs'>,
): boolean {
	if (records === undefined || records.invocations !== metric.invocations) return false;
	const roundingUs = 10 * metric.invocations;
	return Math.abs(records.durationSumUs - metric.durationSumUs) <= roundingUs;
}

/** A stretch of which records were read: its executions, their time, and what AWS billed for them. */
export interface SampledPart {
	readonly executions: number;
	readonly durationUs: number;
	readonly billedMs: number;
	/** Those that started cold, and how long their init and restore took. */
	readonly coldStarts: number;
	readonly initUs: number;
}

/** All of a span as its metrics count it. */
export interface WholeSpan {
	readonly executions: number;
	readonly durationUs: number;
}

/** An estimate and the interval that holds the truth as often as `confidence` says. */
export interface Estimate {
	readonly value: number;
	readonly low: number;
	readonly high: number;
	readonly confidence: number;
	/** Parts and executions that it rests on. */
	readonly parts: number;
	readonly executions: number;
}

/**
 * Billed milliseconds of a whole span from parts of it. What was read counts as it was billed; for
 * the rest the metrics' own Duration sum is exact, and only what AWS bills above it (rounding up,
 * init, restore) is carried over, per execution, from the parts. The interval is Student's, from how
 * the parts differ from each other, each part being one draw; it is never narrower than cold starts as
 * rare as those seen allow, for a few of them may weigh more than all rounding and be in no part.
 * `null` with fewer than two parts.
 */
export function estimateBilledMs(all: readonly SampledPart[], whole: WholeSpan): Estimate | null {
	const parts = all.filter(({ executions }) => executions > 0);
	if (parts.length < 2) return null;
	const read = sumOf(parts);
	const rest = {
		executions: Math.max(0, whole.executions - read.executions),
		durationUs: Math.max(0, whole.durationUs - read.durationUs),
	};
	const perExecution = excessMs(read) / read.executions;
	const value = read.billedMs + rest.durationUs / 1000 + rest.executions * perExecution;
	const spread = Math.max(spreadOf(parts, perExecution), rareColdStarts(read)) / read.executions;
	// The rest varies by itself as well, hence the whole's share rather than the rest's alone.
	const deviation = spread * Math.sqrt(rest.executions * (rest.executions + read.executions));
	const margin = studentQuantile(parts.length - 1) * deviation;
	return {
		value,
		low: Math.min(value, Math.max(read.billedMs + rest.durationUs / 1000, value - margin)),
		high: value + margin,
		confidence,
		parts: parts.length,
		executions: read.executions,
	};
}

function sumOf(parts: readonly SampledPart[]): SampledPart {
	let [executions, durationUs, billedMs, coldStarts, initUs] = [0, 0, 0, 0, 0];
	for (const part of parts) {
		executions += part.executions;
		durationUs += part.durationUs;
		billedMs += part.billedMs;
		coldStarts += part.coldStarts;
		initUs += part.initUs;
	}
	return { executions, durationUs, billedMs, coldStarts, initUs };
}

/** Of a function that was not seen to start cold it is assumed that it takes a second to. */
const unseenInitMs = 1000;

/**
 * Standard deviation of the parts' sum of init, were cold starts independent of each other: Poisson's,
 * with two added to the count, as Agresti and Coull do for proportions near zero.
 */
function rareColdStarts({ coldStarts, initUs }: SampledPart): number {
	const initMs = coldStarts === 0 ? unseenInitMs : initUs / 1000 / coldStarts;
	return initMs * Math.sqrt(coldStarts + 2);
}

/** What AWS billed above the executions' own time. */
function excessMs({ billedMs, durationUs }: SampledPart): number {
	return billedMs - durationUs / 1000;
}

/** Standard deviation of the parts' sum of excess about what their executions make expected. */
function spreadOf(parts: readonly SampledPart[], perExecution: number): number {
	let squares = 0;
	for (const part of parts) squares += (excessMs(part) - perExecution * part.executions) ** 2;
	return Math.sqrt((squares * parts.length) / (parts.length - 1));
}

/** Student's 97.5 % quantile by degrees of freedom from 1; NIST/SEMATECH e-handbook 1.3.6.7.2, read 2026-11. */
const studentTable = [
	12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
	2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
	2.045, 2.042,
] as const;

function studentQuantile(freedom: number): number {
	// Beyond the table the first term of its expansion about the normal's 1.96 is right to 0.001.
	return studentTable[freedom - 1] ?? normalQuantile + 2.372 / freedom;
}
