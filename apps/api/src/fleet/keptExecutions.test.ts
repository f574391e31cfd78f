import { dayMs, floorTo, type TimeRange } from '@lamplight/core/time';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { dataNowMs, startTestApi, type TestApi } from '../testing/api.ts';
import { seedFleet, type TestFleet } from '../testing/fleet.ts';
import { findLately } from './keptExecutions.ts';

let api: TestApi;
let fleet: TestFleet;
beforeAll(async () => {
	api = await startTestApi();
	fleet = await seedFleet(api.store, api.ctx, { nowMs: dataNowMs, functions: 2, days: 2 });
});
afterAll(() => api.close());

/** Looks for an execution some days after the data, and tells which ranges were read of the store. */
async function lookedFor(requestId: string, daysLater: number) {
	const asked: TimeRange[] = [];
	const { executions } = api.store;
	const list: typeof executions.list = (ctx, id, options) => {
		asked.push(options.range);
		return executions.list(ctx, id, options);
	};
	const found = await findLately(
		{
			store: { ...api.store, executions: { ...executions, list } },
			clock: () => dataNowMs + daysLater * dayMs,
		},
		api.ctx,
		fleet.execution.functionId,
		requestId,
	);
	return { found: found.map((one) => one.requestId), asked };
}

test('an execution of today is found by reading today', async () => {
	const { requestId } = fleet.execution;
	const { found, asked } = await lookedFor(requestId, 0);
	expect(found).toEqual([requestId]);
	expect(asked.map(({ fromMs }) => fromMs)).toEqual([floorTo(dayMs, dataNowMs)]);
});

test('an older one is found on the way back, and nothing behind it is read', async () => {
	const { requestId } = fleet.execution;
	const { found, asked } = await lookedFor(requestId, 3);
	expect(found).toEqual([requestId]);
	expect(asked).toHaveLength(4);
	expect(asked.at(-1)?.fromMs).toBe(floorTo(dayMs, dataNowMs));
});

test('one that is not kept ends the search after a week, and the answer says so', async () => {
	const requestId = '00000000-0000-4000-8000-000000000000';
	expect((await lookedFor(fleet.execution.requestId, 7)).found).toEqual([]);
	const { found, asked } = await lookedFor(requestId, 0);
	expect(found).toEqual([]);
	expect(asked).toHaveLength(7);
	expect(asked.every(({ fromMs, toMs }) => toMs - fromMs <= dayMs)).toBe(true);
	const path = `/v1/w/${api.workspaceId}/functions/${fleet.execution.functionId}/executions/${requestId}`;
	const answer = await api.call('GET', path, { token: await api.tokenOf('viewer') });
	expect(answer.status).toBe(404);
	expect(answer.text).toContain('of the last 7 days');
});
