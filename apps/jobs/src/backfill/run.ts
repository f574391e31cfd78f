import { listActiveFunctions } from '@lamplight/aws/metrics/activeFunctions';
import { trailingHour } from '@lamplight/core/collection/slots';
import { type Backfill, backfillSchema, checkpointNames } from '@lamplight/core/collection/state';
import { type Region, regionSchema } from '@lamplight/core/ids';
import { dayMs, floorTo, hourMs, minuteMs, type TimeRange } from '@lamplight/core/time';
import { backfillDays } from '@lamplight/core/watchcost/estimate';
import { picoToUsd, watchCostPicoUsd } from '@lamplight/core/watchcost/watchcost';
import type { Lease } from '@lamplight/store/collection/collection';
import * as z from 'zod';

import { attemptOf, type RunReport, withAccount, type Work } from '../account.ts';
import { putCheckpoint } from '../checkpoint.ts';
import { findRegions } from '../collect/regions.ts';
import type { JobDeps } from '../deps.ts';
import type { MessageOf } from '../message.ts';
import {
	type PastReading,
	type PastTotals,
	readPast,
	readPastTotals,
	writePast,
} from './region.ts';
import { wholeNow } from './windows.ts';

/** One message begins no further stretch after this long, unless it says how long. */
const sliceMs = 15_000;
const leaseMs = 5 * 60_000;

/** Reads the next stretches of the past, newest first, until its time or its budget is over. */
export async function runBackfill(deps: JobDeps, message: MessageOf<'backfill'>): Promise<void> {
	const { workspaceId, connectionId, plannedMs, forMs = sliceMs } = message;
	const batch = `backfill-${plannedMs}`;
	const options = { job: 'backfill', workspaceId, connectionId, region: null, batch };
	await withAccount(deps, options, async (work) => {
		const lease = await deps.store.leases.acquire(work.ctx, `backfill/${connectionId}`, {
			// The same message twice at once would read, and pay for, the same past twice.
			holder: attemptOf(deps, batch),
			forMs: leaseMs,
		});
		if (lease === null) return { message: 'is under way already', delayMs: null, limits: [] };
		try {
			return await readStretches(deps, work, { lease, forMs });
		} finally {
			await deps.store.leases.release(work.ctx, lease);
		}
	});
}

async function readStretches(
	deps: JobDeps,
	work: Work,
	{ lease, forMs }: { readonly lease: Lease; readonly forMs: number },
): Promise<RunReport> {
	const startedMs = deps.wallClock();
	const limits = new Set<string>();
	const begun = await beginBackfill(deps, work);
	let backfill = begun;
	const regions = await knownRegions(deps, work);
	while (backfill.doneFromMs > backfill.fromMs && !backfill.stopped) {
		backfill = await readStretch(deps, work, { backfill, regions, limits });
		// Asked again in the next turn: what AWS had not together a moment ago takes it a while.
		if (backfill.tries > 0) break;
		const isOver = deps.wallClock() - startedMs > forMs;
		if (isOver || (await deps.store.leases.renew(work.ctx, lease, leaseMs)) === null) break;
	}
	// Pages of many days are rebuilt seldom: without this they would lack the past for hours.
	const windows = wholeNow(begun, backfill, deps.clock());
	if (windows.length > 0) {
		const { workspaceId } = work.ctx;
		await deps.queue.send([{ kind: 'rollup', workspaceId, plannedMs: deps.clock(), windows }]);
	}
	const done = backfill.doneFromMs <= backfill.fromMs;
	const day = new Date(backfill.doneFromMs).toISOString().slice(0, 16);
	return {
		message: done ? 'all of the past has been read' : `the past has been read back to ${day}`,
		delayMs: null,
		limits: [...limits, ...(backfill.stopped ? ['backfill budget'] : [])],
	};
}

async function beginBackfill(deps: JobDeps, work: Work): Promise<Backfill> {
	const { ctx, connection } = work;
	const key = { connectionId: connection.id, name: checkpointNames.backfill };
	const held = await deps.store.checkpoints.get(ctx, key, backfillSchema);
	if (held !== null) return held.value;
	const nowMs = deps.clock();
	// The trailing hour is read by collection itself; what lies before it is the past.
	const toMs = trailingHour(nowMs).fromMs;
	return {
		fromMs: floorTo(dayMs, nowMs - backfillDays * dayMs),
		toMs,
		doneFromMs: toMs,
		regions: [],
		functions: 0,
		spentUsd: 0,
		budgetUsd: connection.backfillBudgetUsd,
		stopped: false,
		tries: 0,
		triedSinceMs: null,
		updatedMs: nowMs,
	};
}

/** The next stretch: to the hour, then to the UTC day, then whole days. */
export function nextStretch(backfill: Pick<Backfill, 'fromMs' | 'doneFromMs'>): TimeRange {
	const { doneFromMs: toMs } = backfill;
	const hour = floorTo(hourMs, toMs - 1);
	const day = floorTo(dayMs, toMs - 1);
	const fromMs = toMs % hourMs === 0 ? day : hour;
	return { fromMs: Math.max(fromMs, backfill.fromMs), toMs };
}

/** A region where something runs for the first time has no past that could be missed meanwhile. */
const regionsKnownForMs = hourMs;
const regionsKnownSchema = z.object({ atMs: z.number(), regions: z.array(regionSchema) });

/** The regions of the past, asked for once and not in each of a connection's many turns. */
async function knownRegions(deps: JobDeps, work: Work): Promise<Region[]> {
	const key = `past regions ${work.connection.id}`;
	const held = deps.memory.get(key);
	const known = held === undefined ? null : regionsKnownSchema.parse(JSON.parse(held));
	const atMs = deps.clock();
	if (known !== null && atMs - known.atMs < regionsKnownForMs) return known.regions;
	const regions = await regionsOfThePast(deps, work);
	if (regions.length > 0) deps.memory.set(key, JSON.stringify({ atMs, regions }));
	return regions;
}

/** Regions with functions, or where something ran in the last two weeks; asked free of charge. */
async function regionsOfThePast(deps: JobDeps, work: Work): Promise<Region[]> {
	const { enabled } = await findRegions(deps, work);
	const known = await deps.store.functions.listAccount(work.ctx, work.connection.accountId);
	const found = new Set<Region>(known.map(({ region }) => region));
	await Promise.all(
		enabled.map(async (region) => {
			if (found.has(region)) return;
			const ran = await listActiveFunctions(work.account, region, 'two weeks');
			if (ran.length > 0) found.add(region);
		}),
	);
	return [...found].sort();
}

/**
 * So often, and for so long, a stretch is asked for whose totals AWS answers in part; then it is kept as
 * far as it is known. An outage of some minutes is not to leave a hole in the past for good.
 */
const maxTries = 4;
const triedForMs = 30 * minuteMs;

async function readStretch(
	deps: JobDeps,
	work: Work,
	{
		backfill,
		regions,
		limits,
	}: {
		readonly backfill: Backfill;
		readonly regions: readonly Region[];
		readonly limits: Set<string>;
	},
): Promise<Backfill> {
	const range = nextStretch(backfill);
	const known = await deps.store.functions.listAccount(work.ctx, work.connection.accountId);
	const before = spentUsd(work);
	const left = backfill.budgetUsd - backfill.spentUsd;
	// One metric a function, and one more each where the region shows errors or throttles.
	const mostUsd = known.length * 3e-5;
	if (mostUsd > left) return save(deps, work, { ...backfill, stopped: true });
	const all = new Map<Region, PastTotals>();
	for (const region of regions) {
		all.set(region, await readPastTotals(deps, work, { region, range }));
	}
	const isPartial = [...all.values()].some(({ whole }) => !whole);
	const nowMs = deps.clock();
	const { tries, triedSinceMs } = backfill;
	if (isPartial && (tries + 1 < maxTries || nowMs - (triedSinceMs ?? nowMs) < triedForMs)) {
		const spent = backfill.spentUsd + spentUsd(work) - before;
		const tried = { tries: tries + 1, triedSinceMs: triedSinceMs ?? nowMs, spentUsd: spent };
		return save(deps, work, { ...backfill, ...tried });
	}
	const readings: PastReading[] = [];
	for (const [region, totals] of all) {
		const inventory = known.filter((fn) => fn.region === region);
		const reading = await readPast(deps, work, { region, range, inventory, totals });
		for (const limit of reading.limits) limits.add(limit);
		readings.push(reading);
	}
	await writePast(deps, work, { range, readings });
	return save(deps, work, {
		...backfill,
		doneFromMs: range.fromMs,
		...{ tries: 0, triedSinceMs: null },
		regions: [...regions],
		functions: known.length,
		spentUsd: backfill.spentUsd + spentUsd(work) - before,
	});
}

function spentUsd(work: Work): number {
	return picoToUsd(watchCostPicoUsd(work.account.meter.peek()));
}

async function save(deps: JobDeps, work: Work, backfill: Backfill): Promise<Backfill> {
	const key = { connectionId: work.connection.id, name: checkpointNames.backfill };
	const saved = { ...backfill, updatedMs: deps.clock() };
	await putCheckpoint(deps, work.ctx, key, saved);
	await deps.store.connections.update(work.ctx, work.connection.id, (current) => ({
		...current,
		knownFromMs: saved.doneFromMs,
	}));
	deps.log('backfill', {
		connectionId: work.connection.id,
		doneFromMs: saved.doneFromMs,
		fromMs: saved.fromMs,
		toMs: saved.toMs,
		stopped: saved.stopped,
		spentUsd: Math.round(saved.spentUsd * 1e6) / 1e6,
	});
	return saved;
}
