import { ceilTo, floorTo } from '@lamplight/core/time';

import type { Fleet } from './fleet.ts';

/** A fleet's sums over an even axis. */
export interface StepsOver {
	readonly fromMs: number;
	readonly count: number;
	/** One value a step; where nothing ran, `idle`, from the first minute that is known to the newest. */
	values(idle: 0 | null, pick: (step: Fleet['steps'][number]) => number | null): (number | null)[];
}

/**
 * Every step of the range, those too in which nothing ran: without them the others would move together.
 * What nobody read, before the first known moment and after the newest minute, is `null`.
 */
export function stepsOver(
	{
		range,
		steps,
		stepMs,
		newestMinuteMs,
	}: Pick<Fleet, 'range' | 'steps' | 'stepMs' | 'newestMinuteMs'>,
	knownFromMs: number,
): StepsOver {
	const fromMs = floorTo(stepMs, range.fromMs);
	const count = steps.length === 0 ? 0 : (ceilTo(stepMs, range.toMs) - fromMs) / stepMs;
	const placeOf = (atMs: number) => Math.floor((atMs - fromMs) / stepMs);
	const first = Math.max(0, placeOf(knownFromMs));
	const known = newestMinuteMs === null ? 0 : Math.min(count, placeOf(newestMinuteMs) + 1);
	return {
		fromMs,
		count,
		values: (idle, pick) => {
			const values = new Array<number | null>(count)
				.fill(null)
				.fill(idle, Math.min(first, known), known);
			for (const step of steps) {
				const at = placeOf(step.atMs);
				if (at >= 0 && at < count) values[at] = pick(step);
			}
			return values;
		},
	};
}
