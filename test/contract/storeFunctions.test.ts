import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { countUnits, unitsOf } from '../bench/dynamoUnits.ts';
import {
	ctxOf,
	type Harness,
	lambdaFunction,
	named,
	newConnectionId,
	startStore,
} from './storeHarness.ts';

const accountId = '123456789012';
const connectionId = newConnectionId();

let harness: Harness;
beforeAll(async () => {
	harness = await startStore();
});
afterAll(() => harness.close());

const numbered = (count: number, memoryMib = 256) =>
	Array.from({ length: count }, (_, at) =>
		lambdaFunction(named(`fn${String(at).padStart(3, '0')}`), connectionId, { memoryMib }),
	);

describe('listing functions again', () => {
	it('reads one small item where nothing changed, and else what another process changed', async () => {
		const ctx = ctxOf();
		const [reader, writer] = [harness.store.functions, harness.other().functions];
		await writer.putMany(ctx, numbered(60));
		expect(await reader.listAccount(ctx, accountId)).toEqual(numbered(60));
		const units = countUnits(harness.client);
		expect(await unitsOf(units, () => reader.listAccount(ctx, accountId))).toMatchObject({
			readCalls: 1,
			readUnits: 1,
		});
		const [first, second, ...rest] = numbered(60);
		const changed = [first, second].map((one) => ({ ...one!, memoryMib: 512 }));
		await writer.putMany(ctx, changed.slice(0, 1));
		await writer.putMany(ctx, changed.slice(1));
		const fresh = lambdaFunction(named('a-new-one'), connectionId);
		await writer.putMany(ctx, [fresh]);
		let listed: unknown;
		const news = await unitsOf(units, async () => {
			listed = await reader.listAccount(ctx, accountId);
		});
		expect(listed).toEqual([fresh, ...changed, ...rest]);
		expect(news).toMatchObject({ readCalls: 4, readUnits: 4 });
	});

	it('reads all anew after more changes than are named', async () => {
		const ctx = ctxOf();
		const [reader, writer] = [harness.store.functions, harness.other().functions];
		await writer.putMany(ctx, numbered(30));
		await reader.listRegion(ctx, accountId, 'eu-west-1');
		await writer.putMany(ctx, numbered(30, 1024));
		expect(await reader.listRegion(ctx, accountId, 'eu-west-1')).toEqual(numbered(30, 1024));
		for (const one of numbered(20, 2048)) await writer.putMany(ctx, [one]);
		expect(await reader.listRegion(ctx, accountId, 'eu-west-1')).toEqual([
			...numbered(20, 2048),
			...numbered(30, 1024).slice(20),
		]);
	});

	it('keeps regions apart, and loses no change of writers at the same moment', async () => {
		const ctx = ctxOf();
		const reader = harness.store.functions;
		const here = numbered(3);
		const there = lambdaFunction(named('there', 'us-east-1'), connectionId);
		await reader.putMany(ctx, [...here, there]);
		expect(await reader.listRegion(ctx, accountId, 'eu-west-1')).toEqual(here);
		expect(await reader.listRegion(ctx, accountId, 'us-east-1')).toEqual([there]);
		const now = here.map((one) => ({ ...one, memoryMib: 3008 }));
		await Promise.all(now.map((one) => harness.other().functions.putMany(ctx, [one])));
		expect(await reader.listRegion(ctx, accountId, 'eu-west-1')).toEqual(now);
		expect(await reader.listRegion(ctx, accountId, 'us-east-1')).toEqual([there]);
	});

	it('lists nothing of what was removed with its connection', async () => {
		const ctx = ctxOf();
		const { functions, purge } = harness.store;
		await functions.putMany(ctx, numbered(5));
		await functions.listAccount(ctx, accountId);
		await purge.contents(ctx);
		await harness.other().purge.contents(ctx);
		expect(await functions.listAccount(ctx, accountId)).toEqual([]);
	});
});
