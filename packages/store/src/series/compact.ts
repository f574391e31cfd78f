import { randomUUID } from 'node:crypto';

import type { Ctx } from '@lamplight/core/ctx';
import type { ConnectionId } from '@lamplight/core/ids';
import { dayMs, floorTo, hourMs, utcDay } from '@lamplight/core/time';

import type { Leases } from '../collection/collection.ts';
import { inParallel } from '../dynamo/faults.ts';
import { compactDay } from './compactDay.ts';
import { compactHour } from './compactHour.ts';
import type { Due } from './due.ts';
import type { SeriesDeps } from './fragments.ts';
import { type CompactionReport, slotClosesAfterMs } from './series.ts';
import { compactTotalsDay } from './totals.ts';

const defaultMaxHours = 48;
const defaultMaxDays = 8;
/** Most of an hour's time is waiting; an hour of 2,000 busy functions takes about 30 MB. */
const hoursAtOnce = 3;
/** Longer than a job may run, so that a killed one's lease runs out and a living one's does not. */
const leaseMs = 6 * 60_000;

export interface CompactDeps extends SeriesDeps {
	readonly leases: Leases;
}

/** See `Series.compact`. */
export async function compact(
	deps: CompactDeps,
	ctx: Ctx,
	connectionId: ConnectionId,
	limits: { readonly maxHours?: number; readonly maxDays?: number } = {},
): Promise<CompactionReport> {
	const { db, due, leases } = deps;
	const isClosed = (one: Due) => one.startMs + lengthOf(one) + slotClosesAfterMs <= db.clock();
	// Asked every five minutes, and mostly there is nothing: a lease would be two writes for that.
	if (!(await due.list(ctx, connectionId)).some(isClosed)) {
		return { hours: [], days: [], more: false };
	}
	// Two at once could end with the older reading of an hour written last.
	const lease = await leases.acquire(ctx, `compact/${connectionId}`, {
		holder: randomUUID(),
		forMs: leaseMs,
	});
	// Whoever holds it does the work; a killed one's is done when it is next asked for. To ask again at
	// once would ask without end until its lease runs out.
	if (lease === null) return { hours: [], days: [], more: false };
	try {
		const { maxHours = defaultMaxHours, maxDays = defaultMaxDays } = limits;
		const closed = (await due.list(ctx, connectionId)).filter(isClosed);
		const dueHours = newestFirst(closed.filter((one) => one.kind === 'hour'));
		const hours = dueHours.slice(0, maxHours);
		await inParallel(hours, hoursAtOnce, async (one) => {
			await compactHour(deps, ctx, { home: one, hourStartMs: one.startMs });
			await due.enterDay(ctx, one, 'day', one.startMs);
			await due.done(ctx, one);
		});
		// Days are read afresh: the hours just done may have made theirs due.
		const days = await compactDays(deps, ctx, { connectionId, maxDays });
		return {
			hours: hours.map(({ region, startMs }) => ({ region, hourMs: startMs })),
			days: days.done.map(({ region, startMs }) => ({ region, day: utcDay(startMs) })),
			more: dueHours.length > hours.length || days.more,
		};
	} finally {
		await leases.release(ctx, lease);
	}
}

async function compactDays(
	deps: CompactDeps,
	ctx: Ctx,
	{ connectionId, maxDays }: { connectionId: ConnectionId; maxDays: number },
): Promise<{ done: Due[]; more: boolean }> {
	const all = await deps.due.list(ctx, connectionId);
	const waiting = new Set(
		all
			.filter((one) => one.kind === 'hour')
			.map((one) => `${one.region} ${floorTo(dayMs, one.startMs)}`),
	);
	const ready = newestFirst(
		all.filter(
			(one) =>
				one.kind !== 'hour' &&
				one.startMs + dayMs + slotClosesAfterMs <= deps.db.clock() &&
				(one.kind === 'totals' || !waiting.has(`${one.region} ${one.startMs}`)),
		),
	);
	const done = ready.slice(0, maxDays);
	for (const one of done) {
		const day = { home: one, dayStartMs: one.startMs };
		if (one.kind === 'totals') await compactTotalsDay(deps, ctx, day);
		else await compactDay(deps, ctx, day);
		await deps.due.done(ctx, one);
	}
	return { done: done.filter((one) => one.kind === 'day'), more: ready.length > done.length };
}

function lengthOf(due: Due): number {
	return due.kind === 'hour' ? hourMs : dayMs;
}

/** During a backfill the newest is what somebody waits for. */
function newestFirst(all: readonly Due[]): Due[] {
	return [...all].sort((a, b) => b.startMs - a.startMs || (a.region < b.region ? -1 : 1));
}
