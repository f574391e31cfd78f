import type { Ctx } from '@lamplight/core/ctx';
import type { FunctionId } from '@lamplight/core/ids';
import { dayMs, hourMs } from '@lamplight/core/time';

import { decodeExecutions } from '../codec/executions.ts';
import { decodeFleet, type FleetEntry } from '../codec/fleet.ts';
import { decodeSlices } from '../codec/slices.ts';
import type { Db } from '../dynamo/db.ts';
import { inParallel } from '../dynamo/faults.ts';
import { bytes, type Item } from '../dynamo/item.ts';
import { hourKey, hourOfKey } from '../dynamo/keys.ts';
import { readBuilt } from './built.ts';
import { decodeFleetItems } from './fleetItems.ts';
import { homeOf, queriesAtOnce, type SeriesDeps } from './fragments.ts';
import { dayItems, fleetDayItems, functionDay, type FunctionHours } from './functionDay.ts';
import { fleetKeys, type Home, partitions, pieceOf, type PieceCount } from './layout.ts';

/** Turns a day's hours into one item a function and layer, and into one row a function of the fleet. */
export async function compactDay(
	deps: SeriesDeps,
	ctx: Ctx,
	{ home, dayStartMs }: { readonly home: Home; readonly dayStartMs: number },
): Promise<void> {
	const { db } = deps;
	const entries: FleetEntry[] = [];
	const hours = Array.from({ length: 24 }, (_, hour) => dayStartMs + hour * hourMs);
	const built = await readBuilt(
		db,
		ctx,
		hours.map((hourStartMs) => ({ ...homeOf(home), hourStartMs })),
	);
	const counts = [...new Set(built.map((hour) => hour.pieces))];
	const finest = Math.max(1, ...counts) as PieceCount;
	const read = hourReader(db, ctx, { home, dayStartMs });
	// One group of functions at a time bounds memory, however large the region is.
	for (let group = 0; group < finest; group++) {
		const found = await inParallel(counts, queriesAtOnce, (pieces) =>
			read({ pieces, piece: group % pieces }),
		);
		const mine = [...byFunction(found.flat())].filter(([id]) => pieceOf(id, finest) === group);
		const days = mine.map(([functionId, hoursOf]) =>
			functionDay({ functionId, hours: hoursOf, dayStartMs }),
		);
		await db.putMany(days.flatMap((day) => dayItems(ctx, day, { dayStartMs, nowMs: db.clock() })));
		entries.push(...days.flatMap((day) => day.entry ?? []));
	}
	await writeFleetDay(deps, ctx, { home, dayStartMs, entries });
}

/** Reads pieces of a day's hours. Quiet hours are cut coarser and asked for again: those are remembered. */
function hourReader(
	db: Db,
	ctx: Ctx,
	{ home, dayStartMs }: { readonly home: Home; readonly dayStartMs: number },
): (part: { pieces: PieceCount; piece: number }) => Promise<Item[]> {
	const remembered = new Map<string, Item[]>();
	return async (part) => {
		const pk = partitions.hours(ctx, { ...homeOf(home), ...part });
		const known = remembered.get(pk);
		if (known !== undefined) return known;
		const items = await db.query(pk, {
			from: hourKey(dayStartMs),
			to: hourKey(dayStartMs + dayMs - hourMs),
		});
		if (part.pieces <= 4) remembered.set(pk, items);
		return items;
	};
}

function byFunction(items: readonly Item[]): Map<FunctionId, FunctionHours> {
	const functions = new Map<FunctionId, FunctionHours>();
	const of = (id: FunctionId): FunctionHours => {
		const hours = functions.get(id) ?? { slices: [], executions: [] };
		functions.set(id, hours);
		return hours;
	};
	for (const item of [...items].sort((a, b) => (a.sk < b.sk ? -1 : 1))) {
		const hourStartMs = hourOfKey(item.sk);
		for (const slice of decodeSlices(bytes(item, 'blob'))) {
			of(slice.functionId).slices.push({ hourStartMs, slice });
		}
		if (item['executions'] === undefined) continue;
		for (const one of decodeExecutions(bytes(item, 'executions'))) {
			of(one.functionId).executions.push(one);
		}
	}
	return functions;
}

async function writeFleetDay(
	{ db }: SeriesDeps,
	ctx: Ctx,
	day: {
		readonly home: Home;
		readonly dayStartMs: number;
		readonly entries: readonly FleetEntry[];
	},
): Promise<void> {
	const { home, dayStartMs, entries } = day;
	if (entries.length === 0) return;
	const hourSteps = await inParallel(
		Array.from({ length: 24 }, (_, hour) => dayStartMs + hour * hourMs),
		4,
		async (hourStartMs) => {
			const sk = fleetKeys.hour(hourStartMs, home);
			const items = await db.query(partitions.fleet(ctx), { from: sk, to: `${sk}$` });
			return decodeFleetItems(items, decodeFleet).flatMap(({ span }) => span.steps);
		},
	);
	await db.putMany(fleetDayItems(ctx, { ...day, hourSteps: hourSteps.flat(), nowMs: db.clock() }));
}
