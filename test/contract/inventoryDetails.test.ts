import type { Connection } from '@lamplight/core/connection/connection';
import { dayMs } from '@lamplight/core/time';
import { workMessage } from '@lamplight/jobs/work';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Collector, startCollector } from '../support/collector.ts';

const startMs = Date.UTC(2026, 9, 14, 9, 31);
const accountName = 'shop-production';
/** No chain of messages for these functions is longer, or it has no end. */
const mostRuns = 12;
const actions = [
	'lambda:ListAliases',
	'lambda:GetFunctionConcurrency',
	'lambda:ListProvisionedConcurrencyConfigs',
];

describe('the own details of a large region’s functions', { timeout: 240_000 }, () => {
	let collector: Collector;
	let connection: Connection;
	let existing: ReturnType<Collector['sandbox']['world']['functions']>;
	let region: string;

	beforeAll(async () => {
		const world = { functions: 1_600, seed: 3, nowMs: startMs, speed: 0 };
		collector = await startCollector({ ...world, rateLimits: false, rateShare: 1000 });
		const { world: made } = collector.sandbox;
		const account = made.accounts.find(({ name }) => name === accountName);
		if (account === undefined) throw new Error(`the world has no account ${accountName}`);
		const held = account.activeRegions.map((one) => made.functions(account.id, one, startMs));
		existing = held
			.reduce((most, one) => (one.length > most.length ? one : most), [])
			// ListFunctions leaves out replicas of Lambda@Edge, unless it is asked for them.
			.filter(({ name }) => !name.startsWith('us-east-1.'));
		region = existing[0]?.region ?? '';
		connection = await collector.connect(account.id, ['inventory']);
	}, 120_000);
	afterAll(() => collector.close());

	/** Works off a message of the inventory and those that follow it; how many there were. */
	const take = async (details: boolean): Promise<number> => {
		const { deps, queue } = collector;
		const { workspaceId, id: connectionId } = connection;
		const planned = { workspaceId, connectionId, plannedMs: deps.clock() };
		queue.push({ kind: 'inventory', ...planned, details });
		let runs = 0;
		for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
			if (next.kind !== 'inventory') continue;
			await workMessage(deps, JSON.stringify(next));
			runs += 1;
			if (runs > mostRuns) throw new Error('the inventory sends itself again without end');
		}
		return runs;
	};
	const asked = () =>
		actions.map((action) =>
			collector.sandbox
				.calls()
				.filter((one) => one.action === action && one.region === region)
				.reduce((sum, { calls }) => sum + calls, 0),
		);
	const denied = (name: string) =>
		actions.map((action) =>
			collector.sandbox.addFault({ kind: 'deny', where: { action, functionName: name } }),
		);
	const detailsKept = async () => {
		const kept = await collector.functions(connection);
		return kept
			.filter((fn) => fn.region === region)
			.map((fn) => ({
				name: fn.name,
				aliases: fn.aliases.map(({ name }) => name),
				reserved: fn.reservedConcurrency,
				provisioned: fn.provisionedConcurrency.map(({ requested }) => requested),
			}))
			.toSorted((a, b) => (a.name < b.name ? -1 : 1));
	};
	const detailsOf = (but: ReadonlySet<string>) =>
		existing
			.map((fn) => {
				const { world, clock } = collector.sandbox;
				const is = world.configuration(fn, clock.nowMs());
				if (but.has(fn.name))
					return { name: fn.name, aliases: [], reserved: null, provisioned: [] };
				return {
					name: fn.name,
					aliases: is.aliases.map(({ name }) => name),
					reserved: is.reservedConcurrency,
					provisioned: is.provisionedConcurrency.map(({ requested }) => requested),
				};
			})
			.toSorted((a, b) => (a.name < b.name ? -1 : 1));

	it('are read to the last one right after the first inventory, whatever is denied', async () => {
		expect(existing.length).toBeGreaterThan(130);
		const closed = new Set(existing.slice(0, 130).map(({ name }) => name));
		const faults = [...closed].flatMap(denied);
		const runs = await take(false);
		// The list itself, and as many runs as these functions need.
		expect(runs).toBe(1 + Math.ceil(existing.length / 120));
		expect(await detailsKept()).toEqual(detailsOf(closed));
		expect(asked()).toEqual(actions.map(() => existing.length));
		for (const { id } of faults) collector.sandbox.removeFault(id);
	});

	it('are asked again where they were denied, by the next runs that are planned', async () => {
		collector.sandbox.resetCalls();
		expect(await take(true)).toBe(1);
		expect(await take(true)).toBe(1);
		expect(asked()).toEqual(actions.map(() => 130));
		expect(await take(true)).toBe(1);
		expect(asked()).toEqual(actions.map(() => 130));
		const all = detailsOf(new Set());
		expect(await detailsKept()).toEqual(all);
		expect(all.some(({ provisioned }) => provisioned.length > 0)).toBe(true);
		expect(all.some(({ reserved }) => reserved !== null)).toBe(true);
	});

	it('are asked daily of functions with published versions, which change without a revision', async () => {
		const { sandbox } = collector;
		sandbox.clock.advance(dayMs);
		// What was released meanwhile is news of another kind.
		await take(true);
		sandbox.clock.advance(dayMs);
		const marked = existing.filter((fn) => {
			const is = sandbox.world.configuration(fn, sandbox.clock.nowMs());
			const was = sandbox.world.configuration(fn, sandbox.clock.nowMs() - dayMs);
			return is.versions.length > 0 || is.revisionId !== was.revisionId;
		});
		expect(marked.length).toBeGreaterThan(10);
		expect(marked.length).toBeLessThan(existing.length);
		sandbox.resetCalls();
		await take(true);
		expect(asked()).toEqual(actions.map(() => marked.length));
		await take(true);
		expect(asked()).toEqual(actions.map(() => marked.length));
	});
});
