import { randomUUID } from 'node:crypto';

import type { Connection } from '@lamplight/core/connection/connection';
import type { Execution } from '@lamplight/core/execution/execution';
import { functionParts } from '@lamplight/core/ids';
import { dayMs, hourMs, minuteMs } from '@lamplight/core/time';
import { writeSlots } from '@lamplight/jobs/collect/writeSlots';
import { createMemory, type Memory } from '@lamplight/jobs/memory';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import {
	ctxOf,
	execution,
	type Harness,
	lambdaFunction,
	named,
	newConnectionId,
	startMs,
	startStore,
} from './storeHarness.ts';
import { countUnits } from '../bench/dynamoUnits.ts';

let harness: Harness;

beforeAll(async () => {
	harness = await startStore();
});
beforeEach(() => {
	harness.now = startMs;
});
afterAll(() => harness.close());

describe('executions', () => {
	it('keep failures, extremes and a sample, once, and the same before and after compaction', async () => {
		const ctx = ctxOf();
		const connectionId = newConnectionId();
		const { executions, functions, series } = harness.store;
		await functions.putMany(ctx, [lambdaFunction(named('kept'), connectionId)]);
		harness.now = startMs + hourMs;
		const all = Array.from({ length: 300 }, (_, at) =>
			execution('kept', at, at % 50 === 0 ? { status: 'error', errorType: 'Boom' } : {}),
		);
		const slot = { connectionId, region: 'eu-west-1', slotMs: startMs, revision: 1 };
		await executions.write(ctx, { ...slot, batch: 'a', executions: all.slice(0, 200) });
		await executions.write(ctx, { ...slot, batch: 'a', executions: all.slice(0, 200) });
		await executions.write(ctx, { ...slot, batch: 'b', executions: all.slice(150) });
		const range = { fromMs: startMs, toMs: startMs + hourMs };
		const list = () => harness.other().executions.list(ctx, named('kept'), { range });
		const before = await list();
		const failures = before.executions.filter((one) => one.kept.includes('failure'));
		expect(failures.map((one) => one.requestId)).toEqual(
			[250, 200, 150, 100, 50, 0].map((at) => `req-${at}`),
		);
		expect(before.executions.filter((one) => one.kept.includes('slowest'))).toHaveLength(5);
		expect(before.executions.filter((one) => one.kept.includes('sample'))).toHaveLength(10);
		expect(new Set(before.executions.map((one) => one.requestId)).size).toBe(
			before.executions.length,
		);

		harness.now = startMs + 3 * hourMs;
		await series.compact(ctx, connectionId);
		expect(await list()).toEqual(before);
		harness.now = startMs + 2 * dayMs;
		await series.compact(ctx, connectionId);
		expect(await list()).toEqual(before);
		const found = await executions.find(ctx, named('kept'), {
			requestId: 'req-50',
			aroundMs: startMs,
		});
		expect(found).toMatchObject([{ requestId: 'req-50', errorType: 'Boom' }]);
		const errors = await executions.list(ctx, named('kept'), {
			range,
			statuses: ['error'],
			limit: 4,
		});
		expect([errors.executions.length, errors.more]).toEqual([4, 2]);
	});

	it('that a slot had not yet are written beside it, and what was written last holds', async () => {
		const ctx = ctxOf();
		const connectionId = newConnectionId();
		const functionId = named('beside');
		await harness.store.functions.putMany(ctx, [lambdaFunction(functionId, connectionId)]);
		const { accountId, region } = functionParts(functionId);
		const connection = { id: connectionId, accountId } as Connection;
		const window = { fromMs: startMs, toMs: startMs + 5 * minuteMs };
		const units = countUnits(harness.client);
		const write = async (executions: readonly Execution[], memory: Memory) => {
			harness.now += 5 * minuteMs;
			const before = units.writesByKind.get('fragment x') ?? 0;
			await writeSlots(
				{ store: harness.store, memory },
				{ ctx, connection },
				{
					...{ region, source: 'records', window, spanMs: 5 * minuteMs, regionFunctions: 1 },
					functions: [{ name: 'beside', buckets: new Map(), executions }],
					...{ unread: new Set(), nowMs: harness.now },
				},
			);
			return (units.writesByKind.get('fragment x') ?? 0) - before;
		};
		const failed = (at: number, changes: Partial<Execution> = {}) =>
			execution('beside', at, {
				...{ requestId: randomUUID(), logStream: `2026/11/20/[$LATEST]${randomUUID()}` },
				...{ status: 'error', errorType: 'Boom', ...changes },
			});
		const kept = async () => {
			const range = { fromMs: startMs, toMs: startMs + hourMs };
			const { executions } = await harness.other().executions.list(ctx, functionId, { range });
			return executions
				.map(({ requestId, errorType }) => `${requestId} ${errorType ?? ''}`)
				.toSorted();
		};
		const told = (some: readonly Execution[]) =>
			some.map(({ requestId, errorType }) => `${requestId} ${errorType ?? ''}`).toSorted();

		const memory = createMemory();
		const first = Array.from({ length: 45 }, (_, at) => failed(at));
		expect(await write(first, memory)).toBeGreaterThan(2);
		expect(await write(first, memory)).toBe(0);
		const more = [...first, failed(50), failed(51)];
		expect(await write(more, memory)).toBe(1);
		expect(await kept()).toEqual(told(more));
		// One of the slot's own and one that came late are known better now.
		const better = more.map((one, at) =>
			at === 3 || at === 46 ? { ...one, errorType: 'Boom.Known' } : one,
		);
		expect(await write(better, memory)).toBe(1);
		expect(await write(better, memory)).toBe(0);
		expect(await kept()).toEqual(told(better));
		// A worker that begins anew knows nothing of what was written.
		const last = better.map((one, at) => (at === 46 ? { ...one, errorType: 'Boom.Last' } : one));
		expect(await write(last, createMemory())).toBeGreaterThan(2);
		expect(await kept()).toEqual(told(last));
		harness.now = startMs + 2 * hourMs;
		await harness.store.series.compact(ctx, connectionId);
		expect(await kept()).toEqual(told(last));
	});
});
