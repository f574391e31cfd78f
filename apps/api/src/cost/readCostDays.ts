import type { Ctx } from '@lamplight/core/ctx';
import { emptyUsage } from '@lamplight/core/bucket/usage';
import { dayMs, minuteMs } from '@lamplight/core/time';
import type { UsageDay } from '@lamplight/store/series/series';
import type { Store } from '@lamplight/store/store';

import type { ApiDeps } from '../deps.ts';
import { readConnections } from '../fleet/connections.ts';
import { accountKnownFromMs } from '../fleet/knownFrom.ts';
import { type CostDay, costDay, daysOf, type DaySpan, dayStart } from './days.ts';

/** Days that are over for this long do not change any more, but for corrections. */
const settledMs = 2 * dayMs;
const settledForMs = 15 * minuteMs;
const freshForMs = minuteMs;
/** Days read in one call of the store. */
const atOnce = 8;
/** Kept in memory over all workspaces: a row takes 72 bytes, so about 60 MB. */
const maxKeptRows = 800_000;

interface Kept {
	readonly untilMs: number;
	/** Connections whose past was read as far as this day, when it was read. */
	readonly known: string;
	readonly usage: UsageDay;
}

/** Usage by workspace and day, the longest kept first. */
const keptByStore = new WeakMap<Store, Map<string, Kept>>();

/** What was used on each day, ascending. Days to come are empty; today holds what came so far. */
export async function readCostDays(
	deps: Pick<ApiDeps, 'store' | 'clock' | 'wallClock'>,
	ctx: Ctx,
	span: DaySpan,
): Promise<CostDay[]> {
	const { functions } = await deps.store.rollups.directory(ctx);
	const nowMs = Math.floor(deps.clock() / minuteMs) * minuteMs;
	const days = daysOf(span);
	const past = days.filter((day) => dayStart(day) < nowMs);
	const found = await readDays(deps, ctx, { days: past, nowMs });
	return days.map((day) => {
		const fromMs = dayStart(day);
		const range = { fromMs, toMs: Math.max(fromMs, Math.min(fromMs + dayMs, nowMs)) };
		return costDay(found.get(day) ?? nothingUsed(day), range, functions);
	});
}

function nothingUsed(day: string): UsageDay {
	return { day, ids: [], columns: emptyUsage(0) };
}

/** From memory, and the rest from the store, a few neighbouring days in one call. */
async function readDays(
	deps: Pick<ApiDeps, 'store' | 'clock' | 'wallClock'>,
	ctx: Ctx,
	{ days, nowMs }: { readonly days: readonly string[]; readonly nowMs: number },
): Promise<Map<string, UsageDay>> {
	const entries = keptByStore.get(deps.store) ?? new Map<string, Kept>();
	keptByStore.set(deps.store, entries);
	const found = new Map<string, UsageDay>();
	// Before the usage: a day that an account's past reaches now is read anew, since it counts as known.
	const connections = await readConnections(deps, ctx);
	const knownOn = (day: string) =>
		connections
			.filter((one) => accountKnownFromMs(one) <= dayStart(day))
			.map(({ id }) => id)
			.join();
	for (const day of days) {
		const kept = entries.get(`${ctx.workspaceId} ${day}`);
		if (kept === undefined || kept.untilMs <= deps.wallClock()) continue;
		if (kept.known === knownOn(day)) found.set(day, kept.usage);
	}
	for (const run of runsOf(days.filter((day) => !found.has(day)))) {
		const [first = '', last = first] = [run[0], run.at(-1)];
		const toMs = Math.min(dayStart(last) + dayMs, nowMs);
		const read = await deps.store.series.readUsage(ctx, { fromMs: dayStart(first), toMs });
		for (const usage of read) {
			found.set(usage.day, usage);
			const isSettled = nowMs - dayStart(usage.day) > dayMs + settledMs;
			const untilMs = deps.wallClock() + (isSettled ? settledForMs : freshForMs);
			entries.delete(`${ctx.workspaceId} ${usage.day}`);
			entries.set(`${ctx.workspaceId} ${usage.day}`, { untilMs, known: knownOn(usage.day), usage });
		}
		forgetOldest(entries);
	}
	return found;
}

/** Neighbouring days, at most so many in a run. */
function runsOf(days: readonly string[]): string[][] {
	const runs: string[][] = [];
	for (const day of days) {
		const run = runs.at(-1);
		const last = run?.at(-1);
		const follows = last !== undefined && dayStart(last) + dayMs === dayStart(day);
		if (run !== undefined && follows && run.length < atOnce) run.push(day);
		else runs.push([day]);
	}
	return runs;
}

function forgetOldest(entries: Map<string, Kept>): void {
	let rows = 0;
	for (const { usage } of entries.values()) rows += usage.ids.length;
	for (const [key, { usage }] of entries) {
		if (rows <= maxKeptRows) return;
		rows -= usage.ids.length;
		entries.delete(key);
	}
}
