import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Connection } from '@lamplight/core/connection/connection';
import { wholeRegion } from '@lamplight/core/collection/shards';
import { slotSpanMs } from '@lamplight/core/collection/slots';
import {
	checkpointNames,
	emptyRegionState,
	regionStateSchema,
} from '@lamplight/core/collection/state';
import { regionSchema, type Region } from '@lamplight/core/ids';
import { floorTo, minuteMs } from '@lamplight/core/time';
import { putCheckpoint, readCheckpoint } from '@lamplight/jobs/checkpoint';

import { type Collector, startCollector, testCtx } from '../support/collector.ts';
import { wholeAccount } from '../support/wholeAccount.ts';

const startMs = Date.UTC(2026, 9, 14, 9, 31);
const readings = 6;
/** So old that every function has been read since, and so little that it is still read again. */
const ageMs = 24 * minuteMs;

describe('an error of the region that no function explains', () => {
	let collector: Collector;
	let connection: Connection;
	let region: Region;
	beforeAll(async () => {
		collector = await startCollector({
			...{ functions: 40, seed: 11, nowMs: startMs, speed: 0 },
			...{ rateLimits: false, rateShare: 100 },
		});
		const account = wholeAccount(collector.sandbox.world);
		connection = await collector.connect(account.id);
		region = regionSchema.parse(account.activeRegions[0]);
		collector.queue.push({ kind: 'inventory', ...base(), details: false });
		await collector.drain();
		for (let reading = 0; reading < readings; reading += 1) {
			collector.sandbox.clock.advance(5 * minuteMs);
			collector.queue.push({ kind: 'totals', ...base(), counts: true });
			await readFunctions();
		}
	});
	afterAll(() => collector.close());

	const base = () => {
		const { workspaceId, id: connectionId } = connection;
		return { workspaceId, connectionId, plannedMs: collector.deps.clock() };
	};
	const readFunctions = async () => {
		collector.queue.push({ kind: 'functions', ...base(), region });
		await collector.drain();
	};
	const key = () => {
		const name = checkpointNames.region(region, wholeRegion);
		return { connectionId: connection.id, name };
	};
	const state = () => {
		const of = { schema: regionStateSchema, empty: emptyRegionState };
		return readCheckpoint(collector.deps, testCtx(), key(), of);
	};

	/** All functions were asked for their errors so long ago. */
	async function askedBefore(ms: number): Promise<void> {
		const before = await state();
		const askedAllMs = { ...before.askedAllMs, errors: collector.deps.clock() - ms };
		await putCheckpoint(collector.deps, testCtx(), key(), { ...before, askedAllMs });
	}

	async function oneErrorMore(minute: number): Promise<void> {
		const { series } = collector.store;
		const range = { fromMs: minute, toMs: minute + minuteMs };
		const connectionIds = [connection.id];
		const read = await series.readTotals(testCtx(), { range, stepMs: minuteMs, connectionIds });
		const point = read.find((one) => one.region === region)?.points[0];
		if (point === undefined) throw new Error('nothing ran in that minute');
		const { atMs, ...counts } = point;
		await series.writeTotals(testCtx(), {
			...{ connectionId: connection.id, batch: 'one error more' },
			...{ slotMs: floorTo(slotSpanMs, minute), spanMs: slotSpanMs },
			revision: collector.deps.clock() + 1,
			regions: [
				{ region, buckets: [{ ...counts, minuteMs: atMs, errors: (counts.errors ?? 0) + 1 }] },
			],
		});
	}

	it('keeps its minute among those that are read again until somebody was asked about it', async () => {
		await askedBefore(minuteMs);
		await readFunctions();
		const minute = floorTo(minuteMs, collector.deps.clock() - ageMs);
		expect((await state()).readToMs).toBeGreaterThan(minute);

		await oneErrorMore(minute);
		await readFunctions();
		expect((await state()).readToMs).toBe(minute);

		await askedBefore(20 * minuteMs);
		await readFunctions();
		const { readToMs, askedAllMs } = await state();
		expect(askedAllMs.errors).toBe(collector.deps.clock());
		expect(readToMs).toBeGreaterThan(minute);
	});
});
