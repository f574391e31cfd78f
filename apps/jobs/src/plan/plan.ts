import { functionsPerShard, type Shard, shardsOf } from '@lamplight/core/collection/shards';
import type { RegionsState } from '@lamplight/core/collection/state';
import type { Connection } from '@lamplight/core/connection/connection';
import { waitForRoleMs } from '@lamplight/core/connection/health';
import type { Region } from '@lamplight/core/ids';
import { dayMs, floorTo, hourMs, minuteMs } from '@lamplight/core/time';
import { concurrencyEveryMinutes, countsEveryMinutes } from '@lamplight/core/watchcost/estimate';
import { type FleetWindow, fleetWindows } from '@lamplight/store/series/rollups';

import type { Message } from '../message.ts';

/** What the planner knows of one connection. */
export interface PlannedConnection {
	readonly connection: Connection;
	/** `null` before the first search. */
	readonly regions: RegionsState | null;
	readonly readsEveryMs: number;
	/** False once all of the past has been read. */
	readonly backfillDue: boolean;
	/** True when the month's budget is used up. */
	readonly exhausted: boolean;
	/** Reads everything in this minute, whoever's turn it is: nobody planned for a while. */
	readonly catchUp?: boolean;
}

const inventoryEveryMinutes = 15;
const detailsEveryMinutes = 15;
/** An hour's fragments are merged once, and a sum of what was spent changes by cents. */
const compactEveryMinutes = 15;
const judgeEveryMinutes = 5;
/** A lost or unsafe connection is tried this often; a person may try it at any time. */
const retryEveryMinutes = 15;

/**
 * Functions are read this long after a slot of five minutes has ended, whatever the connection: the
 * slot is then whole, and seldom has to be written again for what came late.
 */
const readAtMinute = 1;

/** A removal that was cut short is taken up again this often. */
const purgeEveryMinutes = 5;

/** The messages of one minute for one connection. Pure: the same minute plans the same messages. */
export function planConnection(planned: PlannedConnection, nowMs: number): Message[] {
	const { connection, regions } = planned;
	const { workspaceId, id: connectionId } = connection;
	const plannedMs = floorTo(minuteMs, nowMs);
	const minute = plannedMs / minuteMs;
	// Connections take turns, so that not all of them do the same in one minute.
	const phase = phaseOf(connectionId);
	const every = (minutes: number) => (minute + phase) % minutes === 0;
	const base = { workspaceId, connectionId, plannedMs };
	// After compaction, which sets the pace that it looks at.
	const isJudged = (minute + phase) % judgeEveryMinutes === 3;
	if (connection.removalMs !== undefined)
		return every(purgeEveryMinutes) ? [{ kind: 'purge', ...base }] : [];
	switch (connection.state) {
		case 'paused':
			return [];
		case 'waiting': {
			const waited = nowMs - connection.createdMs;
			return waited < waitForRoleMs || every(retryEveryMinutes)
				? [{ kind: 'verify', ...base }]
				: [];
		}
		case 'lost':
		case 'unsafe':
			return [
				...(every(retryEveryMinutes) ? [{ kind: 'verify' as const, ...base }] : []),
				...(isJudged ? [{ kind: 'evaluate' as const, ...base }] : []),
			];
		case 'healthy':
		case 'degraded':
			break;
	}
	if (regions === null) return [{ kind: 'inventory', ...base, details: false }];
	// Counts are asked for just before the functions are, which are held against them.
	const catchUp = planned.catchUp === true;
	const counts = catchUp || (minute - readAtMinute) % countsEveryMinutes === 0;
	const concurrency = catchUp || (minute - readAtMinute) % concurrencyEveryMinutes === 0;
	const messages: Message[] = [
		{ kind: 'totals', ...base, counts, ...(counts ? { concurrency } : {}) },
	];
	const pacedMinutes = Math.max(1, Math.round(planned.readsEveryMs / minuteMs));
	const readsEveryMinutes = catchUp ? 1 : pacedMinutes;
	if (!planned.exhausted) {
		const due = dueParts(regions, { minute, readsEveryMinutes });
		for (const parts of besideEachOther(due)) {
			const [first, ...beside] = parts;
			if (first === undefined) continue;
			const { region, shard } = first;
			const ran = parts.reduce((sum, { functions }) => sum + functions, 0);
			const rest = beside.map((part) => ({ region: part.region, shard: part.shard }));
			messages.push({
				...{ kind: 'functions', ...base, region, shard, ran },
				...(rest.length === 0 ? {} : { beside: rest }),
			});
		}
	}
	if (every(inventoryEveryMinutes)) messages.push({ kind: 'inventory', ...base, details: false });
	if ((minute + phase) % detailsEveryMinutes === 1) {
		messages.push({ kind: 'inventory', ...base, details: true });
	}
	if ((minute + phase) % compactEveryMinutes === 2) messages.push({ kind: 'compact', ...base });
	if (isJudged) messages.push({ kind: 'evaluate', ...base });
	if (planned.backfillDue && !planned.exhausted) messages.push({ kind: 'backfill', ...base });
	if (plannedMs % dayMs === phase * minuteMs) messages.push({ kind: 'verify', ...base });
	return messages;
}

interface DuePart {
	readonly region: Region;
	readonly shard: Shard;
	readonly functions: number;
}

/** The regions, and shards of large ones, whose functions are read in a minute. */
function dueParts(
	regions: RegionsState,
	{ minute, readsEveryMinutes }: { readonly minute: number; readonly readsEveryMinutes: number },
): DuePart[] {
	return Object.keys(regions.active)
		.sort()
		.flatMap((region) => {
			const functions = regions.functions[region] ?? 0;
			return (
				shardsOf(functions)
					// Shards take turns, as they share the region's rate of log readings.
					.filter(({ index }) => (minute - readAtMinute + index) % readsEveryMinutes === 0)
					.map((shard) => ({ region, shard, functions: Math.ceil(functions / shard.of) }))
			);
		});
}

/**
 * Parts that one worker reads side by side, as many as it has room for: each waits for the turns of
 * its own region, and the worker is paid for all of them at once.
 */
function besideEachOther(parts: readonly DuePart[]): DuePart[][] {
	const runs: DuePart[][] = [];
	let room = 0;
	for (const part of parts) {
		if (part.functions > room || runs.length === 0) {
			runs.push([]);
			room = functionsPerShard;
		}
		runs.at(-1)?.push(part);
		room -= part.functions;
	}
	return runs;
}

/** 0 to 14, from the id: the longest cycle has 15 minutes. */
function phaseOf(id: string): number {
	let sum = 0;
	for (let i = 0; i < id.length; i += 1) sum = (sum * 31 + id.charCodeAt(i)) % 9973;
	return sum % 15;
}

/** How old the ready-made pages are, and what there is to build them from. */
export interface BuiltWindows {
	/** When newer figures were noted last; `null` when they never were. */
	readonly newsMs: number | null;
	/** When a window was built last; `null` when it never was. */
	readonly builtMs: (window: FleetWindow) => number | null;
	/** When somebody looked last; `null` when nobody ever did, who soon will. */
	readonly watchedMs: number | null;
}

interface Rebuild {
	/** Minutes of a cycle at which it is built when there are newer figures. */
	readonly everyMinutes: number;
	readonly atMinutes: readonly number[];
	/** The same while nobody looks, where that is longer. */
	readonly unwatchedEveryMinutes?: number;
	/** Without any its ends move on all the same. */
	readonly withoutNewsMs: number;
}

const often = { everyMinutes: 5, unwatchedEveryMinutes: 15 };
const seldom = { everyMinutes: 30, unwatchedEveryMinutes: 60 };

/**
 * Readings begin at the first minute of five and take up to two and a half: the newest hour is built
 * after the quick ones and after the slow ones, longer windows after the slow ones. A window of
 * weeks changes little by five minutes, and is the largest to write.
 */
const rebuilds: Readonly<Record<FleetWindow, Rebuild>> = {
	'1h': { ...often, atMinutes: [2, 4], withoutNewsMs: 15 * minuteMs },
	'24h': { ...often, atMinutes: [4], withoutNewsMs: hourMs },
	today: { ...often, atMinutes: [4], withoutNewsMs: hourMs },
	'7d': { ...seldom, atMinutes: [4], withoutNewsMs: 6 * hourMs },
	month: { ...seldom, atMinutes: [9], withoutNewsMs: 6 * hourMs },
	'30d': { everyMinutes: 120, atMinutes: [34], withoutNewsMs: 6 * hourMs },
	previousMonth: { everyMinutes: 360, atMinutes: [94], withoutNewsMs: 6 * hourMs },
};
/** Figures that came while a window was built may be missing from it. */
const buildTakesMs = 10_000;
/** A page that is open asks every minute; who read it a while ago may come back. */
const watchedForMs = 15 * minuteMs;

/** Which ready-made pages are due for a rebuild in a minute. */
export function dueWindows(
	nowMs: number,
	{ newsMs, builtMs, watchedMs }: BuiltWindows,
): FleetWindow[] {
	const isWatched = watchedMs === null || nowMs - watchedMs < watchedForMs;
	return fleetWindows.filter((window) => {
		const built = builtMs(window);
		if (built === null) return true;
		const { everyMinutes, unwatchedEveryMinutes = everyMinutes, ...rest } = rebuilds[window];
		const { atMinutes, withoutNewsMs } = rest;
		if (nowMs - built >= withoutNewsMs) return true;
		if (newsMs === null || newsMs <= built - buildTakesMs) return false;
		const cycle = isWatched ? everyMinutes : unwatchedEveryMinutes;
		if (atMinutes.includes(Math.floor(nowMs / minuteMs) % cycle)) return true;
		// Somebody has come to look.
		return isWatched && nowMs - built > (everyMinutes + 1) * minuteMs;
	});
}
