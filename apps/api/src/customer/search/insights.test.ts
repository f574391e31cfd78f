import type { Aws } from '@lamplight/aws/aws';
import { LamplightError } from '@lamplight/core/errors';
import { utcDay } from '@lamplight/core/time';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { dataNowMs, startTestApi, type TestApi } from '../../testing/api.ts';
import { askApi } from '../../testing/client.ts';
import { seedFleet, type TestFleet } from '../../testing/fleet.ts';

interface Sent {
	readonly name: string;
	readonly input: { readonly logGroupNames?: readonly string[]; readonly queryId?: string };
}

/** What AWS answers to each call, in the words of the SDK; calls are kept. */
let answers: (sent: Sent) => unknown = () => ({});
let sent: Sent[] = [];

/** An account whose logs answer by script: what a real or simulated AWS cannot be made to do in time. */
const scripted = {
	open: (target: unknown) => ({
		target,
		logs: () => ({
			send: (command: { constructor: { name: string }; input: Sent['input'] }) => {
				const call = { name: command.constructor.name, input: command.input };
				sent.push(call);
				return Promise.resolve().then(() => answers(call));
			},
		}),
		end: async () => [],
	}),
} as unknown as Aws;

let api: TestApi;
let fleet: TestFleet;
beforeAll(async () => {
	api = await startTestApi({ connect: { aws: async () => scripted } });
	fleet = await seedFleet(api.store, api.ctx, { nowMs: dataNowMs, functions: 4, days: 2 });
	for (const { id } of fleet.connections) {
		await api.store.connections.update(api.ctx, id, (one) => ({
			...one,
			features: [...one.features, 'insights'],
		}));
	}
});
afterAll(() => api.close());
beforeEach(() => {
	sent = [];
});

const firstFunction = () => fleet.functions[0] ?? expect.unreachable();
const search = (functions: readonly string[]) =>
	askApi(api, 'POST /v1/w/{ws}/logs/searches', {
		body: { engine: 'insights', scope: { functions }, from: 'now-1h' },
	});

async function countedBytes(): Promise<number> {
	const day = utcDay(dataNowMs);
	const all = await Promise.all(
		fleet.connections.map(({ id }) =>
			api.store.watchCosts.read(api.ctx, id, { fromDay: day, toDay: day }),
		),
	);
	return all
		.flat()
		.filter(({ action }) => action === 'logs:StartQuery')
		.reduce((sum, { units }) => sum + units, 0);
}

describe('a query of Insights', () => {
	test('is stopped when it scans more than it may cost, says so, and is charged what it scanned', async () => {
		// Five dollars are left, at half a cent a GB.
		const tooMany = 1_100e9;
		answers = ({ name }) =>
			name === 'StartQueryCommand'
				? { queryId: 'dear' }
				: { status: 'Running', results: [], statistics: { bytesScanned: tooMany } };
		const fn = firstFunction();
		const answer = await search([fn.id]);
		expect(sent.map(({ name }) => name)).toEqual([
			'StartQueryCommand',
			'GetQueryResultsCommand',
			'StopQueryCommand',
		]);
		expect(sent.at(-1)?.input).toEqual({ queryId: 'dear' });
		expect(answer).toMatchObject({ state: 'done', after: null });
		expect(answer.limits).toEqual([expect.objectContaining({ limit: 'insightsBytes' })]);
		expect(await countedBytes()).toBe(tooMany);
	});

	test('is not begun again once the budget is gone', async () => {
		const fn = firstFunction();
		await expect(search([fn.id])).rejects.toThrow(/402.*budget/);
		expect(sent).toEqual([]);
		const [connection] = fleet.connections.filter(({ id }) => id === fn.connectionId);
		await api.store.connections.update(api.ctx, connection?.id ?? expect.unreachable(), (one) => ({
			...one,
			watchBudgetUsdPerMonth: 100,
		}));
		api.moveWallClock(120_000);
	});

	test('reads the other groups when one does not exist, and names its function', async () => {
		const [missing, present] = await makePair();
		answers = ({ name, input }) => {
			if (name !== 'StartQueryCommand') {
				return { status: 'Complete', results: [], statistics: { bytesScanned: 10 } };
			}
			if (!(input.logGroupNames ?? []).includes(missing.logGroup)) return { queryId: 'rest' };
			const cause = new Error(`Log group '${missing.logGroup}' does not exist for account ID '1'`);
			throw new LamplightError('not_found', 'logs:StartQuery: ResourceNotFoundException', {
				cause,
			});
		};
		const answer = await search([missing.id, present.id]);
		expect(answer.failures).toEqual([
			{ functionId: missing.id, reason: 'The log group does not exist (any more).' },
		]);
		const started = sent.filter(({ name }) => name === 'StartQueryCommand');
		expect(started.map(({ input }) => input.logGroupNames?.length)).toEqual([2, 1]);
		expect(answer.state).toBe('done');
	});

	test('that AWS refuses is told function by function, and nothing is charged', async () => {
		answers = () => {
			throw new LamplightError('aws_access_denied', 'logs:StartQuery in eu-west-1: AccessDenied');
		};
		const before = await countedBytes();
		const fn = firstFunction();
		const answer = await search([fn.id]);
		expect(answer).toMatchObject({ state: 'done', lines: [] });
		expect(answer.failures).toEqual([
			{ functionId: fn.id, reason: expect.stringContaining('logs:StartQuery') as string },
		]);
		expect(await countedBytes()).toBe(before);
	});
});

/** A second function beside the first. */
async function makePair() {
	const first = firstFunction();
	const name = `${first.name}-twin`;
	const twin = {
		...first,
		id: `${first.accountId}.${first.region}.${name}` as typeof first.id,
		name,
		logGroup: `/aws/lambda/${name}`,
	};
	await api.store.functions.putMany(api.ctx, [twin]);
	return [twin, first] as const;
}
