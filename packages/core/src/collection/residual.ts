import type { RegionBucket } from '../bucket/fragment.ts';
import type { Completeness } from '../bucket/bucket.ts';
import { minuteMs, stepsOf, type TimeRange } from '../time.ts';

/** Metrics of a minute may still arrive or change this long after it. */
export const settlesAfterMs = 20 * minuteMs;

/** How many executions the region counted in a minute, and how many its functions account for. */
export interface MinuteResidual {
	readonly minuteMs: number;
	/** `null` when the region's total was not read. */
	readonly region: number | null;
	readonly functions: number;
}

/** Residuals of every minute of a range. A region's series has no point where nothing ran. */
export function residualsOf(
	range: TimeRange,
	totals: ReadonlyMap<number, RegionCount> | null,
	functions: ReadonlyMap<number, number>,
): MinuteResidual[] {
	return stepsOf(minuteMs, range).map((minute) => ({
		minuteMs: minute,
		region: totals === null ? null : regionCount(totals.get(minute)),
		functions: functions.get(minute) ?? 0,
	}));
}

type RegionCount = Pick<RegionBucket, 'durationCount'> & Partial<Pick<RegionBucket, 'invocations'>>;

/** A point without a count is one that AWS did not answer, unless nothing but throttles happened. */
function regionCount(total: RegionCount | undefined): number | null {
	if (total === undefined) return 0;
	return total.durationCount ?? (total.invocations === 0 ? 0 : null);
}

/**
 * Executions that the region counted and no function explains, over a range. Neighbouring minutes
 * whose differences cancel are executions that a record dates into the next minute, not gaps.
 */
export function unexplained(residuals: readonly MinuteResidual[]): number {
	let gap = 0;
	for (const group of unsettled(residuals)) gap += Math.max(0, differenceOf(group));
	return gap;
}

/** Stretches of minutes that differ, each extended while its running difference is not zero. */
function unsettled(residuals: readonly MinuteResidual[]): MinuteResidual[][] {
	const groups: MinuteResidual[][] = [];
	let open: MinuteResidual[] = [];
	let running = 0;
	for (const residual of residuals) {
		const difference = residual.region === null ? 0 : residual.region - residual.functions;
		if (open.length > 0 && difference !== 0 && open.length < maxBoundaryMinutes) {
			open.push(residual);
			running += difference;
		} else {
			if (open.length > 0) groups.push(open);
			open = difference === 0 ? [] : [residual];
			running = difference;
		}
		if (open.length > 0 && running === 0) {
			groups.push(open);
			open = [];
		}
	}
	if (open.length > 0) groups.push(open);
	return groups;
}

/** An execution is dated at most into the next minute: a boundary never spans more than these. */
const maxBoundaryMinutes = 2;

function differenceOf(group: readonly MinuteResidual[]): number {
	return group.reduce((sum, { region, functions }) => sum + (region ?? 0) - functions, 0);
}

export interface CompletenessSpan extends TimeRange {
	readonly state: Completeness;
}

/** A region's totals are read for the trailing hour: so long there is another chance. */
const totalsReadForMs = 45 * minuteMs;

export interface KnownTo {
	readonly nowMs: number;
	/** When the region's totals were read; as of now when left out. */
	readonly totalsReadMs?: number;
	/** All functions were counted up to here; to the end when left out. */
	readonly countedToMs?: number;
}

/**
 * The state of each minute, as spans: `provisional` for 20 minutes, and until everything was counted
 * where something is left for a later reading, and until the region's total was read once it had settled;
 * then `complete` where the functions add up to that total, `partial` where they do not, `missing` where
 * the total itself was not read, or only while it could still grow.
 */
export function completenessOf(
	residuals: readonly MinuteResidual[],
	known: KnownTo,
): CompletenessSpan[] {
	const odd = new Set<number>();
	for (const group of unsettled(residuals)) {
		if (differenceOf(group) === 0) continue;
		for (const { minuteMs: minute } of group) odd.add(minute);
	}
	const spans: { fromMs: number; toMs: number; state: Completeness }[] = [];
	for (const residual of residuals) {
		const state = stateOf(residual, odd, known);
		const last = spans.at(-1);
		if (last?.state === state && last.toMs === residual.minuteMs) last.toMs += minuteMs;
		else spans.push({ fromMs: residual.minuteMs, toMs: residual.minuteMs + minuteMs, state });
	}
	return spans;
}

function stateOf(
	residual: MinuteResidual,
	odd: ReadonlySet<number>,
	{ nowMs, totalsReadMs = nowMs, countedToMs = Number.POSITIVE_INFINITY }: KnownTo,
): Completeness {
	if (residual.region === null) return 'missing';
	const endMs = residual.minuteMs + minuteMs;
	if (endMs > Math.min(nowMs - settlesAfterMs, countedToMs)) return 'provisional';
	if (endMs > totalsReadMs - settlesAfterMs) {
		return endMs > nowMs - totalsReadForMs ? 'provisional' : 'missing';
	}
	return odd.has(residual.minuteMs) ? 'partial' : 'complete';
}
