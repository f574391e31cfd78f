import type { RegionBucket, TotalsFragment } from '@lamplight/core/bucket/fragment';
import { mergeRegionBuckets } from '@lamplight/core/bucket/merge';
import { groupBySteps, sumRegionBuckets } from '@lamplight/core/bucket/sum';
import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import type { ConnectionId, Region } from '@lamplight/core/ids';
import { dayMs, floorTo, hourMs, minuteMs, type TimeRange, utcDay } from '@lamplight/core/time';

import { decodeTotals, encodeTotals, type RegionSeries } from '../codec/totals.ts';
import { type Db, ifLower } from '../dynamo/db.ts';
import { inParallel } from '../dynamo/faults.ts';
import { bytes, count } from '../dynamo/item.ts';
import { minuteKey, sortKey } from '../dynamo/keys.ts';
import { blobParts, wholeBlob } from '../dynamo/parts.ts';
import { checkSlot, type SeriesDeps } from './fragments.ts';
import { expiryOf, type Home, kept, partitions } from './layout.ts';
import {
	maxSeriesPoints,
	type PastTotals,
	type RegionTotals,
	slotClosesAfterMs,
} from './series.ts';

const fiveMinutesMs = 5 * minuteMs;
/** Totals are of a connection; what is due is kept by region, so they take a place of their own. */
const anyRegion = 'us-east-1';

/** See `Series.writeTotals`. */
export async function writeTotals(
	{ db, due }: SeriesDeps,
	ctx: Ctx,
	fragment: TotalsFragment,
): Promise<boolean> {
	checkSlot(fragment);
	const { connectionId, slotMs, spanMs, batch, revision } = fragment;
	const written = await db.put(
		{
			pk: partitions.totalsFragments(ctx, connectionId),
			sk: sortKey(minuteKey(slotMs), batch),
			revision,
			blob: encodeTotals(fragment.regions),
			expiresAt: expiryOf(slotMs + spanMs, kept.fragmentMs, db.clock()),
		},
		ifLower('revision', revision),
	);
	await due.enterDay(ctx, { connectionId, region: anyRegion }, 'totals', slotMs);
	return written;
}

const layers = [
	{ name: '1m', stepMs: minuteMs, keptMs: kept.minuteDayMs },
	{ name: '5m', stepMs: fiveMinutesMs, keptMs: kept.fiveMinuteDayMs },
	{ name: '1h', stepMs: hourMs, keptMs: kept.hourDayMs },
] as const;

/** See `Series.writePastTotals`. */
export async function writePastTotals(
	{ db, due }: SeriesDeps,
	ctx: Ctx,
	day: PastTotals,
): Promise<boolean> {
	const { connectionId, dayStartMs } = day;
	if (dayStartMs + dayMs + slotClosesAfterMs > db.clock()) return false;
	const waits = (await due.list(ctx, connectionId)).some(
		({ kind, startMs }) => kind === 'totals' && startMs === dayStartMs,
	);
	if (waits) return false;
	const range = { fromMs: dayStartMs, toMs: dayStartMs + dayMs };
	if ((await readSlots(db, ctx, connectionId, range)).length > 0) return false;
	await putTotalsDay(db, ctx, day);
	return true;
}

/** Merges a day of a connection's totals into one item a layer, all regions in each. */
export async function compactTotalsDay(
	{ db }: SeriesDeps,
	ctx: Ctx,
	{ home, dayStartMs }: { readonly home: Home; readonly dayStartMs: number },
): Promise<void> {
	const { connectionId } = home;
	const range = { fromMs: dayStartMs, toMs: dayStartMs + dayMs };
	const regions = await readSlots(db, ctx, connectionId, range);
	await putTotalsDay(db, ctx, { connectionId, dayStartMs, regions });
}

async function putTotalsDay(db: Db, ctx: Ctx, day: PastTotals): Promise<void> {
	const { connectionId, dayStartMs, regions } = day;
	const endMs = dayStartMs + dayMs;
	for (const { name, stepMs, keptMs } of layers) {
		if (endMs + keptMs <= db.clock()) continue;
		const coarser = regions.map(({ region, buckets }) => ({
			region,
			buckets: resampled(buckets, stepMs),
		}));
		const item = {
			pk: partitions.totalsDays(ctx, connectionId),
			sk: sortKey(name, utcDay(dayStartMs)),
			expiresAt: Math.ceil((endMs + keptMs) / 1000),
		};
		await db.putMany(blobParts(item, encodeTotals(coarser)));
	}
}

/** See `Series.readTotals`. */
export async function readTotals(
	{ db, due }: SeriesDeps,
	ctx: Ctx,
	span: {
		readonly range: TimeRange;
		readonly stepMs: number;
		readonly connectionIds: readonly ConnectionId[];
	},
): Promise<RegionTotals[]> {
	const { range, stepMs, connectionIds } = span;
	checkPoints(range, stepMs);
	const layer = layerFor(db.clock() - range.fromMs, stepMs);
	const waiting = new Set(
		(await due.list(ctx))
			.filter((one) => one.kind === 'totals')
			.map((one) => `${one.connectionId} ${one.startMs}`),
	);
	const found = await inParallel(connectionIds, 8, async (connectionId) => {
		const days = await readDays(db, ctx, { connectionId, range, layer });
		const open: RegionSeries[] = [];
		for (let day = floorTo(dayMs, range.fromMs); day < range.toMs; day += dayMs) {
			if (days.has(day) || !waiting.has(`${connectionId} ${day}`)) continue;
			const slots = { fromMs: Math.max(day, range.fromMs - hourMs), toMs: day + dayMs };
			open.push(...(await readSlots(db, ctx, connectionId, slots)));
		}
		return joined(connectionId, [...[...days.values()].flat(), ...open], { range, stepMs });
	});
	return found.flat();
}

/** Refuses a span that would give more points than a read returns. */
export function checkPoints(range: TimeRange, stepMs: number): void {
	if (stepMs < minuteMs || stepMs % minuteMs !== 0) {
		throw new LamplightError('invalid_input', `stepMs ${stepMs}: expected whole minutes`);
	}
	if ((range.toMs - range.fromMs) / stepMs > maxSeriesPoints) {
		throw new LamplightError(
			'too_large',
			`More than ${maxSeriesPoints} points; ask for a longer step`,
			{ details: { limit: 'maxSeriesPoints', max: maxSeriesPoints } },
		);
	}
}

type LayerName = (typeof layers)[number]['name'];

function layerFor(ageMs: number, stepMs: number): LayerName {
	const fits = layers.filter((layer) => layer.stepMs <= stepMs);
	const lives = layers.find((layer) => ageMs < layer.keptMs) ?? layers[2];
	const wanted = fits.at(-1) ?? layers[0];
	return wanted.stepMs > lives.stepMs ? wanted.name : lives.name;
}

async function readDays(
	db: Db,
	ctx: Ctx,
	span: { connectionId: ConnectionId; range: TimeRange; layer: LayerName },
): Promise<Map<number, RegionSeries[]>> {
	const { connectionId, range, layer } = span;
	const items = await db.query(partitions.totalsDays(ctx, connectionId), {
		from: sortKey(layer, utcDay(range.fromMs)),
		to: `${sortKey(layer, utcDay(range.toMs - 1))}$`,
	});
	const days = new Map<number, RegionSeries[]>();
	for (const item of items.filter((one) => one['parts'] !== undefined)) {
		const day = Date.parse(`${item.sk.split('#')[1] ?? ''}T00:00:00Z`);
		days.set(day, decodeTotals(await wholeBlob(db, item)));
	}
	return days;
}

async function readSlots(
	db: Db,
	ctx: Ctx,
	connectionId: ConnectionId,
	range: TimeRange,
): Promise<RegionSeries[]> {
	const items = await db.query(partitions.totalsFragments(ctx, connectionId), {
		from: minuteKey(range.fromMs),
		to: `${minuteKey(range.toMs - 1)}$`,
	});
	const regions = new Map<Region, { revision: number; buckets: readonly RegionBucket[] }[]>();
	for (const item of items) {
		for (const { region, buckets } of decodeTotals(bytes(item, 'blob'))) {
			const readings = regions.get(region) ?? [];
			readings.push({ revision: count(item, 'revision'), buckets });
			regions.set(region, readings);
		}
	}
	return [...regions]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([region, readings]) => ({ region, buckets: mergeRegionBuckets(readings) }));
}

function joined(
	connectionId: ConnectionId,
	series: readonly RegionSeries[],
	{ range, stepMs }: { range: TimeRange; stepMs: number },
): RegionTotals[] {
	const regions = new Map<Region, RegionBucket[]>();
	for (const { region, buckets } of series) {
		const mine = regions.get(region) ?? [];
		mine.push(...buckets.filter(({ minuteMs: at }) => at >= range.fromMs && at < range.toMs));
		regions.set(region, mine);
	}
	return [...regions]
		.filter(([, buckets]) => buckets.length > 0)
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([region, buckets]) => ({
			connectionId,
			region,
			points: resampled(buckets, stepMs).map(({ minuteMs: atMs, ...figures }) => ({
				atMs,
				...figures,
			})),
		}));
}

function resampled(buckets: readonly RegionBucket[], stepMs: number): RegionBucket[] {
	return groupBySteps(buckets, stepMs, (bucket) => bucket.minuteMs).map(([atMs, members]) =>
		sumRegionBuckets(atMs, members),
	);
}
