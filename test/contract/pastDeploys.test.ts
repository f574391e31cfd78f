import { afterAll, beforeAll, expect, it } from 'vitest';

import type { Connection } from '@lamplight/core/connection/connection';
import type { FunctionId } from '@lamplight/core/ids';
import { dayMs, hourMs, minuteMs } from '@lamplight/core/time';
import { workMessage } from '@lamplight/jobs/work';

import { type Collector, startCollector } from '../support/collector.ts';

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
	const account = collector.sandbox.world.accounts.find(
		({ activeRegions, deniedActions, isPayer }) =>
			activeRegions.length > 0 && deniedActions.length === 0 && !isPayer,
	);
	accountId = account?.id ?? '';
	connection = await collector.connect(accountId, ['inventory', 'metrics', 'logs', 'deploys']);
});
afterAll(() => collector.close());

function truth() {
	const { world } = collector.sandbox;
	return world
		.allFunctions(accountId)
		.filter(({ id }) => collector.recorded.functions.has(id as FunctionId))
		.flatMap((fn) => world.deploys(fn, range));
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

	const found = [...collector.recorded.deploys.values()];
	const expected = truth();
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
	const before = new Set(collector.recorded.deploys.keys());
	const { workspaceId, id: connectionId } = connection;
	for (const region of new Set([...collector.recorded.functions.values()].map((fn) => fn.region))) {
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
	expect(new Set(collector.recorded.deploys.keys())).toEqual(before);
});
