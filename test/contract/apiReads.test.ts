import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createApp } from '@lamplight/api/app';
import { dataNowMs, startTestApi, type TestApi } from '@lamplight/api/testing/api';
import { seedFleet, type TestFleet } from '@lamplight/api/testing/fleet';
import { createStore } from '@lamplight/store/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { countUnits, type Units, unitsOf } from '../bench/dynamoUnits.ts';

let api: TestApi;
let fleet: TestFleet;
let token: string;
beforeAll(async () => {
	api = await startTestApi();
	// Most of a month, as the overview reads the month and the one before.
	fleet = await seedFleet(api.store, api.ctx, {
		nowMs: dataNowMs,
		functions: 60,
		days: 20,
		pastEveryMinutes: 720,
	});
	token = await api.tokenOf('owner');
});
afterAll(() => api.close());

/** A process that has just started, and what it asks of DynamoDB: nothing is in its memory. */
function freshProcess(): (path: string) => Promise<Units> {
	const client = new DynamoDBClient({
		endpoint: api.database.endpoint,
		region: 'us-east-1',
		credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
	});
	const units = countUnits(client);
	const { tableName } = api.database;
	const store = createStore({ client, tableName, clock: api.deps.clock });
	const app = createApp({ ...api.deps, store });
	return (path) =>
		unitsOf(units, async () => {
			const answer = await app.request(`/v1/w/${api.workspaceId}/${path}`, {
				headers: { authorization: `Bearer ${token}` },
			});
			expect([path, answer.status]).toEqual([path, 200]);
		});
}

/** Held for a process's first call too. */
const most = { readCalls: 10, readUnits: 60 };
const series = (at: number) =>
	`functions/${fleet.functions[at]?.id ?? expect.unreachable()}/series`;

describe('what a page asks of DynamoDB', () => {
	test.each(['overview', 'functions?limit=100'])(
		'is at most ten reads and sixty units: %s, first and again',
		async (path) => {
			const ask = freshProcess();
			const [first, again] = [await ask(path), await ask(path)];
			for (const one of [first, again]) {
				expect(one.readCalls).toBeGreaterThan(0);
				expect(one.readCalls).toBeLessThanOrEqual(most.readCalls);
				expect(one.readUnits).toBeLessThanOrEqual(most.readUnits);
			}
			// A page that is only looked at writes nothing but that somebody looks, now and then.
			expect([first.writeUnits, again.writeUnits]).toEqual([1, 0]);
			expect(again.readCalls).toBeLessThanOrEqual(3);
		},
	);

	test('is no more for one function’s day after another’s', async () => {
		const ask = freshProcess();
		await ask(series(0));
		const next = await ask(series(4));
		// Who asks; the function, its days and its marks at once; what waits; its hours; the open one.
		expect(next.readCalls).toBe(5);
		expect(next.writeUnits).toBe(0);
	});
});
