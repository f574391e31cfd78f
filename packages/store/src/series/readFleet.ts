import type { Ctx } from '@lamplight/core/ctx';
import { ceilTo, dayMs, hourMs, minuteMs, type TimeRange } from '@lamplight/core/time';

import { decodeFleet, type FleetSpan } from '../codec/fleet.ts';
import { decodeFleetItems } from './fleetItems.ts';
import { FleetSum } from './fleetSum.ts';
import type { SeriesReads } from './fragments.ts';
import { gather, keptRange } from './gather.ts';
import { fleetKeys, partitions } from './layout.ts';
import type { FleetReading } from './series.ts';

/** As many as a chart carries; both ends of a range may begin one. */
const maxSteps = 690;

/** See `Series.readFleet`. */
export async function readFleet(
	deps: SeriesReads,
	ctx: Ctx,
	range: TimeRange,
): Promise<FleetReading> {
	const sparkStepMs = sparkStepFor(range);
	const stepMs = stepFor(keptRange(range, deps.db.clock()));
	const { sum, range: covered } = await gatherFleet(deps, ctx, { range, sparkStepMs, stepMs });
	return {
		range: covered,
		sparkStepMs,
		rows: sum.rows(),
		steps: sum.steps(),
		stepMs,
		newestMinuteMs: sum.newestMinuteMs,
	};
}

/** As short as the range is kept by: hours know five minutes, days hours; and few enough to draw. */
function stepFor({ fromMs, toMs }: TimeRange): number {
	const hasDay = ceilTo(dayMs, fromMs) + dayMs <= toMs;
	if (!hasDay) return 5 * minuteMs;
	const steps = [hourMs, 2 * hourMs, 6 * hourMs];
	return steps.find((step) => (toMs - fromMs) / step < maxSteps) ?? dayMs;
}

/** 12 to 36 steps of a span that reads well. */
export function sparkStepFor({ fromMs, toMs }: TimeRange): number {
	const lengthMs = toMs - fromMs;
	if (lengthMs <= 3 * hourMs) return 5 * minuteMs;
	if (lengthMs <= 36 * hourMs) return hourMs;
	return lengthMs <= 10 * dayMs ? 6 * hourMs : dayMs;
}

/** Reads and adds up what there is of a range. */
export async function gatherFleet(
	deps: SeriesReads,
	ctx: Ctx,
	wanted: { readonly range: TimeRange; readonly sparkStepMs: number; readonly stepMs: number },
): Promise<{ sum: FleetSum; range: TimeRange }> {
	const { db } = deps;
	const range = keptRange(wanted.range, db.clock());
	const sum = new FleetSum(range, wanted);
	await gather<FleetSpan>(deps, ctx, range, {
		decodeHour: decodeFleet,
		readDays: async (days, isUnfinished) => {
			const items = await db.query(partitions.fleet(ctx), fleetKeys.days('d', days));
			return decodeFleetItems(items, decodeFleet).filter(
				(item) => !isUnfinished(item, item.startMs),
			);
		},
		addItem: (item) => sum.addItem(item),
		addSlices: (...hour) => sum.addSlices(...hour),
	});
	return { sum, range };
}
