import type { Aggregate } from '../bucket/aggregate.ts';
import type { Bucket } from '../bucket/bucket.ts';
import { floorTo } from '../time.ts';
import { type Estimate, estimateBilledMs, normalQuantile, sampleEveryMs } from './sampling.ts';

/** What a sample is judged by; a step of a series has it. */
export interface SampledStep extends Pick<
	Aggregate,
	| 'invocations'
	| 'durationSumUs'
	| 'recordedInvocations'
	| 'recordedDurationSumUs'
	| 'billedMs'
	| 'coldStarts'
	| 'initUs'
> {
	readonly atMs: number;
}

/** The share of executions that may lie in stretches without a sampled minute, such as the newest. */
const maxUnsampledShare = 0.1;

/**
 * Billed milliseconds of a function of which some minutes were read record by record, with their
 * interval. `null` when every record was read, when none was, or when what was read is no sample of
 * the whole: then the rest says nothing about how sure the figure is.
 */
export function sampledBilledMs(steps: readonly SampledStep[]): Estimate | null {
	const whole = { executions: 0, durationUs: 0 };
	const stretches = new Map<number, { invocations: number; recorded: number }>();
	let recorded = 0;
	for (const step of steps) {
		whole.executions += step.invocations;
		whole.durationUs += step.durationSumUs;
		recorded += step.recordedInvocations;
		const at = floorTo(sampleEveryMs, step.atMs);
		const stretch = stretches.get(at) ?? { invocations: 0, recorded: 0 };
		stretch.invocations += step.invocations;
		stretch.recorded += step.recordedInvocations;
		stretches.set(at, stretch);
	}
	if (recorded === 0 || recorded >= whole.executions) return null;
	let unsampled = 0;
	for (const stretch of stretches.values()) {
		if (stretch.recorded === 0) unsampled += stretch.invocations;
	}
	if (!isSpokenFor(unsampled, whole.executions)) return null;
	const parts = steps.map((step) => ({
		executions: step.billedMs === null ? 0 : step.recordedInvocations,
		durationUs: step.recordedDurationSumUs,
		billedMs: step.billedMs ?? 0,
		coldStarts: step.coldStarts ?? 0,
		initUs: step.initUs ?? 0,
	}));
	return estimateBilledMs(parts, whole);
}

/**
 * How sure the billed milliseconds of a function's minutes are, as a variance, so that it can be added
 * to those of other spans and functions: as wide as the interval of these minutes alone. A whole
 * number; 0 when every record was read, when none was, or when what was read is no sample.
 */
export function billedVarianceMs2(buckets: readonly Bucket[]): number {
	const isRead = ({ billedMs }: Bucket) => billedMs !== null;
	if (buckets.every(isRead) || !buckets.some(isRead)) return 0;
	const sample = sampledBilledMs(
		buckets.map((bucket) => {
			const isRecorded = isRead(bucket);
			return {
				...bucket,
				atMs: bucket.minuteMs,
				recordedInvocations: isRecorded ? bucket.invocations : 0,
				recordedDurationSumUs: isRecorded ? bucket.durationSumUs : 0,
			};
		}),
	);
	return sample === null ? 0 : Math.ceil(((sample.high - sample.value) / normalQuantile) ** 2);
}

/** A span with its variance, of `billedVarianceMs2`. */
export type SampledPart = Pick<
	Aggregate,
	'invocations' | 'recordedInvocations' | 'billedVarianceMs2'
>;

/**
 * The variance of several spans of one function: their sum, since each draws its own minutes. 0 where
 * too much of them was neither read nor sampled for the sum to speak for the whole.
 */
export function sumVariances(parts: readonly SampledPart[]): number {
	let [invocations, unsampled, varianceMs2] = [0, 0, 0];
	for (const part of parts) {
		invocations += part.invocations;
		unsampled += unsampledOf(part);
		varianceMs2 += part.billedVarianceMs2 ?? 0;
	}
	return isSpokenFor(unsampled, invocations) ? varianceMs2 : 0;
}

/** Executions of a span that was neither read whole nor sampled. */
export function unsampledOf(part: SampledPart): number {
	const isKnown = (part.billedVarianceMs2 ?? 0) > 0 || part.recordedInvocations >= part.invocations;
	return isKnown ? 0 : part.invocations;
}

/** Whether so few executions lie outside of samples that these speak for all. */
export function isSpokenFor(unsampled: number, invocations: number): boolean {
	return unsampled <= invocations * maxUnsampledShare;
}
