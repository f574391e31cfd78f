import type { Ctx } from '@lamplight/core/ctx';
import type { ConnectionId } from '@lamplight/core/ids';
import { dayMs, floorTo, hourMs, minuteMs } from '@lamplight/core/time';
import { createStore, type Store } from '@lamplight/store/store';
import { afterAll, beforeAll, expect, it } from 'vitest';

import {
	bucket,
	ctxOf,
	execution,
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
const names = ['alpha', 'beta', 'gamma'];
const id = named('alpha');
const today = floorTo(dayMs, startMs);
const day = { fromMs: today - dayMs, toMs: today };
const hours = [3, 11, 12].map((hour) => day.fromMs + hour * hourMs);
const [, hourMsOfDay = 0] = hours;
const hour = { fromMs: hourMsOfDay, toMs: hourMsOfDay + hourMs };
/** Cuts an hour at both ends, so that it is read by the minute. */
const cut = { fromMs: hour.fromMs + minuteMs, toMs: hour.toMs - minuteMs };
const invocations = 40;

interface Place {
	readonly ctx: Ctx;
	readonly connectionId: ConnectionId;
}

/** A workspace of its own with a day that waits for its compaction. */
async function prepared(): Promise<Place> {
	harness.now = startMs;
	const place = { ctx: ctxOf(), connectionId: newConnectionId() };
	const { ctx, connectionId } = place;
	const functions = names.map((name) => lambdaFunction(named(name), connectionId));
	await harness.store.functions.putMany(ctx, functions);
	const slot = { connectionId, region, spanMs: hourMs, batch: 'a', revision: 1 };
	for (const [at, slotMs] of hours.entries()) {
		const buckets = [4, 30].map((minute) =>
			bucket(slotMs + minute * minuteMs, { invocations: invocations / 2, throttles: 1 }),
		);
		await harness.store.series.writeFragment(ctx, {
			...{ ...slot, slotMs, source: 'metrics' },
			functions: names.map((name) => ({ functionId: named(name), buckets, durations: null })),
		});
		await harness.store.executions.write(ctx, {
			...{ ...slot, slotMs },
			executions: [execution('alpha', at, { startMs: slotMs + minuteMs })],
		});
	}
	return place;
}

/** Ways to ask for the executions of that day, and how many each must find, whenever it asks. */
const questions: Readonly<Record<string, (store: Store, ctx: Ctx) => Promise<number>>> = {
	fleet: async ({ series }, ctx) => invocationsOf((await series.readFleet(ctx, day)).rows),
	'cut hour': async ({ series }, ctx) => invocationsOf((await series.readFleet(ctx, cut)).rows),
	usage: async ({ series }, ctx) => {
		const days = await series.readUsage(ctx, day);
		return days.reduce((sum, { columns }) => sum + total(columns.invocations), 0);
	},
	minutes: async ({ series }, ctx) =>
		invocationsOf(
			(await series.readFunctionSeries(ctx, id, { range: day, stepMs: 5 * minuteMs })).points,
		),
	hours: async ({ series }, ctx) =>
		invocationsOf(
			(await series.readFunctionSeries(ctx, id, { range: day, stepMs: hourMs })).points,
		),
	executions: async ({ executions }, ctx) =>
		(await executions.list(ctx, id, { range: day })).executions.length,
};

const truth: Readonly<Record<string, number>> = {
	fleet: names.length * hours.length * invocations,
	'cut hour': names.length * invocations,
	usage: names.length * hours.length * invocations,
	minutes: hours.length * invocations,
	hours: hours.length * invocations,
	executions: hours.length,
};

function invocationsOf(
	rows: readonly { readonly invocations?: number; readonly aggregate?: { invocations: number } }[],
): number {
	return total(rows.map((row) => row.invocations ?? row.aggregate?.invocations ?? 0));
}

function total(values: Iterable<number>): number {
	let sum = 0;
	for (const value of values) sum += value;
	return sum;
}

/** A store of another process, which waits before each call to DynamoDB. */
function interrupted(before: (command: string) => Promise<void>): Store {
	const client = harness.connect();
	client.middlewareStack.add(
		(next, { commandName = '' }) =>
			async (args) => {
				await before(commandName);
				return next(args);
			},
		{ step: 'initialize' },
	);
	return createStore({ client, tableName: harness.tableName, clock: () => harness.now });
}

const isWrite = (command: string) => /^(Put|Update|Delete|BatchWrite)/.test(command);

it.each(Object.entries(questions))(
	'shows every execution once between any two writes of a compaction: %s',
	async (name, ask) => {
		const { ctx, connectionId } = await prepared();
		harness.now = today + hourMs;
		expect(await ask(harness.other(), ctx)).toBe(truth[name]);
		const seen: number[] = [];
		const lasting = harness.other();
		const compactor = interrupted(async (command) => {
			if (!isWrite(command)) return;
			for (const reader of [harness.other(), lasting]) seen.push(await ask(reader, ctx));
		});
		const { hours: done, days } = await compactor.series.compact(ctx, connectionId);
		expect([done.length, days.length]).toEqual([hours.length, 1]);
		seen.push(await ask(harness.other(), ctx));
		expect(seen.length).toBeGreaterThan(10);
		expect(new Set(seen)).toEqual(new Set([truth[name]]));
	},
);

it.each(Object.entries(questions))(
	'shows every execution once when a compaction comes between any two of its reads: %s',
	async (name, ask) => {
		let calls = 1;
		for (let at = 0; at < calls; at += 1) {
			const { ctx, connectionId } = await prepared();
			harness.now = today + hourMs;
			const reader = interrupted(async () => {
				if (calls++ === at) await harness.other().series.compact(ctx, connectionId);
			});
			// One that has read before remembers what was there.
			calls = Number.NEGATIVE_INFINITY;
			await ask(reader, ctx);
			calls = 0;
			expect(await ask(reader, ctx), `compacted before call ${at}`).toBe(truth[name]);
		}
		expect(calls).toBeGreaterThan(1);
	},
);
