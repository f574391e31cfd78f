import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { askApi } from '@lamplight/api/testing/client';
import type { Feature } from '@lamplight/core/connection/connection';

import { type ApiWorld, startApiWorld } from '../support/apiWorld.ts';

const accountId = '392518760459';
/** Its stack was changed by hand: the role lacks logs:FilterLogEvents. */
const deniedAccountId = '508147326695';
const payerAccountId = '418205731964';

let world: ApiWorld;
beforeAll(async () => {
	// Cost Explorer adds the world's whole bill up: little traffic is enough.
	world = await startApiWorld({ functions: 24, trafficScale: 0.01 });
});
afterAll(() => world.close());

const enrol = (id: string, features: Feature[] = ['inventory', 'metrics', 'logs']) =>
	askApi(world.api, 'POST /v1/w/{ws}/enrolments', {
		body: { kind: 'account', accountId: id, features },
	});
const verify = (enrolmentId: string) =>
	askApi(world.api, 'POST /v1/w/{ws}/enrolments/{enrolmentId}/verify', { params: { enrolmentId } });
const templateOf = (enrolmentId: string) =>
	askApi(world.api, 'GET /v1/w/{ws}/enrolments/{enrolmentId}/template', {
		params: { enrolmentId },
	});
const statesOf = (view: Awaited<ReturnType<typeof verify>>) =>
	view.connections.map(({ state }) => state);

describe('connecting through the API', () => {
	it('waits for the role; one that asks for no external id is unsafe; the right one is healthy', async () => {
		const enrolment = await enrol(accountId);
		expect(statesOf(await verify(enrolment.id))).toEqual(['waiting']);
		const template = await templateOf(enrolment.id);
		const create = (text: string) =>
			world.sandbox.createStack({
				accountId,
				template: JSON.parse(text) as unknown,
				parameters: { ExternalId: enrolment.externalId },
			});
		const lax = JSON.stringify(JSON.parse(template)).replace(
			'"StringEquals":{"sts:ExternalId":{"Ref":"ExternalId"}},',
			'',
		);
		expect(lax.length).toBeLessThan(JSON.stringify(JSON.parse(template)).length);
		create(lax);
		expect(statesOf(await verify(enrolment.id))).toEqual(['unsafe']);
		create(template);
		expect(statesOf(await verify(enrolment.id))).toEqual(['healthy']);
		const audit = await askApi(world.api, 'GET /v1/w/{ws}/audit');
		const changes = audit.entries.filter(({ action }) => action === 'connection.state');
		expect(changes.map(({ details }) => details['after'])).toEqual(['healthy', 'unsafe']);
	});

	it('names the permission that the role lacks, and what does not work without it', async () => {
		const connection = await world.connect(deniedAccountId);
		const page = await askApi(world.api, 'POST /v1/w/{ws}/connections/{connectionId}/check', {
			params: { connectionId: connection.id },
		});
		expect(page.connection.state).toBe('degraded');
		const denied = page.checks.filter(({ outcome }) => outcome === 'denied');
		expect(denied).toEqual([expect.objectContaining({ action: 'logs:FilterLogEvents' })]);
		expect(denied[0]?.without).toMatch(/not measured/);
	});

	it('reads the payer’s bill only where that was ticked and granted', async () => {
		const without = await world.connect(payerAccountId);
		const refused = await world.api.call('POST', `/v1/w/${world.api.workspaceId}/billing-sources`, {
			token: await world.api.tokenOf('finance'),
			body: { kind: 'costExplorer', name: 'Payer', connectionId: without.id },
		});
		expect(refused.status).toBe(422);
		expect(refused.json).toMatchObject({ fields: [{ path: 'body.connectionId' }] });
		await askApi(world.api, 'DELETE /v1/w/{ws}/connections/{connectionId}', {
			params: { connectionId: without.id },
		});
		const connection = await world.connect(payerAccountId, {
			features: ['inventory', 'metrics', 'costs'],
		});
		const { checks } = await askApi(world.api, 'POST /v1/w/{ws}/connections/{connectionId}/check', {
			params: { connectionId: connection.id },
		});
		expect(checks).toContainEqual(
			expect.objectContaining({ action: 'ce:GetCostAndUsage', outcome: 'granted' }),
		);
		const source = await askApi(
			world.api,
			'POST /v1/w/{ws}/billing-sources',
			{ body: { kind: 'costExplorer', name: 'Payer', connectionId: connection.id } },
			'finance',
		);
		expect(source).toMatchObject({ kind: 'costExplorer', payerAccountId, state: 'waiting' });
	});

	it('counts what connecting made the account pay for', async () => {
		const calls = world.sandbox.calls().filter(({ action }) => action === 'ce:GetCostAndUsage');
		const asked = calls.reduce((sum, { billedUnits }) => sum + billedUnits, 0);
		expect(asked).toBeGreaterThan(0);
		const { calls: shown } = await askApi(world.api, 'GET /v1/w/{ws}/watch-cost');
		const row = shown.find(({ call }) => call === 'ce:GetCostAndUsage');
		expect(Number(row?.quantity)).toBe(asked);
	});
});
