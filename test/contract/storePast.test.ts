import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Fragment } from '@lamplight/core/bucket/fragment';
import type { Ctx } from '@lamplight/core/ctx';
import type { Execution } from '@lamplight/core/execution/execution';
import { ExponentialHistogram } from '@lamplight/core/histogram';
import type { ConnectionId } from '@lamplight/core/ids';
import { dayMs, floorTo, hourMs, minuteMs } from '@lamplight/core/time';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { itemBytes } from '../bench/dynamoUnits.ts';
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

beforeAll(async () => {
	harness = await startStore();
});
afterAll(() => harness.close());

const region = 'eu-west-1';
const dayStartMs = floorTo(dayMs, startMs);
const day = { fromMs: dayStartMs, toMs: dayStartMs + dayMs };
const names = ['alpha', 'beta', 'gamma'];
const afterDay = day.toMs + hourMs;

/** A number without a pattern, the same every time. */
const dice = (seed: number) => ((seed + 1) * 2_654_435_761) % 99_991;

/** What metrics and records tell of some functions in one hour. */
function hourOf(connectionId: ConnectionId, hourStartMs: number, some: readonly string[]) {
	const functions = some.map((name) => {
		const seed = names.indexOf(name) * 10_000 + hourStartMs / hourMs;
		const buckets = Array.from({ length: 20 }, (_, at) =>
			bucket(hourStartMs + at * 3 * minuteMs, {
				invocations: 1 + (dice(seed + at) % 40),
				durationSumUs: 1000 * (dice(seed * 7 + at) % 900),
				errors: at % 9 === 0 ? 1 : 0,
			}),
		);
		return { functionId: named(name), buckets, durations: null };
	});
	const recorded = functions.slice(0, 1).map((slice) => {
		const durations = new ExponentialHistogram();
		for (const { p50Us } of slice.buckets) durations.add(p50Us ?? 0);
		const buckets = slice.buckets.map((one) => ({ ...one, billedMs: 90, billedMibMs: 90 * 256 }));
		return { ...slice, buckets, durations };
	});
	const slot = { connectionId, region, slotMs: hourStartMs, spanMs: hourMs, revision: 1 };
	return [
		{ ...slot, source: 'metrics', batch: `m-${some.join('')}`, functions },
		{ ...slot, source: 'records', batch: `r-${some.join('')}`, functions: recorded },
	] satisfies Fragment[];
}

function executionsOf(name: string): Execution[] {
	return Array.from({ length: 48 }, (_, at) => ({
		functionId: named(name),
		requestId: `${name}-${at}`,
		logStream: '2026/11/20/[$LATEST]abc',
		attempt: 1,
		startMs: dayStartMs + at * 30 * minuteMs,
		durationUs: 100_000 + dice(at),
		billedMs: 101,
		memoryMib: 256,
		maxMemoryUsedMib: 80,
		initUs: null,
		restoreUs: null,
		version: '$LATEST',
		status: at % 10 === 0 ? 'error' : 'success',
		errorType: null,
		issueId: null,
		traceId: null,
	}));
}

const hours = Array.from({ length: 24 }, (_, hour) => dayStartMs + hour * hourMs);
const totals = hours.map((minute) => ({
	minuteMs: minute,
	invocations: 12,
	errors: 1,
	throttles: 0,
	durationCount: 12,
	durationSumUs: 345_000,
	concurrencyMax: null,
	claimedConcurrencyMax: 3,
}));

async function fleet(): Promise<{ ctx: Ctx; connectionId: ConnectionId }> {
	const ctx = ctxOf();
	const connectionId = newConnectionId();
	const functions = names.map((name) => lambdaFunction(named(name), connectionId));
	await harness.store.functions.putMany(ctx, functions);
	return { ctx, connectionId };
}

/** The day as it is collected live and compacted: what a day of the past must equal. */
async function collect(ctx: Ctx, connectionId: ConnectionId): Promise<void> {
	const { series, executions } = harness.store;
	harness.now = afterDay;
	for (const hour of hours) {
		for (const fragment of hourOf(connectionId, hour, names))
			await series.writeFragment(ctx, fragment);
		const all = names
			.flatMap(executionsOf)
			.filter(({ startMs: at }) => floorTo(hourMs, at) === hour);
		const slot = { connectionId, region, slotMs: hour, batch: 'a', revision: 1, executions: all };
		await executions.write(ctx, slot);
		await series.writeTotals(ctx, {
			...{ connectionId, slotMs: hour, spanMs: hourMs, batch: 'duration', revision: 1 },
			regions: [{ region, buckets: totals.filter(({ minuteMs: at }) => at === hour) }],
		});
	}
	await series.compact(ctx, connectionId);
}

const home = (connectionId: ConnectionId) => ({ connectionId, region });

/** The same day in one go, function by function. */
async function readPast(ctx: Ctx, connectionId: ConnectionId): Promise<void> {
	const { series } = harness.store;
	harness.now = afterDay;
	const past = await series.beginPastDay(ctx, { home: home(connectionId), dayStartMs });
	for (const group of [names.slice(0, 1), names.slice(1)]) {
		const all = hours.flatMap((hour) => {
			const fragments = hourOf(connectionId, hour, names);
			return fragments.map((one) => ({
				...one,
				functions: one.functions.filter(({ functionId }) =>
					group.map((name) => named(name)).includes(functionId),
				),
			}));
		});
		await past?.add(all, group.flatMap(executionsOf));
	}
	await past?.close();
	await series.writePastTotals(ctx, {
		connectionId,
		dayStartMs,
		regions: [{ region, buckets: totals }],
	});
}

/** Everything that readers can see of the day, without ids that differ. */
async function seen(ctx: Ctx, connectionId: ConnectionId) {
	const { series, executions } = harness.other();
	const step = (stepMs: number, range = day) => ({ range, stepMs });
	const cut = { fromMs: dayStartMs + 90 * minuteMs, toMs: dayStartMs + 5 * hourMs + 7 * minuteMs };
	const fleets = await Promise.all([series.readFleet(ctx, day), series.readFleet(ctx, cut)]);
	const totalsRead = await series.readTotals(ctx, {
		...step(hourMs),
		connectionIds: [connectionId],
	});
	return {
		functions: await Promise.all(
			names.map(async (name) => ({
				minutes: await series.readFunctionSeries(ctx, named(name), step(2 * minuteMs)),
				hours: await series.readFunctionSeries(ctx, named(name), step(hourMs)),
				executions: await executions.list(ctx, named(name), { range: day }),
			})),
		),
		fleets: fleets.map(({ rows, ...rest }) => ({
			...rest,
			rows: rows.map(({ connectionId: _, ...row }) => row),
		})),
		totals: totalsRead.map(({ points }) => points),
	};
}

/** What a workspace holds in the table: items by kind, and bytes. */
async function held(ctx: Ctx): Promise<{ kinds: Map<string, number>; bytes: number }> {
	const kinds = new Map<string, number>();
	let bytes = 0;
	let from: Record<string, AttributeValue> | undefined;
	do {
		const page = await harness.client.send(
			new ScanCommand({
				TableName: harness.tableName,
				...(from === undefined ? {} : { ExclusiveStartKey: from }),
			}),
		);
		for (const item of page.Items ?? []) {
			const [workspace, kind = ''] = (item['pk']?.S ?? '').split('#');
			if (workspace !== ctx.workspaceId) continue;
			kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
			bytes += itemBytes(item);
		}
		from = page.LastEvaluatedKey;
	} while (from !== undefined);
	return { kinds, bytes };
}

it('shows a day of the past that was written whole as it shows one that was collected', async () => {
	const live = await fleet();
	await collect(live.ctx, live.connectionId);
	const past = await fleet();
	await readPast(past.ctx, past.connectionId);
	const expected = await seen(live.ctx, live.connectionId);
	expect(await seen(past.ctx, past.connectionId)).toEqual(expected);
	expect(expected.functions[0]?.minutes.points.length).toBeGreaterThan(400);
	expect(expected.fleets[1]?.rows).toHaveLength(3);
	expect(expected.totals[0]).toHaveLength(24);
});

it('leaves of the past only what is read: no fragment, no hour, a few items a function-day', async () => {
	const live = await fleet();
	await collect(live.ctx, live.connectionId);
	const past = await fleet();
	await readPast(past.ctx, past.connectionId);
	const { kinds, bytes } = await held(past.ctx);
	expect(kinds.get('fragment')).toBeUndefined();
	expect(kinds.get('hour')).toBeUndefined();
	expect(kinds.get('totals')).toBeUndefined();
	// That the region has a layout: nothing waits.
	expect(kinds.get('due')).toBe(1);
	// Minutes, hours and executions of each function; five minutes too where a day is large.
	expect(kinds.get('f')).toBeLessThanOrEqual(4 * names.length);
	// The region's 24 hours, its day, and what was used on it.
	expect(kinds.get('fleet')).toBe(26);
	expect(bytes * 2).toBeLessThan((await held(live.ctx)).bytes);
});

it('refuses what comes late for a day that is whole, and keeps what it has', async () => {
	const { ctx, connectionId } = await fleet();
	await readPast(ctx, connectionId);
	const before = await seen(ctx, connectionId);
	const [late] = hourOf(connectionId, dayStartMs, ['alpha']);
	const { series, executions } = harness.store;
	expect(late && (await series.writeFragment(ctx, { ...late, revision: 9 }))).toBe(false);
	const all = executionsOf('alpha').slice(0, 1);
	const slot = { connectionId, region, slotMs: dayStartMs, batch: 'late', revision: 9 };
	await executions.write(ctx, { ...slot, executions: all });
	expect(await series.compact(ctx, connectionId)).toMatchObject({ hours: [], days: [] });
	expect(await seen(ctx, connectionId)).toEqual(before);
});

it('begins again where it was cut short, and writes the same', async () => {
	const { ctx, connectionId } = await fleet();
	harness.now = afterDay;
	const cut = await harness.store.series.beginPastDay(ctx, {
		home: home(connectionId),
		dayStartMs,
	});
	await cut?.add(hourOf(connectionId, dayStartMs, ['alpha']), []);
	await readPast(ctx, connectionId);
	const once = await seen(ctx, connectionId);
	await readPast(ctx, connectionId);
	expect(await seen(ctx, connectionId)).toEqual(once);
	expect(once.fleets[0]?.rows).toHaveLength(3);
});

it('leaves a day alone that is not over, or that was collected', async () => {
	const { ctx, connectionId } = await fleet();
	const { series } = harness.store;
	const past = { home: home(connectionId), dayStartMs };
	const pastTotals = { connectionId, dayStartMs, regions: [{ region, buckets: totals }] };
	harness.now = day.toMs + 10 * minuteMs;
	expect(await series.beginPastDay(ctx, past)).toBeNull();
	expect(await series.writePastTotals(ctx, pastTotals)).toBe(false);
	await collect(ctx, connectionId);
	const before = await seen(ctx, connectionId);
	expect(await series.beginPastDay(ctx, past)).toBeNull();
	expect(await series.writePastTotals(ctx, pastTotals)).toBe(false);
	expect(await seen(ctx, connectionId)).toEqual(before);
});

it('names what does not belong to the day', async () => {
	const { ctx, connectionId } = await fleet();
	harness.now = afterDay;
	const begin = (startsMs: number) =>
		harness.store.series.beginPastDay(ctx, { home: home(connectionId), dayStartMs: startsMs });
	await expect(begin(dayStartMs + hourMs)).rejects.toThrow('dayStartMs');
	const past = await begin(dayStartMs);
	const next = hourOf(connectionId, day.toMs, ['alpha']);
	await expect(past?.add(next, [])).rejects.toThrow('slotMs');
	const [stranger] = hourOf(newConnectionId(), dayStartMs, ['alpha']);
	await expect(past?.add(stranger === undefined ? [] : [stranger], [])).rejects.toThrow('region');
	const [late] = executionsOf('alpha').map((one) => ({ ...one, startMs: day.toMs }));
	await expect(past?.add([], late === undefined ? [] : [late])).rejects.toThrow('startMs');
});
