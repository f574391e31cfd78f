import { afterAll, beforeAll, expect, it } from 'vitest';

import type { Connection } from '@lamplight/core/connection/connection';
import type { Deploy } from '@lamplight/core/deploy/deploy';
import { dayMs, hourMs, minuteMs } from '@lamplight/core/time';
import { workMessage } from '@lamplight/jobs/work';

import { type Collector, startCollector, testCtx } from '../support/collector.ts';
import { wholeAccount } from '../support/wholeAccount.ts';

const startMs = Date.UTC(2026, 9, 14, 9, 30);
/** CloudTrail shows an event about five minutes after the call. */
const range = { fromMs: startMs - 35 * dayMs, toMs: startMs - 10 * minuteMs };

let collector: Collector;
let connection: Connection;
let accountId: string;

beforeAll(async () => {
	collector = await startCollector({
		functions: 60,
		seed: 11,
		nowMs: startMs,
		speed: 0,
		rateLimits: false,
		rateShare: 100,
	});
	const account = wholeAccount(collector.sandbox.world);
	accountId = account.id;
	connection = await collector.connect(accountId, ['inventory', 'metrics', 'logs', 'deploys']);
});
afterAll(() => collector.close());

async function truth() {
	const { world } = collector.sandbox;
	const listed = new Set<string>((await collector.functions(connection)).map(({ id }) => id));
	return world
		.allFunctions(accountId)
		.filter(({ id }) => listed.has(id))
		.flatMap((fn) => world.deploys(fn, range));
}

async function kept(): Promise<Deploy[]> {
	const all: Deploy[] = [];
	const span = { fromMs: range.fromMs - dayMs, toMs: startMs + dayMs };
	let cursor: string | null = null;
	do {
		const options: { cursor?: string } = cursor === null ? {} : { cursor };
		const page = await collector.store.deploys.list(testCtx(), span, options);
		all.push(...page.items);
		cursor = page.cursor;
	} while (cursor !== null);
	return all;
}

/** Of what the first inventory sends, the deploys alone: the newest hour has tests of its own. */
async function readPastDeploys(): Promise<void> {
	const { queue, deps } = collector;
	for (const message of queue.splice(0).filter(({ kind }) => kind === 'deploys')) {
		await workMessage(deps, JSON.stringify(message));
	}
}

it('finds the deploys from before the account was watched, and who made them', async () => {
	const { workspaceId, id: connectionId } = connection;
	const inventory = { kind: 'inventory', workspaceId, connectionId, plannedMs: startMs };
	await workMessage(collector.deps, JSON.stringify({ ...inventory, details: false }));
	await readPastDeploys();

	const found = await kept();
	const expected = await truth();
	expect(expected.length).toBeGreaterThan(20);
	const near = (one: (typeof expected)[number]) =>
		found.filter(
			({ functionId, atMs, actor }) =>
				functionId === one.functionId &&
				Math.abs(atMs - one.atMs) <= 2 * minuteMs &&
				actor === one.actor,
		);
	expect(expected.filter((one) => near(one).length === 0)).toEqual([]);
	expect(found.some(({ changes }) => changes.some(({ field }) => field === 'code'))).toBe(true);
});

it('finds the same deploys again', async () => {
	const before = new Set((await kept()).map(({ id }) => id));
	const { workspaceId, id: connectionId } = connection;
	const functions = await collector.functions(connection);
	for (const region of new Set(functions.map((fn) => fn.region))) {
		collector.queue.push({
			kind: 'deploys',
			workspaceId,
			connectionId,
			plannedMs: startMs,
			region,
		});
	}
	collector.sandbox.clock.advance(hourMs);
	await readPastDeploys();
	expect(new Set((await kept()).map(({ id }) => id))).toEqual(before);
});
