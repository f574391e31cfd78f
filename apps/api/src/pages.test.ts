import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { ResponseOf, RouteKey } from './contract/client.ts';
import { dataNowMs, startTestApi, type TestApi } from './testing/api.ts';
import { askApi, type TestRequest } from './testing/client.ts';
import { seedFleet, type TestFleet } from './testing/fleet.ts';
import type { Role } from '@lamplight/core/ctx';

let api: TestApi;
let fleet: TestFleet;
beforeAll(async () => {
	api = await startTestApi();
	fleet = await seedFleet(api.store, api.ctx, { nowMs: dataNowMs });
});
afterAll(() => api.close());

const ask = <K extends RouteKey>(key: K, request?: TestRequest, role?: Role) =>
	askApi(api, key, request, role);
const first = () => fleet.functions[0] ?? expect.unreachable();
const bucketsADay = 144;

describe('the frame and the overview', () => {
	test('count what is there', async () => {
		const shell = await ask('GET /v1/w/{ws}');
		expect(shell.counts).toEqual({ functions: 24, apps: 3, openIssues: 1, connections: 2 });
		expect(shell.troubled).toEqual([expect.objectContaining({ action: 'logs:FilterLogEvents' })]);
		expect(shell.watch.monthToDate?.amount).toBe('1');
		expect(shell.freshness.lamp).toBe('lit');
	});

	test('the overview’s figures are those of the fleet', async () => {
		const page = await ask('GET /v1/w/{ws}/overview');
		expect(page.figures.invocations.value).toBe(24 * bucketsADay * fleet.perBucket);
		expect(page.figures.invocations.previous).toBe(24 * bucketsADay * fleet.perBucket);
		expect(page.functionsRan).toBe(24);
		expect(page.figures.costMonth.value?.provenance).toBe('measured');
		const shares = page.apps.reduce((sum, { share }) => sum + (share ?? 0), 0);
		expect(shares).toBeCloseTo(1, 3);
		const traffic = page.charts.charts.find(({ id }) => id === 'traffic')?.series[0];
		const drawn = traffic?.values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
		expect(drawn).toBe(page.figures.invocations.value);
		expect(page.data.completeShare).toBeGreaterThan(0.9);
	});
});

describe('the fleet table', () => {
	test('pages hold every function once, in order, and cursors belong to their query', async () => {
		const seen: string[] = [];
		let cursor: string | null = null;
		do {
			const query: Record<string, string> = {
				sort: 'name',
				limit: '7',
				...(cursor === null ? {} : { cursor }),
			};
			const page: ResponseOf<'GET /v1/w/{ws}/functions'> = await ask('GET /v1/w/{ws}/functions', {
				query,
			});
			seen.push(...page.rows.map(({ name }) => name));
			cursor = page.nextCursor;
		} while (cursor !== null);
		expect(new Set(seen).size).toBe(24);
		expect(seen).toEqual([...seen].sort());
		const page = await ask('GET /v1/w/{ws}/functions', { query: { limit: '7' } });
		await expect(
			ask('GET /v1/w/{ws}/functions', {
				query: { limit: '7', sort: 'name', cursor: page.nextCursor ?? '' },
			}),
		).rejects.toThrow('422');
		await expect(
			ask('GET /v1/w/{ws}/functions', { query: { limit: '7', cursor: `${page.nextCursor}x` } }),
		).rejects.toThrow('query.cursor');
	});

	test.each(['app', 'account', 'region', 'runtime', 'architecture', 'owner'])(
		'subtotals by %s add up to the total',
		async (groupBy) => {
			const page = await ask('GET /v1/w/{ws}/functions', { query: { groupBy } });
			const groups = page.groups ?? [];
			const sum = (pick: (one: (typeof groups)[number]) => number) =>
				groups.reduce((total, one) => total + pick(one), 0);
			expect(sum(({ count }) => count)).toBe(24);
			expect(sum(({ figures }) => figures.invocations)).toBe(page.total.invocations);
			expect(sum(({ figures }) => Number(figures.cost?.amount))).toBeCloseTo(
				Number(page.total.cost?.amount),
				9,
			);
			const [one] = groups;
			const inside = await ask('GET /v1/w/{ws}/functions', {
				query: { groupBy, group: one?.key ?? '' },
			});
			expect(inside.rows).toHaveLength(one?.count ?? 0);
		},
	);

	test('filters hold together, and a wrong one is named', async () => {
		const page = await ask('GET /v1/w/{ws}/functions', {
			query: { app: 'app-checkout', region: 'eu-west-1', tag: 'team=payments' },
		});
		expect(page.rows.length).toBeGreaterThan(0);
		for (const row of page.rows) {
			expect([row.app?.id, row.region, row.owner]).toEqual([
				'app-checkout',
				'eu-west-1',
				'payments',
			]);
		}
		await expect(
			ask('GET /v1/w/{ws}/functions', { query: { activity: 'sleeps' } }),
		).rejects.toThrow('expected one of ran');
		await expect(ask('GET /v1/w/{ws}/functions', { query: { groupBy: 'tag' } })).rejects.toThrow(
			'tagKey',
		);
	});

	test('a range that is not kept ready gives the same sums as its parts', async () => {
		const at = (ms: number) => new Date(ms).toISOString();
		const hour = 3_600_000;
		const to = Math.floor(dataNowMs / hour) * hour;
		const total = async (fromMs: number, toMs: number) =>
			(await ask('GET /v1/w/{ws}/functions', { query: { from: at(fromMs), to: at(toMs) } })).total
				.invocations;
		const whole = await total(to - 6 * hour, to);
		expect(whole).toBe(
			(await total(to - 6 * hour, to - 3 * hour)) + (await total(to - 3 * hour, to)),
		);
		expect(whole).toBe(24 * 36 * fleet.perBucket);
	});
});

describe('one function', () => {
	test('its charts add up to its figures, over at most 700 points', async () => {
		const { id } = first();
		const page = await ask('GET /v1/w/{ws}/functions/{functionId}', { params: { functionId: id } });
		const invocations = page.charts.charts.find(({ id: name }) => name === 'invocations')
			?.series[0];
		const drawn = invocations?.values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
		expect(drawn).toBe(page.figures.invocations);
		expect(page.charts.x.count).toBeLessThanOrEqual(700);
		expect(page.topIssue?.title).toContain('LedgerTimeout');
		expect(page.lastDeploy?.changes).toEqual([
			{ field: 'memory MiB', before: '128', after: '256' },
		]);
		expect(page.lastDeploy?.verdict).toBe('same');
		const long = await ask('GET /v1/w/{ws}/functions/{functionId}/series', {
			params: { functionId: id },
			query: { from: 'now-30d' },
		});
		expect(long.charts.x.count).toBeLessThanOrEqual(700);
	});

	test('its cost components sum to its cost', async () => {
		const page = await ask('GET /v1/w/{ws}/functions/{functionId}/cost', {
			params: { functionId: first().id },
		});
		const sum = page.components.reduce((total, { cost }) => total + Number(cost?.amount ?? 0), 0);
		expect(sum).toBeCloseTo(Number(page.total.value?.amount), 10);
		const priced = page.components.filter(({ cost }) => cost !== null);
		for (const part of priced) expect(part.rateSource).toMatch(/20\d\d-\d\d-\d\d/);
		const unpriced = page.components.filter(({ cost }) => cost === null);
		expect(page.unpriced.map(({ what }) => what)).toEqual(unpriced.map(({ label }) => label));
	});

	test('history, heatmap and executions answer for it', async () => {
		const params = { functionId: first().id };
		const history = await ask('GET /v1/w/{ws}/functions/{functionId}/history', { params });
		expect(history.deploys).toHaveLength(1);
		const { heatmap } = await ask('GET /v1/w/{ws}/functions/{functionId}/heatmap', { params });
		expect(heatmap.cells).toHaveLength(heatmap.edgesMs.length - 1);
		const list = await ask('GET /v1/w/{ws}/functions/{functionId}/executions', { params });
		expect(list.rows).toEqual([
			expect.objectContaining({ status: 'error', billedMs: 3_161, initMs: 842.17 }),
		]);
		expect(list.inRange).toBe(bucketsADay * fleet.perBucket);
		const none = await ask('GET /v1/w/{ws}/functions/{functionId}/executions', {
			params,
			query: { status: 'ok' },
		});
		expect(none.rows).toEqual([]);
	});

	test('an execution knows its place in the list that it was opened from', async () => {
		const key = 'GET /v1/w/{ws}/functions/{functionId}/executions/{requestId}/neighbours';
		const params = { functionId: first().id, requestId: fleet.execution.requestId };
		const alone = { previous: null, next: null, place: 1, count: 1 };
		expect(await ask(key, { params })).toEqual(alone);
		expect(await ask(key, { params, query: { order: 'slowest', status: 'error' } })).toEqual(alone);
		const at = new Date(fleet.execution.startMs + 1).toISOString();
		const elsewhere = { ...params, requestId: '00000000-0000-4000-8000-000000000000' };
		expect(await ask(key, { params: elsewhere, query: { at } })).toMatchObject({
			previous: null,
			next: { requestId: fleet.execution.requestId },
			place: null,
		});
		expect(await ask(key, { params, query: { status: 'ok' } })).toMatchObject({ count: 0 });
		await expect(ask(key, { params, query: { order: 'oldest' } })).rejects.toThrow('query.order');
	});

	test('an unknown function is not found', async () => {
		const functionId = '999999999999.eu-west-1.nobody';
		await expect(
			ask('GET /v1/w/{ws}/functions/{functionId}', { params: { functionId } }),
		).rejects.toThrow('404');
	});
});

describe('text that may hold personal data', () => {
	test.each(['finance', 'viewer'] as const)(
		'is withheld from %s, and figures are not',
		async (role) => {
			const params = { functionId: first().id, requestId: fleet.execution.requestId };
			const page = await ask(
				'GET /v1/w/{ws}/functions/{functionId}/executions/{requestId}',
				{ params },
				role,
			);
			expect(page.lines).toBeNull();
			expect(page.linesWithheld).toBe('role');
			expect(page.cost.lines.map(({ component }) => component)).toEqual([
				'init',
				'run',
				'rounding',
				'request',
			]);
			const issue = await ask(
				'GET /v1/w/{ws}/issues/{issueId}',
				{ params: { issueId: fleet.issue.id } },
				role,
			);
			expect(issue.textWithheld).toBe(true);
			expect(JSON.stringify(issue)).not.toContain('HB-2291044');
		},
	);

	test('is there for an engineer', async () => {
		const issue = await ask(
			'GET /v1/w/{ws}/issues/{issueId}',
			{ params: { issueId: fleet.issue.id } },
			'engineer',
		);
		expect(issue.samples[0]?.message).toContain('HB-2291044');
		expect(issue.samples[0]?.stack).toEqual(['    at LedgerClient.hold']);
	});

	test('is in no line that we log ourselves', () => {
		const text = api.logged.join('\n');
		expect(text).not.toContain('HB-2291044');
		expect(text).not.toMatch(/eyJ[\w-]+\.eyJ/);
		expect(text).not.toContain('lampt_');
		expect(text).toContain('"route":"GET /v1/w/{ws}/overview"');
	});
});

describe('issues', () => {
	test('are resolved, and set back as they were', async () => {
		const body = { ids: [fleet.issue.id, 'iss_00000000000000000000'], state: 'resolved' };
		const changed = await ask('PATCH /v1/w/{ws}/issues', { body }, 'engineer');
		expect(changed.changed).toEqual([{ id: fleet.issue.id, before: 'open' }]);
		expect(changed.notFound).toEqual(['iss_00000000000000000000']);
		expect((await ask('GET /v1/w/{ws}/issues')).rows).toEqual([]);
		const resolved = await ask('GET /v1/w/{ws}/issues', { query: { state: 'resolved' } });
		expect(resolved.rows[0]?.count).toBe(12);
		const params = { issueId: fleet.issue.id };
		const back = await ask('PATCH /v1/w/{ws}/issues/{issueId}', {
			params,
			body: { state: 'open' },
		});
		expect(back.state).toBe('open');
		await expect(
			ask('PATCH /v1/w/{ws}/issues/{issueId}', {
				params,
				body: { state: 'open', until: '2026-12-01T00:00:00Z' },
			}),
		).rejects.toThrow('body.until');
	});

	test('every change is in the audit log with who made it', async () => {
		const { entries } = await ask('GET /v1/w/{ws}/audit');
		const own = entries.find(
			({ action, target }) => action === 'issue.state' && target === fleet.issue.id,
		);
		expect(own?.actor).toEqual({ kind: 'member', name: 'owner@example.com' });
		expect(own?.requestId).toMatch(/^[\w-]{8,}$/);
	});
});

describe('other pages', () => {
	test('apps add up to the fleet', async () => {
		const page = await ask('GET /v1/w/{ws}/apps');
		const sum = page.rows.reduce((total, { figures }) => total + figures.invocations, 0);
		expect(sum + page.withoutApp.figures.invocations).toBe(page.total.invocations);
		const app = await ask('GET /v1/w/{ws}/apps/{appId}', { params: { appId: 'app-checkout' } });
		expect(app.functionsTotal).toBe(
			page.rows.find((row) => row.app.id === 'app-checkout')?.functions,
		);
		await expect(
			ask('GET /v1/w/{ws}/apps/{appId}', { params: { appId: 'nothing' } }),
		).rejects.toThrow('404');
	});

	test('concurrency has an area for each account and region', async () => {
		const page = await ask('GET /v1/w/{ws}/concurrency');
		expect(page.areas).toHaveLength(4);
		expect(page.areas[0]?.peak).toBe(20);
		expect(page.areas.flatMap(({ reserved }) => reserved).reduce((a, b) => a + b, 0)).toBe(50);
	});

	test('a deploy told twice is one, of an app by name', async () => {
		const body = { app: 'checkout', commit: '0123abc', actor: 'ci' };
		const one = await ask('POST /v1/w/{ws}/deploys', { body });
		const two = await ask('POST /v1/w/{ws}/deploys', { body });
		expect(two.id).toBe(one.id);
		expect(one.functionsTotal).toBeGreaterThan(1);
		await expect(ask('POST /v1/w/{ws}/deploys', { body: { app: 'nothing' } })).rejects.toThrow(
			'body.app',
		);
		const page = await ask('GET /v1/w/{ws}/deploys');
		expect(page.rows.map(({ commit }) => commit)).toContain('8f31c0a');
	});

	test('connections say health, watch cost, and what would grant what is denied', async () => {
		const page = await ask('GET /v1/w/{ws}/connections');
		expect(page.totals).toMatchObject({ connections: 2, needYou: 1, functions: 24 });
		expect(page.calls[0]).toMatchObject({
			call: 'cloudwatch:GetMetricData',
			cost: { amount: '1' },
		});
		const denied = fleet.connections[1]?.id ?? '';
		const one = await ask('GET /v1/w/{ws}/connections/{connectionId}', {
			params: { connectionId: denied },
		});
		expect(one.fix).toEqual([
			expect.objectContaining({ effect: 'Allow', action: ['logs:FilterLogEvents'] }),
		]);
		expect(one.residuals.every(({ equal }) => equal)).toBe(true);
		const watch = await ask('GET /v1/w/{ws}/watch-cost');
		expect(watch.total?.amount).toBe('1');
		expect(watch.uncounted).toBe(null);
	});

	test('the palette finds functions, apps, issues and one request', async () => {
		const { hits } = await ask('GET /v1/w/{ws}/search', { query: { q: 'checkout' } });
		const kinds = new Set(hits.map(({ kind }) => kind));
		expect(kinds).toContain('function');
		expect(kinds).toContain('app');
		const byId = await ask('GET /v1/w/{ws}/search', { query: { q: fleet.execution.requestId } });
		expect(byId.hits).toEqual([expect.objectContaining({ kind: 'execution' })]);
	});
});

describe('every page', () => {
	test('stays under 200 KB and answers 304 to who has it already', async () => {
		const pages = [
			'overview',
			'functions?limit=200',
			'apps',
			'costs',
			'connections',
			'concurrency',
			'issues',
		];
		for (const page of pages) {
			const token = await api.tokenOf('owner');
			const path = `/v1/w/${api.workspaceId}/${page}`;
			const answer = await api.call('GET', path, { token });
			expect(answer.text.length).toBeLessThan(200_000);
			expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
			const etag = answer.headers.get('etag') ?? '';
			const again = await api.call('GET', path, { token, headers: { 'if-none-match': etag } });
			expect(again.status).toBe(304);
			const packed = await api.call('GET', path, {
				token,
				headers: { 'accept-encoding': 'br, gzip' },
			});
			expect(packed.headers.get('content-encoding')).toBe('br');
		}
	});
});
