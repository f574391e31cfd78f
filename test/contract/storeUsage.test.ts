import { DeleteItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Ctx } from '@lamplight/core/ctx';
import { usageAt, usageFields } from '@lamplight/core/bucket/usage';
import type { ConnectionId } from '@lamplight/core/ids';
import { dayMs, floorTo, hourMs, minuteMs, type TimeRange, utcDay } from '@lamplight/core/time';
import { afterAll, beforeEach, afterEach, beforeAll, expect, it } from 'vitest';

import {
	bucket,
	ctxOf,
	type Harness,
	lambdaFunction,
	named,
	newConnectionId,
	startMs,
	startStore,
} from './storeHarness.ts';

let harness: Harness;
let ctx: Ctx;
let connectionId: ConnectionId;

beforeAll(async () => {
	harness = await startStore();
});
afterAll(() => harness.close());

const today = floorTo(dayMs, startMs);
const yesterday = today - dayMs;
const names = ['alpha', 'beta', 'gamma', 'delta'];

beforeEach(async () => {
	harness.now = startMs;
	ctx = ctxOf();
	connectionId = newConnectionId();
	await harness.store.functions.putMany(
		ctx,
		names.map((name) => lambdaFunction(named(name), connectionId)),
	);
	for (let hour = yesterday; hour < startMs; hour += hourMs) await write(hour, { revision: 1 });
	await harness.store.series.compact(ctx, connectionId);
});
afterEach(() => {
	harness.now = startMs;
});

/**
 * An hour of four functions: one recorded, one of metrics alone, one idle in every other hour, and one
 * of which a minute in ten was read.
 */
async function write(slotMs: number, { revision, invocations = 7 }: WriteOptions): Promise<void> {
	const hour = slotMs / hourMs;
	const functions = names.flatMap((name, at) => {
		if (at === 2 && hour % 2 === 0) return [];
		if (at === 3)
			return [{ functionId: named(name), buckets: sampledHour(slotMs), durations: null }];
		const buckets = [3, 30, 55].map((minute) =>
			bucket(slotMs + minute * minuteMs, {
				invocations: invocations + at,
				durationSumUs: 12_345 * (1 + (hour % 5)),
				logBytes: at === 1 ? null : 1_000 + hour,
				...(at === 0 ? { billedMs: 91, billedMibMs: 91 * 256, initUs: 5_000, coldStarts: 1 } : {}),
			}),
		);
		return [{ functionId: named(name), buckets, durations: null }];
	});
	const region = 'eu-west-1';
	const slot = { connectionId, region, slotMs, spanMs: hourMs, batch: 'a', revision };
	const isWritten = await harness.store.series.writeFragment(ctx, {
		...slot,
		source: 'metrics',
		functions,
	});
	expect(isWritten).toBe(true);
}
/** Two minutes in ten ran, and one of them was read. */
function sampledHour(slotMs: number) {
	return [2, 7, 12, 17, 22, 27, 32, 37, 42, 47, 52, 57].map((minute, at) => {
		const billedMs = 100 + ((slotMs / hourMs + 5 * at) % 7);
		const read = { billedMs, billedMibMs: billedMs * 256, initUs: 0, coldStarts: 0 };
		const figures = { invocations: 100, durationSumUs: 95_000, logBytes: null };
		return bucket(slotMs + minute * minuteMs, { ...figures, ...(at % 2 === 0 ? read : {}) });
	});
}

interface WriteOptions {
	readonly revision: number;
	readonly invocations?: number;
}

/** What the fleet's rows say of one day, in the shape of usage. */
async function fromRows(range: TimeRange) {
	const { rows } = await harness.other().series.readFleet(ctx, range);
	return rows.map(({ functionId, aggregate }) => [
		functionId,
		Object.fromEntries(usageFields.map((field) => [field, aggregate[field] ?? 0])),
	]);
}

async function fromUsage(range: TimeRange, of: Ctx = ctx) {
	const days = await harness.other().series.readUsage(of, range);
	return days.map(({ ids, columns }) =>
		ids.map((id, row) => [id, usageAt(columns, row)] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
	);
}

const dayOf = (fromMs: number) => ({ fromMs, toMs: Math.min(fromMs + dayMs, harness.now) });
const both = () => ({ fromMs: yesterday, toMs: harness.now });
const key = (sk: string) => ({ pk: { S: `${ctx.workspaceId}#fleet` }, sk: { S: sk } });
const usageKey = () => key(`u#${utcDay(yesterday)}#${connectionId}#eu-west-1`);

async function usageItems() {
	const { Items = [] } = await harness.client.send(
		new QueryCommand({
			TableName: harness.tableName,
			KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
			ExpressionAttributeValues: { ':pk': key('').pk, ':sk': { S: 'u#' } },
		}),
	);
	return Items;
}

it('is what the fleet’s rows say, of a day that is over and of one under way', async () => {
	const [first, second] = await fromUsage(both());
	expect(first).toHaveLength(4);
	expect(first).toEqual(await fromRows(dayOf(yesterday)));
	expect(second).toEqual(await fromRows(dayOf(today)));
	const [alpha] = first ?? [];
	expect(alpha?.[1]).toMatchObject({ invocations: 24 * 3 * 7, recordedInvocations: 24 * 3 * 7 });
	expect(await usageItems()).toHaveLength(1);
	// A day under way is as sure as its hours; one that is over is judged by all its minutes at once.
	const variances = [first, second].map((day) => day?.[2]?.[1].billedVarianceMs2);
	expect(variances).toEqual([expect.any(Number), expect.any(Number)]);
	for (const variance of variances) expect(variance).toBeGreaterThan(0);
	expect(first?.filter(([, usage]) => usage.billedVarianceMs2 > 0)).toHaveLength(1);
});

it('follows a correction of a day that is over, when the fleet’s rows do', async () => {
	const [before] = await fromUsage(both());
	await write(yesterday + 5 * hourMs, { revision: 2, invocations: 70 });
	expect((await fromUsage(both()))[0]).toEqual(await fromRows(dayOf(yesterday)));
	await harness.store.series.compact(ctx, connectionId);
	const [after] = await fromUsage(both());
	expect(after).not.toEqual(before);
	expect(after).toEqual(await fromRows(dayOf(yesterday)));
});

it('is made from the fleet’s rows where a day has none yet, and kept', async () => {
	const before = await fromUsage(both());
	const [kept] = await usageItems();
	await harness.client.send(
		new DeleteItemCommand({ TableName: harness.tableName, Key: usageKey() }),
	);
	expect(await usageItems()).toEqual([]);
	expect(await fromUsage(both())).toEqual(before);
	expect(await usageItems()).toEqual([kept]);
});

it('is gone when its day is, and was never another workspace’s', async () => {
	harness.now = startMs + 470 * dayMs;
	expect(await fromUsage({ fromMs: yesterday, toMs: yesterday + dayMs })).toEqual([[]]);
	harness.now = startMs;
	expect(await fromUsage(both(), ctxOf())).toEqual([[], []]);
	await harness.store.purge.contents(ctx);
	expect(await usageItems()).toEqual([]);
});

it('names a version that this program does not know', async () => {
	const [item] = await usageItems();
	const blob = Uint8Array.from(item?.['blob']?.B ?? []);
	blob[1] = 99;
	await harness.client.send(
		new UpdateItemCommand({
			TableName: harness.tableName,
			Key: usageKey(),
			UpdateExpression: 'SET #blob = :blob',
			ExpressionAttributeNames: { '#blob': 'blob' },
			ExpressionAttributeValues: { ':blob': { B: blob } },
		}),
	);
	await expect(fromUsage(both())).rejects.toMatchObject({
		code: 'data_damaged',
		message: expect.stringMatching(/usage blob has format version 99/) as string,
	});
});

it('asks for whole days', async () => {
	const range = { fromMs: yesterday + hourMs, toMs: today };
	await expect(fromUsage(range)).rejects.toMatchObject({ code: 'invalid_input' });
});
