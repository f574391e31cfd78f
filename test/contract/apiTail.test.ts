import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { LogLine, LogTail } from '@lamplight/api/contract/logs';
import { functionId } from '@lamplight/core/ids';

import { type ApiWorld, startApiWorld } from '../support/apiWorld.ts';
import { worldLines } from '../support/worldLines.ts';

const accountId = '529316842075';
const named = (name: string) => functionId({ accountId, region: 'eu-west-1', name });
const functions = ['cart-api', 'checkout-api'].map(named);
/** The sandbox's lines become readable 5 to 30 seconds after they were written. */
const arrivedMs = 31_000;

let world: ApiWorld;
let aheadMs = 0;
beforeAll(async () => {
	// Signatures may be five minutes off; the test moves on by less.
	world = await startApiWorld({ speed: 1, wallClock: () => Date.now() + aheadMs });
	await world.connect(accountId);
});
afterAll(() => world.close());

const poll = (cursor: string | null, query: Record<string, string> = {}) => {
	const search = new URLSearchParams(query);
	for (const id of functions) search.append('function', id);
	if (cursor !== null) search.set('cursor', cursor);
	return world.api.tokenOf('engineer').then((token) =>
		world.api.call('GET', `/v1/w/${world.api.workspaceId}/logs/tail?${search.toString()}`, {
			token,
		}),
	);
};

describe('live tail', () => {
	it('gives every line once, also those that become readable late', async () => {
		const startedMs = world.sandbox.clock.nowMs();
		const lines: LogLine[] = [];
		let cursor: string | null = null;
		for (let turn = 0; turn < 24; turn += 1) {
			const answer = await poll(cursor);
			expect(answer.status, answer.text).toBe(200);
			const body = answer.json as LogTail;
			expect(body.failures).toEqual([]);
			expect(body.limits).toEqual([]);
			lines.push(...body.lines);
			cursor = body.cursor;
			aheadMs += body.pollAfterMs;
		}
		const keys = lines.map((line) => `${line.functionId} ${line.id}`);
		expect(new Set(keys).size).toBe(keys.length);
		const range = { fromMs: startedMs, toMs: world.sandbox.clock.nowMs() - 3_000 - arrivedMs };
		const truth = await worldLines(world.sandbox, functions, range);
		expect(truth.length).toBeGreaterThan(50);
		const told = new Set(keys);
		expect(truth.filter(({ functionId: id, id: event }) => !told.has(`${id} ${event}`))).toEqual(
			[],
		);
	});

	it('refuses the cursor of another tail', async () => {
		const first = await poll(null);
		const { cursor } = first.json as LogTail;
		const other = await poll(cursor, { text: 'REPORT' });
		expect(other.status).toBe(422);
		expect(other.json).toMatchObject({ fields: [{ path: 'query.cursor' }] });
	});
});
