import type { Usage } from './usage.ts';

/** Fewer records than these say too little of what AWS bills above an execution's own time. */
const fewestToScaleBy = 100;

/** The figures that an estimate is made from; `null` is taken for nothing. */
export type EstimatedFrom = Pick<
	Usage,
	'invocations' | 'durationSumUs' | 'recordedInvocations' | 'recordedDurationSumUs'
> & { readonly billedMs: number | null; readonly billedMibMs: number | null };

/** What AWS bills of executions whose records were not read, as far as figures tell. Whole numbers. */
export interface EstimatedUse {
	readonly estimatedMs: number;
	readonly estimatedMibMs: number;
}

/**
 * The billed time of the executions without records, from their duration and what records of the same
 * span show above it, and times the memory that those ran with; `memoryMib` where there are too few.
 * `spanBilledMs`: all billed time of the span, where that is to be priced instead.
 */
export function estimatedUse(
	figures: EstimatedFrom,
	givenMemoryMib: number,
	spanBilledMs?: number,
): EstimatedUse & { readonly memoryMib: number } {
	const { recordedInvocations: recorded } = figures;
	const [recordedMs, recordedMibMs] = [figures.billedMs ?? 0, figures.billedMibMs ?? 0];
	const restUs = Math.max(0, figures.durationSumUs - figures.recordedDurationSumUs);
	const isScaled = recorded >= fewestToScaleBy && recordedMs > 0;
	const excessMs = isScaled ? recordedMs - figures.recordedDurationSumUs / 1_000 : 0;
	const restMs =
		spanBilledMs === undefined
			? restUs / 1_000 + (figures.invocations - recorded) * (excessMs / Math.max(1, recorded))
			: spanBilledMs - recordedMs;
	// Records say which memory size was in force; without any, it is the one given now.
	const memoryMib = isScaled ? recordedMibMs / recordedMs : givenMemoryMib;
	return {
		estimatedMs: Math.round(restMs),
		estimatedMibMs: Math.round(restMs * memoryMib),
		memoryMib,
	};
}

/** What was estimated of a function's days, each by its own records, added up; and on which days it ran. */
export interface EstimatedDays extends EstimatedUse {
	/** Bit 0 is the first day of the span, which has at most 31. */
	readonly ranOn: number;
}
