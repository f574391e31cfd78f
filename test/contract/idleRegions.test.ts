import { checkpointNames, regionsStateSchema } from '@lamplight/core/collection/state';
import type { Connection } from '@lamplight/core/connection/connection';
import { floorTo, hourMs, minuteMs, type TimeRange } from '@lamplight/core/time';
import type { World } from '@lamplight/sandbox/world/world';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Collector, startCollector, testCtx } from '../support/collector.ts';
import { compareWithTruth } from '../support/truth.ts';

const startMs = Date.UTC(2026, 9, 14, 3, 0);

// "Allow up to 15 minutes for the metric to appear", ListMetrics in the CloudWatch API reference, read
// 2026-11; and a minute, as the first execution may come at the end of its own.
const appearsAfterMs = 16 * minuteMs;

/** A region that holds functions of which none ran for three hours, and the minute in which one does. */
interface IdleRegion {
	readonly accountId: string;
	readonly region: string;
	readonly wakesMs: number;
}

describe('a region whose functions seldom run', { timeout: 300_000 }, () => {
	let collector: Collector;
	let connection: Connection;
	let idle: IdleRegion;

	beforeAll(async () => {
		collector = await startCollector({
			...{ functions: 100, seed: 1, nowMs: startMs, speed: 0, rateLimits: false, rateShare: 1000 },
		});
		const found = idleRegion(collector.sandbox.world);
		if (found === null) throw new Error('no region of this world is idle and wakes within a day');
		idle = found;
		connection = await collector.connect(idle.accountId);
	});
	afterAll(() => collector.close());

	const work = async (kind: 'inventory' | 'totals' | 'functions') => {
		const { workspaceId, id: connectionId } = connection;
		const of = { workspaceId, connectionId, plannedMs: collector.deps.clock() };
		if (kind === 'inventory') collector.queue.push({ kind, ...of, details: false });
		else if (kind === 'totals') collector.queue.push({ kind, ...of, counts: true });
		else collector.queue.push({ kind, ...of, region: idle.region });
		await collector.drain();
	};
	const statesOver = async (range: TimeRange) => {
		const read = await collector.store.completeness.read(testCtx(), connection.id, range);
		const spans = read.find(({ region }) => region === idle.region)?.spans ?? [];
		return spans.map(({ fromMs, toMs, state }) => `${state} ${(toMs - fromMs) / minuteMs}`);
	};
	const isRead = async () => {
		const key = { connectionId: connection.id, name: checkpointNames.regions };
		const held = await collector.store.checkpoints.get(testCtx(), key, regionsStateSchema);
		return held?.value.active[idle.region] !== undefined;
	};

	it('is known to be idle, and not told as missing', async () => {
		await work('inventory');
		expect(await isRead()).toBe(false);
		const range = { fromMs: startMs - 3 * hourMs, toMs: startMs };
		expect(await statesOver(range)).toEqual(['complete 160', 'provisional 20']);
	});

	it('is read within half an hour of waking, with all that ran', async () => {
		const { clock } = collector.sandbox;
		// The search of all regions was just made and finds nothing; the next is an hour off.
		clock.set({ nowMs: idle.wakesMs - minuteMs });
		await work('totals');
		await work('inventory');
		expect(await isRead()).toBe(false);
		clock.set({ nowMs: idle.wakesMs + appearsAfterMs });
		await work('inventory');
		expect(await isRead()).toBe(true);
		// Side by side with the totals that are planned for the same minute, and begun before them.
		await work('functions');
		const since = { fromMs: idle.wakesMs, toMs: idle.wakesMs + minuteMs };
		expect(await statesOver(since)).toEqual(['missing 1']);
		for (const minutes of [18, 29]) {
			clock.set({ nowMs: idle.wakesMs + minutes * minuteMs });
			await work('totals');
			await work('functions');
		}
		const range = { fromMs: idle.wakesMs - 10 * minuteMs, toMs: idle.wakesMs + 2 * minuteMs };
		expect(await statesOver(range)).toEqual(['complete 12']);
		const compared = await compareWithTruth(collector, connection.accountId, { range });
		expect(compared.wrong).toEqual([]);
		const ran = runsIn(collector.sandbox.world, idle, range);
		expect(ran).toBeGreaterThan(0);
		const read = await collector.store.series.readTotals(testCtx(), {
			...{ range, stepMs: minuteMs, connectionIds: [connection.id] },
		});
		const own = read.find(({ region }) => region === idle.region)?.points ?? [];
		expect(own.reduce((sum, { durationCount }) => sum + (durationCount ?? 0), 0)).toBe(ran);
	});
});

describe('an account that pauses for an hour', { timeout: 300_000 }, () => {
	let collector: Collector;
	beforeAll(async () => {
		collector = await startCollector({
			...{ functions: 100, seed: 1, nowMs: startMs, speed: 0, rateLimits: false, rateShare: 1000 },
		});
	});
	afterAll(() => collector.close());

	it('is known to have paused once its totals were read, and not before', async () => {
		const pause = pausedAccount(collector.sandbox.world);
		if (pause === null) throw new Error('no account of this world pauses for an hour within a day');
		collector.sandbox.clock.set({ nowMs: pause.atMs });
		const { workspaceId, id: connectionId } = await collector.connect(pause.accountId);
		const of = { workspaceId, connectionId, plannedMs: pause.atMs };
		const range = { fromMs: pause.atMs - 55 * minuteMs, toMs: pause.atMs };
		const states = async () => {
			const read = await collector.store.completeness.read(testCtx(), connectionId, range);
			const { spans = [] } = read.find(({ region }) => region === pause.region) ?? {};
			return spans.map(({ fromMs, toMs, state }) => `${state} ${(toMs - fromMs) / minuteMs}`);
		};
		const { region } = pause;
		collector.queue.push({ kind: 'functions', ...of, region });
		await collector.drain();
		expect(await states()).toEqual(['missing 55']);
		collector.queue.push({ kind: 'inventory', ...of, details: false });
		collector.queue.push({ kind: 'totals', ...of, counts: true });
		collector.queue.push({ kind: 'functions', ...of, region });
		await collector.drain();
		expect(await states()).toEqual(['complete 35', 'provisional 20']);
	});
});

/** A region in which something ran within three hours, when nothing ran in its account for an hour. */
function pausedAccount(
	world: World,
): { readonly accountId: string; readonly region: string; readonly atMs: number } | null {
	for (const { id: accountId, closedMs, deniedActions } of world.accounts) {
		if (closedMs !== null || deniedActions.length > 0) continue;
		const regions = [...new Set(world.allFunctions(accountId).map((fn) => fn.region))];
		for (let atMs = startMs; atMs < startMs + 24 * hourMs; atMs += hourMs / 2) {
			const ran = (region: string, hours: number) =>
				runsIn(world, { accountId, region }, { fromMs: atMs - hours * hourMs, toMs: atMs });
			if (regions.some((region) => ran(region, 1.2) > 0)) continue;
			const region = regions.find((one) => ran(one, 2.5) > 0);
			if (region !== undefined) return { accountId, region, atMs };
		}
	}
	return null;
}

function runsIn(
	world: World,
	{ accountId, region }: Pick<IdleRegion, 'accountId' | 'region'>,
	range: TimeRange,
): number {
	return world
		.allFunctions(accountId)
		.filter((fn) => fn.region === region)
		.reduce((sum, fn) => sum + world.totals(fn.id, range).invocations, 0);
}

function idleRegion(world: World): IdleRegion | null {
	for (const { id: accountId, closedMs, deniedActions } of world.accounts) {
		if (closedMs !== null || deniedActions.length > 0) continue;
		for (const region of new Set(world.allFunctions(accountId).map((fn) => fn.region))) {
			const of = { accountId, region };
			if (runsIn(world, of, { fromMs: startMs - 4 * hourMs, toMs: startMs + 2 * hourMs }) > 0)
				continue;
			for (let hour = 2; hour < 24; hour += 1) {
				const fromMs = startMs + hour * hourMs;
				if (runsIn(world, of, { fromMs, toMs: fromMs + hourMs }) === 0) continue;
				for (let at = fromMs; at < fromMs + hourMs; at += minuteMs) {
					if (runsIn(world, of, { fromMs: at, toMs: at + minuteMs }) > 0)
						return { ...of, wakesMs: floorTo(minuteMs, at) };
				}
			}
		}
	}
	return null;
}
