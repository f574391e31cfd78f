import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import type { Connection } from '@lamplight/core/connection/connection';
import type { LambdaFunction } from '@lamplight/core/function/function';
import { workMessage } from '@lamplight/jobs/work';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Collector, startCollector } from '../support/collector.ts';

const startMs = Date.UTC(2026, 9, 14, 9, 31);

/** Shorter values, such as a stage or a level, are elsewhere as well: in tags and in settings. */
const tellingLength = 20;

describe('the inventory of an account', () => {
	let collector: Collector;
	let connection: Connection;
	let kept: readonly LambdaFunction[];
	/** As AWS lists them. */
	const listed: { name: string; group: string | undefined; variables: [string, string][] }[] = [];
	beforeAll(async () => {
		const world = { functions: 120, seed: 11, nowMs: startMs, speed: 0 };
		collector = await startCollector({
			...{ ...world, rateLimits: false, rateShare: 1000 },
			logGroupPatterns: ['/*'],
		});
		const { sandbox, deps } = collector;
		// The team that writes into a log group of its own.
		const account = sandbox.world.accounts.find(({ id }) =>
			sandbox.world.allFunctions(id).some(({ name }) => name.includes('fraud')),
		);
		const accountId = account?.id ?? '';
		connection = await collector.connect(accountId);
		const { workspaceId, id: connectionId } = connection;
		const plannedMs = deps.clock();
		const message = { kind: 'inventory', workspaceId, connectionId, plannedMs, details: false };
		await workMessage(deps, JSON.stringify(message));
		kept = await collector.functions(connection);
		const regions = new Set(sandbox.world.allFunctions(accountId).map(({ region }) => region));
		for (const region of regions) {
			const client = new LambdaClient({ region, credentials: sandbox.credentialsFor(accountId) });
			for (let Marker: string | undefined, more = true; more; more = Marker !== undefined) {
				const page = await client.send(
					new ListFunctionsCommand(Marker === undefined ? {} : { Marker }),
				);
				for (const one of page.Functions ?? []) {
					listed.push({
						name: one.FunctionName ?? '',
						group: one.LoggingConfig?.LogGroup,
						variables: Object.entries(one.Environment?.Variables ?? {}),
					});
				}
				Marker = page.NextMarker;
			}
			client.destroy();
		}
	}, 240_000);
	afterAll(() => collector.close());

	it('keeps every function and no environment variable, neither name nor value', () => {
		expect(kept.length).toBe(listed.length);
		const variables = listed.flatMap((one) => one.variables);
		expect(variables.length).toBeGreaterThan(10);
		const text = JSON.stringify(kept);
		const names = new Set(variables.map(([name]) => name));
		expect([...names].filter((name) => text.includes(JSON.stringify(name)))).toEqual([]);
		const values = variables.map(([, value]) => value).filter((one) => one.length >= tellingLength);
		expect(values.length).toBeGreaterThan(10);
		expect(values.filter((value) => text.includes(value))).toEqual([]);
	});

	it('knows each function’s own log group, custom ones too', () => {
		const custom = listed.filter(({ name, group }) => group !== `/aws/lambda/${name}`);
		expect(custom.length).toBeGreaterThan(0);
		const groups = new Map(kept.map(({ name, logGroup }) => [name, logGroup]));
		expect(custom.map(({ name }) => groups.get(name))).toEqual(custom.map(({ group }) => group));
	});
});

describe('the inventory of an account without functions', () => {
	it('ends, and asks for its details once', async () => {
		const world = { functions: 60, seed: 11, nowMs: startMs, speed: 0 };
		const collector = await startCollector({ ...world, rateLimits: false, rateShare: 1000 });
		const { deps, queue, sandbox } = collector;
		const { managementAccountId } = sandbox.world.organization;
		const connection = await collector.connect(managementAccountId, ['inventory', 'metrics']);
		const { workspaceId, id: connectionId } = connection;
		const planned = { kind: 'inventory', workspaceId, connectionId, plannedMs: deps.clock() };
		const take = async (details: boolean) => {
			await workMessage(deps, JSON.stringify({ ...planned, details }));
			return queue.splice(0);
		};
		expect(await take(false)).toEqual([{ ...planned, details: true }]);
		expect(await take(true)).toEqual([]);
		expect(await collector.functions(connection)).toEqual([]);
		await collector.close();
	}, 180_000);
});
