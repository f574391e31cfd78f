import type { Connection } from '@lamplight/core/connection/connection';
import type { Ctx } from '@lamplight/core/ctx';
import type { RegionTotals } from '@lamplight/store/series/series';

import type { ConcurrencyArea } from '../contract/concurrency.ts';
import type { Chart } from '../contract/shared.ts';
import { concurrencyLimit } from '../customer/concurrencyLimit.ts';
import { accountNames, labelOf, readConnections } from '../fleet/connections.ts';
import { share } from '../fleet/figures.ts';
import { type Fleet, type FleetItem, readFleet } from '../fleet/fleet.ts';
import { instant, resolved, resolveRange } from '../fleet/range.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import type { RouteDeps } from './context.ts';

const key = 'GET /v1/w/{ws}/concurrency';
/** Areas of one page, the fullest first. */
const maxAreas = 60;
const named = 10;

/** Who shares each account's concurrency, who took it and who starved. */
export function concurrencyHandlers(deps: RouteDeps): Handlers<typeof key> {
	return { [key]: (request) => concurrency(deps, request) };
}

async function concurrency(deps: RouteDeps, { ctx, query }: ApiRequest<typeof key>) {
	const range = resolveRange(query, deps.clock());
	const [fleet, connections, totals] = await Promise.all([
		readFleet(deps.store, ctx, { range, before: false, sparks: true }),
		readConnections(deps, ctx),
		deps.store.series.readTotals(ctx, {
			range: { fromMs: range.fromMs, toMs: range.toMs },
			stepMs: range.stepMs,
		}),
	]);
	const busy = totals
		.map((one) => ({ one, peak: peakOf(one) }))
		.filter(({ one, peak }) => peak.value > 0 || itemsOf(fleet, one).length > 0)
		.sort((a, b) => b.peak.value - a.peak.value);
	const areas = await Promise.all(
		busy
			.slice(0, maxAreas)
			.map(({ one, peak }) => areaOf(deps, ctx, { totals: one, peak, fleet, connections })),
	);
	const count = Math.max(1, Math.ceil((range.toMs - range.fromMs) / range.stepMs));
	return {
		range: resolved(range),
		areas,
		charts: {
			x: { from: instant(range.fromMs), stepMs: range.stepMs, count },
			charts: busy
				.slice(0, maxAreas)
				.map(({ one }, at) => chartOf(one, { area: areas[at], count, ...range })),
			deploys: [],
			spans: [],
		},
		limits:
			busy.length > maxAreas
				? [{ limit: 'areas', max: maxAreas, message: `${busy.length} areas have functions.` }]
				: [],
	};
}

interface Peak {
	readonly value: number;
	readonly atMs: number | null;
}

function peakOf({ points }: RegionTotals): Peak {
	let peak: Peak = { value: 0, atMs: null };
	for (const point of points) {
		const value = point.claimedConcurrencyMax ?? point.concurrencyMax ?? 0;
		if (value > peak.value) peak = { value, atMs: point.atMs };
	}
	return peak;
}

function itemsOf(fleet: Fleet, { connectionId, region }: RegionTotals): FleetItem[] {
	return fleet.items.filter(
		({ fn, place }) =>
			fn.connectionId === connectionId && place.region === region && fn.goneMs === null,
	);
}

interface AreaInput {
	readonly totals: RegionTotals;
	readonly peak: Peak;
	readonly fleet: Fleet;
	readonly connections: readonly Connection[];
}

async function areaOf(
	deps: RouteDeps,
	ctx: Ctx,
	{ totals, peak, fleet, connections }: AreaInput,
): Promise<ConcurrencyArea> {
	const connection = connections.find(({ id }) => id === totals.connectionId);
	const items = itemsOf(fleet, totals);
	const limit =
		connection === undefined
			? null
			: await concurrencyLimit(deps, ctx, { connection, region: totals.region });
	const reserved = items.reduce((sum, { fn }) => sum + (fn.reservedConcurrency ?? 0), 0);
	const throttles = totals.points.reduce<number | null>(
		(sum, point) => (point.throttles === null ? sum : (sum ?? 0) + point.throttles),
		null,
	);
	const names = accountNames(connections);
	return {
		accountId: connection?.accountId ?? items[0]?.place.accountId ?? '000000000000',
		accountName: connection?.accountName ?? null,
		region: totals.region,
		limit,
		reserved,
		unreserved: limit === null ? null : Math.max(0, limit - reserved),
		provisioned: items.reduce((sum, { fn }) => sum + fn.provisionedConcurrencyTotal, 0),
		peak: peak.atMs === null ? null : peak.value,
		peakAt: peak.atMs === null ? null : instant(peak.atMs),
		peakShare: peak.atMs === null ? null : share(peak.value, limit),
		throttles,
		chartId: chartId(totals),
		takers: [...items]
			.filter(({ fn, now }) => busyness(now) > 0 || fn.reservedConcurrency !== null)
			.sort((a, b) => busyness(b.now) - busyness(a.now))
			.slice(0, named)
			.map(({ fn, now }) => ({
				function: labelOf(fn, names),
				peak: now?.concurrencyMax ?? null,
				average: averageOf(now, fleet),
				reserved: fn.reservedConcurrency,
				provisioned: fn.provisionedConcurrencyTotal,
			})),
		starved: items
			.filter(({ now }) => (now?.throttles ?? 0) > 0)
			.sort((a, b) => (b.now?.throttles ?? 0) - (a.now?.throttles ?? 0))
			.slice(0, named)
			.map(({ fn, now }) => ({
				function: labelOf(fn, names),
				throttles: now?.throttles ?? 0,
				reserved: fn.reservedConcurrency,
				because:
					fn.reservedConcurrency !== null
						? ('ownReserve' as const)
						: limit !== null && peak.value >= limit * 0.95
							? ('accountLimit' as const)
							: ('unknown' as const),
			})),
	};
}

/** By the peak where it was measured, else by the time spent running. */
function busyness(now: FleetItem['now']): number {
	if (now === null) return 0;
	return now.concurrencyMax === null ? now.durationSumUs / 1e12 : now.concurrencyMax;
}

/** Time spent running over the range's length: how many ran at once on average. */
function averageOf(now: FleetItem['now'], { range }: Fleet): number | null {
	if (now === null) return null;
	const average = now.durationSumUs / 1_000 / (range.toMs - range.fromMs);
	return Math.round(average * 100) / 100;
}

function chartId({ connectionId, region }: RegionTotals): string {
	return `concurrency:${connectionId}:${region}`;
}

function chartOf(
	totals: RegionTotals,
	options: { area: ConcurrencyArea | undefined; count: number; fromMs: number; stepMs: number },
): Chart {
	const { area, count, fromMs, stepMs } = options;
	const byStep = new Map(
		totals.points.map((point) => [Math.floor((point.atMs - fromMs) / stepMs), point]),
	);
	const values = (pick: (point: RegionTotals['points'][number]) => number | null) =>
		Array.from({ length: count }, (_, at) => {
			const point = byStep.get(at);
			return point === undefined ? null : pick(point);
		});
	return {
		id: chartId(totals),
		series: [
			{
				id: 'claimed',
				label: 'claimed',
				unit: 'concurrent',
				values: values((point) => point.claimedConcurrencyMax ?? point.concurrencyMax),
			},
			{
				id: 'throttles',
				label: 'throttles',
				unit: 'count',
				values: values((point) => point.throttles),
			},
		],
		limits:
			area === undefined || area.limit === null
				? []
				: [{ id: 'accountLimit', value: area.limit, unit: 'concurrent' }],
		provenance: null,
		approximate: false,
	};
}
