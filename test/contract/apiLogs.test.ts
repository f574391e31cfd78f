import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createApp } from '@lamplight/api/app';
import type { LogLine, LogSearch, LogSearchRequest } from '@lamplight/api/contract/logs';
import { askApi } from '@lamplight/api/testing/client';
import { functionId } from '@lamplight/core/ids';

import { type ApiWorld, startApiWorld } from '../support/apiWorld.ts';
import { sandboxNowMs } from '../support/sandbox.ts';
import { execution } from './storeHarness.ts';
import { endedIn, type WorldLine, worldLines } from '../support/worldLines.ts';

const accountId = '529316842075';
const region = 'eu-west-1';
const named = (name: string) => functionId({ accountId, region, name });
const functions = [
	'cart-api',
	'checkout-api',
	'address-lookup',
	'order-notify',
	'loyalty-points',
].map(named);
const minuteMs = 60_000;
/** Half an hour that is long over, so that every line has arrived. */
const range = { fromMs: sandboxNowMs - 90 * minuteMs, toMs: sandboxNowMs - 60 * minuteMs };
const span = { from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() };

interface Whole {
	readonly lines: LogLine[];
	readonly answers: LogSearch[];
	readonly histogram: { error: number; warn: number; info: number; other: number };
}

let world: ApiWorld;
let truth: WorldLine[];
beforeAll(async () => {
	world = await startApiWorld({ trafficScale: 0.5 });
	await world.connect(accountId);
	truth = await worldLines(world.sandbox, functions, range);
});
afterAll(() => world.close());

/** A search to its end, as the dashboard does it. */
async function search(request: Omit<LogSearchRequest, 'from' | 'to'>): Promise<Whole> {
	const answers: LogSearch[] = [];
	let answer: LogSearch = await askApi(world.api, 'POST /v1/w/{ws}/logs/searches', {
		body: { ...span, ...request },
	});
	answers.push(answer);
	while (answer.after !== null) {
		const { searchId, after } = answer;
		answer = await askApi(world.api, 'GET /v1/w/{ws}/logs/searches/{searchId}', {
			params: { searchId },
			query: { after },
		});
		answers.push(answer);
	}
	const histogram = { error: 0, warn: 0, info: 0, other: 0 };
	for (const { counts } of answers.map((one) => one.histogram)) {
		for (const step of counts) {
			for (const level of ['error', 'warn', 'info', 'other'] as const) {
				histogram[level] += step[level];
			}
		}
	}
	return { lines: answers.flatMap(({ lines }) => lines), answers, histogram };
}

const scope = { functions };
const keyOf = (line: { functionId: string; id: string }) => `${line.functionId} ${line.id}`;

describe('log search in the simulated AWS', () => {
	it('finds every line of several groups, once, over many answers', async () => {
		const { lines, answers, histogram } = await search({ scope });
		expect(truth.length).toBeGreaterThan(3_000);
		expect(answers.length).toBeGreaterThan(3);
		expect(lines.map(keyOf).sort()).toEqual(truth.map(keyOf).sort());
		expect(Object.values(histogram).reduce((sum, one) => sum + one, 0)).toBe(truth.length);
		expect(answers.at(-1)?.state).toBe('done');
		expect(answers.flatMap(({ failures }) => failures)).toEqual([]);
	});

	it('shows as many REPORT records as executions ended', async () => {
		const { lines } = await search({ scope, text: 'REPORT' });
		const reports = lines.filter(({ kind }) => kind === 'REPORT');
		const counted = new Map<string, number>();
		for (const { functionId: id } of reports) counted.set(id, (counted.get(id) ?? 0) + 1);
		// JSON groups print the record's name in lower case, so the word is not in them.
		for (const id of ['cart-api', 'address-lookup', 'order-notify'].map(named)) {
			expect(counted.get(id), id).toBe(endedIn(world.sandbox, id, range).length);
		}
	});

	// Written apart from the product's own reading: Node's and .NET's text with tabs, Go's keys, JSON.
	it.each([
		[['info'], /\tinfo\t| level=INFO |"level":"INFO"/i, 1_000],
		[
			['warn', 'error', 'fatal'],
			/\t(warn|error|fail|fatal)\t| level=(WARN|ERROR) |"level":"(WARN|ERROR|FATAL)"/i,
			1,
		],
	] as const)('keeps only lines of the levels %j', async (levels, printed, atLeast) => {
		const { lines, histogram } = await search({ scope, levels: [...levels] });
		const wanted = truth.filter(({ message }) => printed.test(message.slice(0, 200)));
		expect(wanted.length).toBeGreaterThanOrEqual(atLeast);
		expect(lines.map(keyOf).sort()).toEqual(wanted.map(keyOf).sort());
		const { error, warn, info, other } = histogram;
		const counted = lines.filter(({ level }) => level === 'info').length;
		expect({ loud: error + warn, info, other }).toEqual({
			loud: lines.length - counted,
			info: counted,
			other: 0,
		});
	});

	it('finds all lines of one execution by its request id', async () => {
		const [run] = endedIn(world.sandbox, named('checkout-api'), {
			fromMs: range.fromMs + 10 * minuteMs,
			toMs: range.toMs,
		});
		const requestId = run?.requestId ?? 'none';
		const { lines } = await search({ scope, requestId });
		const wanted = truth.filter(({ message }) => message.includes(requestId));
		expect(wanted.length).toBeGreaterThan(1);
		expect(lines.map(keyOf).sort()).toEqual(wanted.map(keyOf).sort());
		expect(new Set(lines.map((line) => line.requestId))).toEqual(new Set([requestId]));
	});

	it('takes phrases and words to leave out, and searches a whole app', async () => {
		const app = 'serverless.fulfilment.production';
		const all = await search({ scope: { app }, text: '"RequestId: "' });
		const without = await search({ scope: { app }, text: '"RequestId: " -REPORT' });
		expect(new Set(all.lines.map((line) => line.functionId)).size).toBeGreaterThan(5);
		const rest = all.lines.filter(({ message }) => !message.includes('REPORT'));
		expect(rest.length).toBeGreaterThan(10);
		expect(without.lines.map(keyOf).sort()).toEqual(rest.map(keyOf).sort());
	});

	it('says what reading costs before it reads, and reads for nothing', async () => {
		const before = world.sandbox.calls().filter(({ action }) => action.startsWith('logs:'));
		const estimate = await askApi(world.api, 'POST /v1/w/{ws}/logs/estimate', {
			body: { scope, ...span },
		});
		const after = world.sandbox.calls().filter(({ action }) => action.startsWith('logs:'));
		expect(after).toEqual(before);
		expect(estimate).toMatchObject({ functions: 5, logGroups: 5, engine: 'filter' });
		expect(estimate.filter.cost.amount).toBe('0');
		expect(estimate.insights.refusal).toMatch(/not ticked/);
		expect(Number(estimate.scanBytes)).toBeGreaterThan(0);
	});
});

describe('around a line', () => {
	it('reads a line’s neighbours in its own stream, wherever its permalink leads', async () => {
		const [line] = (await search({ scope: { functions: [named('cart-api')] }, text: 'END' })).lines;
		if (line === undefined) throw new Error('no line');
		const around = await askApi(world.api, 'GET /v1/w/{ws}/logs/context', {
			query: { function: line.functionId, logStream: line.logStream, at: line.at, id: line.id },
		});
		const atMs = Date.parse(line.at);
		const near = { fromMs: atMs - minuteMs, toMs: atMs + minuteMs };
		const nearest = (await worldLines(world.sandbox, [line.functionId], near))
			.filter(({ stream }) => stream === line.logStream)
			.sort((a, b) => Math.abs(a.timeMs - atMs) - Math.abs(b.timeMs - atMs))
			.slice(0, around.lines.length);
		expect(around.lines.length).toBeGreaterThan(10);
		const distance = (timeMs: number) => Math.abs(timeMs - atMs);
		expect(around.lines.map(({ at }) => distance(Date.parse(at))).sort((a, b) => a - b)).toEqual(
			nearest.map(({ timeMs }) => distance(timeMs)),
		);
		expect(around.lines.map(({ id }) => id)).toContain(line.id);
	});
});

describe('one execution', () => {
	it('shows its lines to those who may read logs, and only figures to the others', async () => {
		const [run] = endedIn(world.sandbox, named('cart-api'), range);
		const request = {
			params: { functionId: named('cart-api'), requestId: run?.requestId ?? '' },
			query: { at: new Date(run?.startMs ?? 0).toISOString() },
		};
		const key = 'GET /v1/w/{ws}/functions/{functionId}/executions/{requestId}' as const;
		const engineer = await askApi(world.api, key, request, 'engineer');
		const viewer = await askApi(world.api, key, request, 'viewer');
		expect(engineer.lines?.map(({ kind }) => kind)).toContain('REPORT');
		expect(viewer.lines).toBeNull();
		expect(JSON.stringify(viewer)).not.toContain('RequestId:');
		expect(viewer.execution.billedMs).toBe(run?.billedMs);
	});
});

/** Keeps an execution as the collector would. */
async function keep({ requestId, startMs }: { requestId: string; startMs: number }): Promise<void> {
	const { store, ctx } = world.api;
	const fn = await store.functions.get(ctx, named('cart-api'));
	if (fn === null) throw new Error('cart-api is not in the inventory');
	const slot = { connectionId: fn.connectionId, region, batch: 'kept', revision: 1 };
	await store.executions.write(ctx, {
		...{ ...slot, slotMs: startMs - (startMs % minuteMs) },
		executions: [{ ...execution('cart-api', 1), functionId: fn.id, requestId, startMs }],
	});
}

describe('an account whose logs come too late', () => {
	it('is told to who waits, instead of no answer at all', async () => {
		const where = { action: 'logs:FilterLogEvents' };
		const { id } = world.sandbox.addFault({ kind: 'slow', settings: { delayMs: 2_000 }, where });
		const hurried = createApp({ ...world.api.deps, linesPatienceMs: 200 });
		const [run] = endedIn(world.sandbox, named('cart-api'), range);
		if (run === undefined) throw new Error('cart-api did not run');
		const at = new Date(run.startMs).toISOString();
		const ask = async () =>
			hurried.request(
				`/v1/w/${world.api.workspaceId}/functions/${named('cart-api')}/executions/${run.requestId}?at=${at}`,
				{ headers: { authorization: `Bearer ${await world.api.tokenOf('engineer')}` } },
			);
		const answer = await ask();
		expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '10']);
		expect(await answer.json()).toMatchObject({
			code: 'aws_throttled',
			detail: 'AWS asks us to wait; try again in a moment.',
		});
		// Of one that is kept everything but its lines is there, and the role is not blamed for them.
		await keep(run);
		expect(await (await ask()).json()).toMatchObject({
			execution: { requestId: run.requestId },
			lines: null,
			linesWithheld: 'busy',
		});
		world.sandbox.removeFault(id);
	});
});

describe('who may read', () => {
	it.each(['viewer', 'finance'] as const)('a %s reads no line by any log route', async (role) => {
		const token = await world.api.tokenOf(role);
		const calls = world.sandbox.calls().length;
		const base = `/v1/w/${world.api.workspaceId}/logs`;
		const asked = await Promise.all([
			world.api.call('POST', `${base}/searches`, { token, body: { scope, ...span } }),
			world.api.call('POST', `${base}/estimate`, { token, body: { scope, ...span } }),
			world.api.call('GET', `${base}/tail?function=${functions[0]}`, { token }),
			world.api.call(
				'GET',
				`${base}/context?function=${functions[0]}&logStream=x&at=${span.from}`,
				{
					token,
				},
			),
		]);
		expect(asked.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
		expect(world.sandbox.calls().length).toBe(calls);
	});
});
