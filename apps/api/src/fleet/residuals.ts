import type { Connection } from '@lamplight/core/connection/connection';
import type { Ctx } from '@lamplight/core/ctx';
import { functionParts } from '@lamplight/core/ids';
import { floorTo, hourMs, type TimeRange } from '@lamplight/core/time';
import type { CompletenessSpan } from '@lamplight/store/collection/collection';

import type { ConnectionPage } from '../contract/connections.ts';
import type { ApiDeps } from '../deps.ts';
import { instant } from './range.ts';

type Deps = Pick<ApiDeps, 'store' | 'clock'>;

const hoursShown = 48;
/** Region and function series arrive late: the last hour that can be compared ended an hour ago. */
const settledMs = hourMs;

/** Hour by hour, the share of region-minutes in each state. */
export async function completenessByHour(
	{ store, clock }: Deps,
	ctx: Ctx,
	{ id }: Connection,
): Promise<ConnectionPage['completeness']> {
	const toMs = floorTo(hourMs, clock()) + hourMs;
	const range: TimeRange = { fromMs: toMs - hoursShown * hourMs, toMs };
	const regions = await store.completeness.read(ctx, id, range);
	return Array.from({ length: hoursShown }, (_, at) => {
		const fromMs = range.fromMs + at * hourMs;
		const lengths = { complete: 0, provisional: 0, partial: 0, missing: 0 };
		for (const { spans } of regions) addOverlap(lengths, spans, fromMs);
		const whole = regions.length * hourMs;
		const part = (length: number) => (whole === 0 ? 0 : Math.round((length / whole) * 1e4) / 1e4);
		return {
			hour: instant(fromMs),
			complete: part(lengths.complete),
			provisional: part(lengths.provisional),
			partial: part(lengths.partial),
			missing: part(lengths.missing),
		};
	});
}

function addOverlap(
	lengths: Record<CompletenessSpan['state'], number>,
	spans: readonly CompletenessSpan[],
	hourFromMs: number,
): void {
	for (const one of spans) {
		const fromMs = Math.max(one.fromMs, hourFromMs);
		const toMs = Math.min(one.toMs, hourFromMs + hourMs);
		if (toMs > fromMs) lengths[one.state] += toMs - fromMs;
	}
}

/**
 * Per region, the newest settled hour: what the region's own total says ran, and what the functions
 * add up to. Executions that cross the hour's edge may differ by a few.
 */
export async function residualsOf(
	{ store, clock }: Deps,
	ctx: Ctx,
	{ id }: Connection,
): Promise<ConnectionPage['residuals']> {
	const fromMs = floorTo(hourMs, clock() - settledMs) - hourMs;
	const range: TimeRange = { fromMs, toMs: fromMs + hourMs };
	const [totals, fleet] = await Promise.all([
		store.series.readTotals(ctx, { range, stepMs: hourMs, connectionIds: [id] }),
		store.series.readFleet(ctx, range),
	]);
	const functions = new Map<string, number>();
	for (const { functionId, connectionId, aggregate } of fleet.rows) {
		if (connectionId !== id) continue;
		const { region } = functionParts(functionId);
		functions.set(region, (functions.get(region) ?? 0) + aggregate.invocations);
	}
	return totals.flatMap(({ region, points }) => {
		const counted = points.flatMap(({ durationCount }) =>
			durationCount === null ? [] : [durationCount],
		);
		if (counted.length === 0) return [];
		const regionInvocations = counted.reduce((sum, value) => sum + value, 0);
		const functionInvocations = functions.get(region) ?? 0;
		// Half a per mille, or two: what crosses the edges of the hour.
		const tolerance = Math.max(2, regionInvocations * 0.0005);
		return [
			{
				region,
				hour: instant(fromMs),
				regionInvocations,
				functionInvocations,
				equal: Math.abs(regionInvocations - functionInvocations) <= tolerance,
			},
		];
	});
}
