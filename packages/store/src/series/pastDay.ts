import type { Fragment, FunctionSlice } from '@lamplight/core/bucket/fragment';
import { mergeFragments } from '@lamplight/core/bucket/merge';
import { groupBySteps, sumAggregates } from '@lamplight/core/bucket/sum';
import type { Ctx } from '@lamplight/core/ctx';
import { invalidField } from '@lamplight/core/errors';
import type { Execution } from '@lamplight/core/execution/execution';
import type { FunctionId } from '@lamplight/core/ids';
import { dayMs, floorTo, hourMs, minuteMs } from '@lamplight/core/time';

import { withShortPercentiles } from '../codec/aggregates.ts';
import type { TimedAggregate } from '../codec/days.ts';
import { encodeFleet, type FleetEntry } from '../codec/fleet.ts';
import type { Item } from '../dynamo/item.ts';
import { blobParts } from '../dynamo/parts.ts';
import { isWholeDay, readBuilt, writeWholeDay } from './built.ts';
import { fleetOfSlices } from './compactHour.ts';
import { checkBuckets, checkSlot, homeOf, type SeriesDeps } from './fragments.ts';
import { dayItems, fleetDayItems, functionDay, type FunctionHours } from './functionDay.ts';
import { expiryOf, fleetKeys, type Home, kept, partitions } from './layout.ts';
import { type PastDay, slotClosesAfterMs } from './series.ts';

const fiveMinutesMs = 5 * minuteMs;

/** See `Series.beginPastDay`. */
export async function beginPastDay(
	deps: SeriesDeps,
	ctx: Ctx,
	{ home, dayStartMs }: { readonly home: Home; readonly dayStartMs: number },
): Promise<PastDay | null> {
	if (dayStartMs % dayMs !== 0) {
		throw invalidField('dayStartMs', 'expected the start of a UTC day', dayStartMs);
	}
	if (dayStartMs + dayMs + slotClosesAfterMs > deps.db.clock()) return null;
	if (await wasCollected(deps, ctx, { home, dayStartMs })) return null;
	return new DayWriter(deps, ctx, { home: homeOf(home), dayStartMs });
}

/** Whether fragments of the day were ever written: then hours are made of them, and the day of the hours. */
async function wasCollected(
	{ db, due }: SeriesDeps,
	ctx: Ctx,
	{ home, dayStartMs }: { readonly home: Home; readonly dayStartMs: number },
): Promise<boolean> {
	// Written whole before, and perhaps not to its end: it is written over.
	if (await isWholeDay(db, ctx, { home, dayStartMs })) return false;
	const waiting = await due.list(ctx, home.connectionId);
	const waits = waiting.some(
		({ kind, region, startMs }) =>
			kind !== 'totals' && region === home.region && floorTo(dayMs, startMs) === dayStartMs,
	);
	if (waits) return true;
	const hours = hoursOf(dayStartMs).map((hourStartMs) => ({ ...homeOf(home), hourStartMs }));
	return (await readBuilt(db, ctx, hours)).length > 0;
}

function hoursOf(dayStartMs: number): number[] {
	return Array.from({ length: 24 }, (_, hour) => dayStartMs + hour * hourMs);
}

/** Rows of the region by hour, as they come group by group. */
interface HourRows {
	readonly entries: FleetEntry[];
	readonly steps: TimedAggregate[];
}

class DayWriter implements PastDay {
	readonly #deps: SeriesDeps;
	readonly #ctx: Ctx;
	readonly #place: { readonly home: Home; readonly dayStartMs: number };
	readonly #hours = new Map<number, HourRows>();
	readonly #entries: FleetEntry[] = [];

	constructor(
		deps: SeriesDeps,
		ctx: Ctx,
		place: { readonly home: Home; readonly dayStartMs: number },
	) {
		this.#deps = deps;
		this.#ctx = ctx;
		this.#place = place;
	}

	async add(fragments: readonly Fragment[], executions: readonly Execution[]): Promise<void> {
		const { dayStartMs } = this.#place;
		const functions = new Map<FunctionId, FunctionHours>();
		const of = (id: FunctionId): FunctionHours => {
			const hours = functions.get(id) ?? { slices: [], executions: [] };
			functions.set(id, hours);
			return hours;
		};
		for (const [hourStartMs, members] of this.#byHour(fragments)) {
			const slices = mergeFragments(members).filter(({ buckets }) => buckets.length > 0);
			for (const slice of slices) of(slice.functionId).slices.push({ hourStartMs, slice });
			this.#addRows(hourStartMs, slices);
		}
		for (const one of executions) {
			if (floorTo(dayMs, one.startMs) !== dayStartMs) {
				throw invalidField('startMs', 'expected an execution of the day', one.startMs);
			}
			of(one.functionId).executions.push(one);
		}
		const days = [...functions].map(([functionId, hours]) =>
			functionDay({ functionId, hours, dayStartMs }),
		);
		const at = { dayStartMs, nowMs: this.#deps.db.clock() };
		await this.#deps.db.putMany(days.flatMap((day) => dayItems(this.#ctx, day, at)));
		this.#entries.push(...days.flatMap((day) => day.entry ?? []));
	}

	async close(): Promise<void> {
		const { db, regions } = this.#deps;
		const nowMs = db.clock();
		const { home, dayStartMs } = this.#place;
		// Readers look only where they know a region to be.
		if (this.#entries.length > 0 && (await regions.get(this.#ctx, home)) === null) {
			await regions.use(this.#ctx, home, 'hourPieces', 1);
		}
		// Beyond the time that hours of the fleet are kept, only days are read.
		const withHours = dayStartMs + dayMs + kept.fleetHourMs > nowMs;
		if (withHours) await db.putMany([...this.#hours].flatMap((hour) => this.#hourItems(...hour)));
		if (this.#entries.length > 0) {
			const hourSteps = [...this.#hours.values()].flatMap(({ steps }) => steps);
			const day = { ...this.#place, entries: this.#entries, hourSteps, nowMs };
			await db.putMany(fleetDayItems(this.#ctx, day));
		}
		// Last: until then the day may be begun again.
		await writeWholeDay(db, this.#ctx, this.#place);
	}

	#byHour(fragments: readonly Fragment[]): Map<number, Fragment[]> {
		const { home, dayStartMs } = this.#place;
		const hours = new Map<number, Fragment[]>();
		for (const fragment of fragments) {
			checkSlot(fragment);
			for (const slice of fragment.functions) checkBuckets(fragment, slice);
			const { connectionId, region, slotMs } = fragment;
			if (connectionId !== home.connectionId || region !== home.region) {
				throw invalidField('region', `expected a fragment of ${home.region}`, region);
			}
			if (floorTo(dayMs, slotMs) !== dayStartMs) {
				throw invalidField('slotMs', 'expected a slot of the day', slotMs);
			}
			const hour = floorTo(hourMs, slotMs);
			const members = hours.get(hour);
			if (members === undefined) hours.set(hour, [fragment]);
			else members.push(fragment);
		}
		return hours;
	}

	#addRows(hourStartMs: number, slices: readonly FunctionSlice[]): void {
		if (slices.length === 0) return;
		const rows = this.#hours.get(hourStartMs) ?? { entries: [], steps: [] };
		const { entries, steps } = fleetOfSlices(hourStartMs, slices);
		rows.entries.push(...entries);
		rows.steps.push(...steps);
		this.#hours.set(hourStartMs, rows);
	}

	#hourItems(hourStartMs: number, rows: HourRows): Item[] {
		const entries = rows.entries.sort((a, b) => (a.functionId < b.functionId ? -1 : 1));
		const steps = groupBySteps(rows.steps, fiveMinutesMs, (step) => step.atMs).map(
			([atMs, members]) => ({ atMs, ...withShortPercentiles(sumAggregates(members)) }),
		);
		const item = {
			pk: partitions.fleet(this.#ctx),
			sk: fleetKeys.hour(hourStartMs, this.#place.home),
			expiresAt: expiryOf(hourStartMs + hourMs, kept.fleetHourMs, this.#deps.db.clock()),
		};
		return blobParts(item, encodeFleet({ stepMs: fiveMinutesMs, entries, steps }));
	}
}
