import {
	type Estimate,
	estimateBilledMs,
	sampleEveryMs,
} from '@lamplight/core/collection/sampling';
import { floorTo } from '@lamplight/core/time';
import type { SeriesPoint } from '@lamplight/store/series/series';

/** What a sample is judged by; a step of a series has it. */
export type SampledStep = Pick<
	SeriesPoint,
	| 'atMs'
	| 'invocations'
	| 'durationSumUs'
	| 'recordedInvocations'
	| 'recordedDurationSumUs'
	| 'billedMs'
	| 'coldStarts'
	| 'initUs'
>;

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
	if (unsampled > whole.executions * maxUnsampledShare) return null;
	const parts = steps.map((step) => ({
		executions: step.billedMs === null ? 0 : step.recordedInvocations,
		durationUs: step.recordedDurationSumUs,
		billedMs: step.billedMs ?? 0,
		coldStarts: step.coldStarts ?? 0,
		initUs: step.initUs ?? 0,
	}));
	return estimateBilledMs(parts, whole);
}
