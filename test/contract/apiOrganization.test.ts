import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { askApi } from '@lamplight/api/testing/client';
import { features } from '@lamplight/core/connection/connection';

import { type ApiWorld, startApiWorld } from '../support/apiWorld.ts';

const accountId = '361940275818';
const rootId = 'r-fj0r';

let world: ApiWorld;
beforeAll(async () => {
	world = await startApiWorld({ functions: 5, trafficScale: 0.01 });
});
afterAll(() => world.close());

describe('connecting an organisation through the API', () => {
	let enrolmentId: string;
	const verify = () =>
		askApi(world.api, 'POST /v1/w/{ws}/enrolments/{enrolmentId}/verify', {
			params: { enrolmentId },
		});

	it('finds and tries every account once the stack is there, the denied action named', async () => {
		const enrolment = await askApi(world.api, 'POST /v1/w/{ws}/enrolments', {
			body: { kind: 'organization', accountId, features: [...features] },
		});
		enrolmentId = enrolment.id;
		expect((await verify()).connections.map(({ state }) => state)).toEqual(['waiting']);
		const template = await askApi(world.api, 'GET /v1/w/{ws}/enrolments/{enrolmentId}/template', {
			params: { enrolmentId },
			query: { unit: rootId },
		});
		const arns = world.sandbox.createStack({
			accountId,
			template: JSON.parse(template) as unknown,
			parameters: { ExternalId: enrolment.externalId },
		});
		expect(arns).toHaveLength(12);
		const { connections } = await verify();
		const states = connections.map(({ accountName, state, reason }) => [
			accountName ?? accountId,
			state,
			reason,
		]);
		expect(states).toHaveLength(12);
		expect(states.filter(([, state]) => state === 'healthy')).toHaveLength(11);
		expect(states.filter(([, state]) => state !== 'healthy')).toEqual([
			['crew-apps', 'degraded', 'Not granted: logs:FilterLogEvents.'],
		]);
		const { sources } = await askApi(world.api, 'GET /v1/w/{ws}/billing-sources');
		expect(sources).toMatchObject([{ kind: 'costExplorer', payerAccountId: accountId }]);
	});

	it('removes an account with its data when that is asked for, and keeps the rest', async () => {
		const { connections } = await verify();
		const gone = connections.find(({ accountName }) => accountName === 'analytics');
		const params = { connectionId: gone?.connectionId ?? '' };
		await askApi(world.api, 'DELETE /v1/w/{ws}/connections/{connectionId}', {
			params,
			query: { data: 'remove' },
		});
		const page = await askApi(world.api, 'GET /v1/w/{ws}/connections/{connectionId}', { params });
		expect(page.connection).toMatchObject({
			state: 'paused',
			reason: 'It is being removed with its data.',
		});
		const resumed = await world.api.call(
			'PATCH',
			`/v1/w/${world.api.workspaceId}/connections/${params.connectionId}`,
			{ token: await world.api.tokenOf('admin'), body: { paused: false } },
		);
		expect(resumed.status).toBe(409);
	});
});
