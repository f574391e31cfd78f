import { shardsOf } from '@lamplight/core/collection/shards';
import type { RegionsState } from '@lamplight/core/collection/state';
import type { Connection } from '@lamplight/core/connection/connection';
import { waitForRoleMs } from '@lamplight/core/connection/health';
import { dayMs, floorTo, minuteMs } from '@lamplight/core/time';

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
}

const countsEveryMinutes = 5;
const inventoryEveryMinutes = 15;
const detailsEveryMinutes = 15;
const compactEveryMinutes = 5;
/** A lost or unsafe connection is tried this often; a person may try it at any time. */
const retryEveryMinutes = 15;

/** A removal that was cut short is taken up again this often. */
const purgeEveryMinutes = 5;

/** The messages of one minute for one connection. Pure: the same minute plans the same messages. */
export function planConnection(planned: PlannedConnection, nowMs: number): Message[] {
	const { connection, regions } = planned;
	const { workspaceId, id: connectionId } = connection;
	const plannedMs = floorTo(minuteMs, nowMs);
	const minute = plannedMs / minuteMs;
	// Connections take turns, so that not all of them read in the same minute.
	const phase = phaseOf(connectionId);
	const every = (minutes: number) => (minute + phase) % minutes === 0;
	const base = { workspaceId, connectionId, plannedMs };
	// After compaction, which sets the pace that it looks at.
	const isJudged = (minute + phase) % compactEveryMinutes === 3;
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
	const messages: Message[] = [{ kind: 'totals', ...base, counts: every(countsEveryMinutes) }];
	const readsEveryMinutes = Math.max(1, Math.round(planned.readsEveryMs / minuteMs));
	if (!planned.exhausted) {
		for (const region of Object.keys(regions.active).sort()) {
			for (const shard of shardsOf(regions.functions[region] ?? 0)) {
				// Shards take turns, as they share the region's rate of log readings.
				if ((minute + phase + shard.index) % readsEveryMinutes !== 0) continue;
				messages.push({ kind: 'functions', ...base, region, shard });
			}
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

/** 0 to 14, from the id: the longest cycle has 15 minutes. */
function phaseOf(id: string): number {
	let sum = 0;
	for (let i = 0; i < id.length; i += 1) sum = (sum * 31 + id.charCodeAt(i)) % 9973;
	return sum % 15;
}

/** Which ready-made pages are due for a rebuild in a minute. */
export function dueWindows(nowMs: number): string[] {
	const minute = Math.floor(nowMs / minuteMs);
	const due = ['1h'];
	if (minute % 2 === 0) due.push('24h', 'today');
	if (minute % 15 === 0) due.push('month', '7d');
	if (minute % 60 === 30) due.push('30d', 'previousMonth');
	return due;
}
