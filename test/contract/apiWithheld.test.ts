import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { access } from '@lamplight/api/access';
import type { RouteKey } from '@lamplight/api/contract/client';
import type { LogSearch } from '@lamplight/api/contract/logs';
import { forgetConnections } from '@lamplight/api/fleet/connections';
import { newId } from '@lamplight/api/testing/api';
import { askApi } from '@lamplight/api/testing/client';
import { type FleetExtras, seedExtras } from '@lamplight/api/testing/fleetExtras';
import { hashOf } from '@lamplight/api/session/people';
import type { Connection } from '@lamplight/core/connection/connection';
import type { Role } from '@lamplight/core/ctx';
import { functionId } from '@lamplight/core/ids';

import { type ApiWorld, startApiWorld } from '../support/apiWorld.ts';
import { sandboxNowMs } from '../support/sandbox.ts';
import { endedIn, worldLines } from '../support/worldLines.ts';

const accountId = '529316842075';
const cart = functionId({ accountId, region: 'eu-west-1', name: 'cart-api' });
const range = { fromMs: sandboxNowMs - 75 * 60_000, toMs: sandboxNowMs - 60 * 60_000 };
const span = { from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() };
/** What the kept sample of the issue holds of a customer. */
const personal = 'HB-2291044';

let world: ApiWorld;
let connection: Connection;
let extras: FleetExtras;
/** Pieces of what the function itself wrote, none of which a figure or a name could hold. */
let written: string[];
let run: { requestId: string; startMs: number };

beforeAll(async () => {
	world = await startApiWorld({ trafficScale: 0.5 });
	connection = await world.connect(accountId);
	const { api } = world;
	const first = await api.store.functions.get(api.ctx, cart);
	if (first === null) throw new Error('the world has a cart');
	const seeded = { first, nowMs: sandboxNowMs, connections: [connection] };
	extras = await seedExtras(api.store, api.ctx, { ...seeded, billedDays: [] });
	const lines = await worldLines(world.sandbox, [cart], range);
	const own = lines.filter(({ message }) => !/^(START|END|REPORT|INIT_START)\b/.test(message));
	written = [...new Set(own.flatMap(({ message }) => message.match(/[a-z]+ [a-z]+ [a-z]+/) ?? []))];
	[run = { requestId: '', startMs: 0 }] = endedIn(world.sandbox, cart, range);
}, 300_000);
afterAll(() => world.close());

const params: () => Readonly<Record<string, string>> = () => ({
	functionId: cart,
	requestId: run.requestId,
	issueId: extras.issue.id,
	deployId: extras.deploy.id,
	appId: 'app-none',
	connectionId: connection.id,
	enrolmentId: connection.enrolmentId,
	searchId: 'srch_00000000000000000000',
	exportId: 'exp_00000000000000000000',
	sourceId: 'bil_00000000000000000000',
	token: 'none',
});

/** Everything that can be read, in the ways that could tell most. */
function reads(): string[] {
	const at = new Date(run.startMs).toISOString();
	const stream = encodeURIComponent(extras.execution.logStream);
	const queries: Partial<Record<RouteKey, string[]>> = {
		'GET /v1/w/{ws}/search': ['?q=cart', '?q=Ledger', `?q=${personal}`, `?q=${run.requestId}`],
		'GET /v1/w/{ws}/functions/{functionId}/executions': ['', '?source=logs'],
		'GET /v1/w/{ws}/functions/{functionId}/executions/{requestId}': [`?at=${at}`],
		'GET /v1/w/{ws}/logs/tail': [`?function=${cart}`],
		'GET /v1/w/{ws}/logs/context': [`?function=${cart}&logStream=${stream}&at=${at}&id=1`],
	};
	const keys = (Object.keys(access) as RouteKey[]).filter((key) => key.startsWith('GET /v1/'));
	return keys.flatMap((key) => {
		const path = key
			.slice('GET '.length)
			.replace(/\{(\w+)\}/g, (_, name: string) =>
				encodeURIComponent(name === 'ws' ? world.api.workspaceId : (params()[name] ?? 'none')),
			);
		return (queries[key] ?? ['']).map((query) => `${path}${query}`);
	});
}

async function saidTo(token: string): Promise<string> {
	const answers = [];
	for (const path of reads()) answers.push(await world.api.call('GET', path, { token }));
	const body = { ...span, scope: { functions: [cart] }, engine: 'filter' };
	const search = `/v1/w/${world.api.workspaceId}/logs/searches`;
	answers.push(await world.api.call('POST', search, { token, body }));
	for (const { status, text } of answers) expect(status, text).toBeLessThan(500);
	return answers.map(({ text }) => text).join('\n');
}

const found = (text: string) => [...written, personal].filter((piece) => text.includes(piece));

async function apiToken(scopes: ('read' | 'metrics' | 'export' | 'deploys')[]): Promise<string> {
	const secret = `lampt_${newId('secret')}`;
	await world.api.store.tokens.create(world.api.ctx, {
		id: newId('tok'),
		workspaceId: world.api.workspaceId,
		name: 'test',
		secretHash: hashOf(secret),
		scopes,
		role: 'owner',
		createdBy: 'owner@example.com',
		createdMs: sandboxNowMs,
		expiresMs: null,
		lastUsedMs: null,
		revokedMs: null,
	});
	return secret;
}

// Each test asks every route there is.
describe('text of a customer’s logs', { timeout: 120_000 }, () => {
	it.each(['engineer', 'owner'] as const)('reaches an %s', async (role) => {
		const told = found(await saidTo(await world.api.tokenOf(role)));
		expect(told).toContain(personal);
		expect(told.length).toBeGreaterThan(1);
	});

	it.each(['finance', 'viewer'] as Role[])('reaches a %s by no route', async (role) => {
		expect(found(await saidTo(await world.api.tokenOf(role)))).toEqual([]);
	});

	it('reaches no API token, though an owner made it', async () => {
		const token = await apiToken(['read', 'export', 'metrics', 'deploys']);
		expect(found(await saidTo(token))).toEqual([]);
	});

	it('is in no line that we log ourselves', () => {
		expect(world.api.logged.length).toBeGreaterThan(100);
		expect(found(world.api.logged.join('\n'))).toEqual([]);
	});
});

describe('an account that was not connected for its logs', { timeout: 120_000 }, () => {
	const settings = {
		'without the feature': async () => {
			const { store, ctx } = world.api;
			await store.connections.update(ctx, connection.id, (one) => ({
				...one,
				features: one.features.filter((feature) => feature !== 'logs'),
			}));
			return () => store.connections.put(ctx, connection);
		},
		'with other log groups': async () => {
			const { store, ctx } = world.api;
			const before = await store.enrolments.get(ctx, connection.enrolmentId);
			if (before === null) throw new Error('a connection has an enrolment');
			await store.enrolments.put(ctx, { ...before, logGroupPatterns: ['/aws/lambda/other-*'] });
			return () => store.enrolments.put(ctx, before);
		},
	};

	it.each(Object.keys(settings) as (keyof typeof settings)[])(
		'gives no line to anybody: %s',
		async (name) => {
			const { store, ctx } = world.api;
			const restore = await settings[name]();
			forgetConnections(store, ctx);
			try {
				expect(found(await saidTo(await world.api.tokenOf('owner')))).toEqual([]);
				const search: LogSearch = await askApi(world.api, 'POST /v1/w/{ws}/logs/searches', {
					body: { ...span, scope: { functions: [cart] }, engine: 'filter' },
				});
				expect(search.failures).toEqual([
					{ functionId: cart, reason: expect.stringMatching(/not ticked|not among/) as unknown },
				]);
			} finally {
				await restore();
				forgetConnections(store, ctx);
			}
		},
	);
});
