import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { LogLine, LogSearch, LogSearchRequest } from '@lamplight/api/contract/logs';
import { askApi } from '@lamplight/api/testing/client';
import type { Connection } from '@lamplight/core/connection/connection';
import { accountIdSchema, functionId } from '@lamplight/core/ids';
import { utcDay } from '@lamplight/core/time';

import { type ApiWorld, startApiWorld } from '../support/apiWorld.ts';
import { sandboxNowMs } from '../support/sandbox.ts';
import { worldLines } from '../support/worldLines.ts';

const accountId = '529316842075';
/** An account connected without Insights. */
const otherAccountId = accountIdSchema.parse('945601837212');
const named = (name: string) => functionId({ accountId, region: 'eu-west-1', name });
const functions = ['order-notify', 'address-lookup', 'order-cancel'].map(named);
const minuteMs = 60_000;
const range = { fromMs: sandboxNowMs - 90 * minuteMs, toMs: sandboxNowMs - 60 * minuteMs };
const span = { from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() };
const usdPerByte = 0.005 / 1e9;

let world: ApiWorld;
let connection: Connection;
beforeAll(async () => {
	world = await startApiWorld({ trafficScale: 0.3 });
	connection = await world.connect(accountId, {
		features: ['inventory', 'metrics', 'logs', 'insights'],
	});
	await world.connect(otherAccountId);
});
afterAll(() => world.close());
afterEach(() => setBudget(5));

const setBudget = (watchBudgetUsdPerMonth: number) =>
	askApi(world.api, 'PATCH /v1/w/{ws}/connections/{connectionId}', {
		params: { connectionId: connection.id },
		body: { watchBudgetUsdPerMonth },
	});

async function search(request: Partial<LogSearchRequest>) {
	const answers: LogSearch[] = [
		await askApi(world.api, 'POST /v1/w/{ws}/logs/searches', {
			body: { ...span, engine: 'insights', scope: { functions }, ...request },
		}),
	];
	for (let last = answers[0]; last !== undefined && last.after !== null; last = answers.at(-1)) {
		answers.push(
			await askApi(world.api, 'GET /v1/w/{ws}/logs/searches/{searchId}', {
				params: { searchId: last.searchId },
				query: { after: last.after },
			}),
		);
	}
	const lines: LogLine[] = answers.flatMap((answer) => answer.lines);
	const scanned = answers.reduce((sum, { insights }) => sum + (insights?.scannedBytes ?? 0), 0);
	return { answers, lines, scanned, limits: answers.flatMap(({ limits }) => limits) };
}

/** The problem that a search is refused with. */
async function refusal(request: Partial<LogSearchRequest>) {
	const answer = await world.api.call('POST', `/v1/w/${world.api.workspaceId}/logs/searches`, {
		token: await world.api.tokenOf('engineer'),
		body: { ...span, engine: 'insights', scope: { functions }, ...request },
	});
	return { status: answer.status, problem: answer.json as { code: string; detail: string } };
}

const started = () =>
	world.sandbox
		.calls()
		.filter(({ action }) => action === 'logs:StartQuery')
		.reduce((sum, { calls }) => sum + calls, 0);
/** Bytes that AWS charges for, by the sandbox's own count. */
const billedBytes = () =>
	world.sandbox
		.calls()
		.filter(({ action }) => /^logs:(StartQuery|GetQueryResults)$/.test(action))
		.reduce((sum, { billedUnits }) => sum + billedUnits, 0);

async function countedBytes(): Promise<number> {
	const day = utcDay(sandboxNowMs);
	const usages = await world.api.store.watchCosts.read(world.api.ctx, connection.id, {
		fromDay: day,
		toDay: day,
	});
	return usages
		.filter(({ action }) => action === 'logs:StartQuery')
		.reduce((sum, { units }) => sum + units, 0);
}

const keyOf = (line: { functionId: string; id: string }) => `${line.functionId} ${line.id}`;

describe('log search with Insights', () => {
	it('finds the lines that are there, and charges the bytes that AWS bills', async () => {
		const { lines, answers, scanned } = await search({ text: 'REPORT' });
		const truth = await worldLines(world.sandbox, functions, range);
		const wanted = truth.filter(({ message }) => message.includes('REPORT'));
		expect(wanted.length).toBeGreaterThan(100);
		expect(lines.map(keyOf).sort()).toEqual(wanted.map(keyOf).sort());
		const shown = new Map(lines.map((line) => [keyOf(line), line]));
		for (const { timeMs, message, stream, ...id } of wanted) {
			const line = shown.get(keyOf(id));
			expect(line).toMatchObject({ at: new Date(timeMs).toISOString(), logStream: stream });
			expect(line?.message).toBe(message.replace(/\n+$/, ''));
		}
		const bytes = truth.reduce((sum, { message }) => sum + message.length, 0);
		expect(scanned).toBe(bytes);
		expect(billedBytes()).toBe(bytes);
		expect(await countedBytes()).toBe(bytes);
		expect(Number(answers.at(-1)?.insights?.cost.amount)).toBeCloseTo(bytes * usdPerByte, 12);
		const watch = await askApi(world.api, 'GET /v1/w/{ws}/watch-cost');
		expect(JSON.stringify(watch)).toContain('logs:StartQuery');
	});

	it('charges a query once, however often it is asked after', async () => {
		const before = await countedBytes();
		const first = await askApi(world.api, 'POST /v1/w/{ws}/logs/searches', {
			body: { ...span, engine: 'insights', scope: { functions } },
		});
		const again = () =>
			askApi(world.api, 'GET /v1/w/{ws}/logs/searches/{searchId}', {
				params: { searchId: first.searchId },
			});
		const answers = [await again(), await again(), await again()];
		const scanned = answers.map(({ insights }) => insights?.scannedBytes);
		expect(new Set(scanned).size).toBe(1);
		expect((await countedBytes()) - before).toBe(scanned[0]);
	});

	it('counts a query that nobody comes back for by its estimate', async () => {
		const before = await countedBytes();
		const estimate = await askApi(world.api, 'POST /v1/w/{ws}/logs/estimate', {
			body: { ...span, scope: { functions: [named('shipment-create')] } },
		});
		const fault = world.sandbox.addFault({
			kind: 'throttle',
			where: { action: 'logs:GetQueryResults' },
		});
		const begun = await askApi(world.api, 'POST /v1/w/{ws}/logs/searches', {
			body: { ...span, engine: 'insights', scope: { functions: [named('shipment-create')] } },
		});
		world.sandbox.removeFault(fault.id);
		expect(begun).toMatchObject({ state: 'running', lines: [], failures: [] });
		expect((await countedBytes()) - before).toBe(estimate.scanBytes);
	});

	it('finds rare lines in a long range, and says when more match than it shows', async () => {
		const from = new Date(sandboxNowMs - 4 * 60 * minuteMs).toISOString();
		const { lines } = await search({
			from,
			scope: { functions: [named('loyalty-points')] },
			levels: ['error', 'fatal'],
		});
		expect(new Set(lines.map(({ level }) => level))).toEqual(new Set(['error']));
		const all = await search({ from, scope: { functions: [named('address-lookup')] } });
		expect(all.lines).toHaveLength(1_000);
		expect(all.limits).toEqual([expect.objectContaining({ limit: 'insightsLines', max: 1_000 })]);
		const oldestMs = Math.min(...all.lines.map(({ at }) => Date.parse(at)));
		const truth = await worldLines(world.sandbox, [named('address-lookup')], {
			fromMs: oldestMs + 1,
			toMs: range.toMs,
		});
		expect(truth.length).toBeLessThan(1_000);
	});
});

describe('money', () => {
	it('refuses over the watch budget before anything is asked, and says what is left', async () => {
		await setBudget(0);
		const before = started();
		const { status, problem } = await refusal({});
		expect({ status, code: problem.code }).toEqual({ status: 402, code: 'budget_exhausted' });
		expect(problem.detail).toMatch(/watch budget .* \$0\.0000 left .* shorter range/);
		expect(started()).toBe(before);
		const estimate = await askApi(world.api, 'POST /v1/w/{ws}/logs/estimate', {
			body: { ...span, scope: { functions } },
		});
		expect(estimate.insights.refusal).toBe(problem.detail);
		expect(estimate.insights.budgetLeft.amount).toBe('0');
		expect(estimate.engine).toBe('filter');
	});

	it('refuses what would cost more than the caller agreed to', async () => {
		const before = started();
		const { status, problem } = await refusal({ maxCostUsd: 0.000_000_001 });
		expect({ status, code: problem.code }).toEqual({ status: 402, code: 'budget_exhausted' });
		expect(started()).toBe(before);
	});

	it('refuses a connection whose role was not asked for Insights, by name', async () => {
		const [other] = await world.api.store.functions.listAccount(world.api.ctx, otherAccountId);
		const { status, problem } = await refusal({
			scope: { functions: [other?.id ?? named('none')] },
		});
		expect({ status, code: problem.code }).toEqual({ status: 424, code: 'aws_access_denied' });
		expect(problem.detail).toMatch(/not ticked/);
		expect(problem.detail).toContain(otherAccountId);
	});

	it('searches what it may, and names the rest with the reason', async () => {
		const [other] = await world.api.store.functions.listAccount(world.api.ctx, otherAccountId);
		const { answers, lines } = await search({
			scope: { functions: [...functions, other?.id ?? named('none')] },
		});
		expect(lines.length).toBeGreaterThan(100);
		const [failure, ...more] = answers[0]?.failures ?? [];
		expect(failure).toMatchObject({ functionId: other?.id });
		expect(failure?.reason).toMatch(/not ticked/);
		expect(more).toEqual([]);
	});

	it('reads page by page when nobody asked for Insights and that is quick enough', async () => {
		const before = started();
		const answer = await askApi(world.api, 'POST /v1/w/{ws}/logs/searches', {
			body: { ...span, scope: { functions } },
		});
		expect(answer).toMatchObject({ engine: 'filter', insights: null });
		expect(started()).toBe(before);
	});
});
