import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { dataNowMs, startTestApi, type TestApi } from './testing/api.ts';
import { askApi } from './testing/client.ts';
import { seedFleet, type TestFleet } from './testing/fleet.ts';

let api: TestApi;
let fleet: TestFleet;
beforeAll(async () => {
	api = await startTestApi();
	fleet = await seedFleet(api.store, api.ctx, { nowMs: dataNowMs, functions: 2, days: 1 });
});
afterAll(() => api.close());

const add = (body: Record<string, unknown>) =>
	askApi(api, 'POST /v1/w/{ws}/billing-sources', { body: { name: 'Files', ...body } }, 'finance');
const connection = () => {
	const [first] = fleet.connections;
	if (first === undefined) throw new Error('the fleet has no connection');
	return first;
};

describe('a bill’s files in S3', () => {
	test('are read by the connection’s role, whose template grants the place from then on', async () => {
		const { id: connectionId, enrolmentId } = connection();
		const made = await add({ kind: 'cur', connectionId, location: 's3://acme-bills/cur/daily' });
		expect(made).toMatchObject({
			kind: 'cur',
			connectionId,
			location: 's3://acme-bills/cur/daily/',
			state: 'waiting',
		});
		const enrolment = await api.store.enrolments.get(api.ctx, enrolmentId);
		expect(enrolment?.costExport).toEqual({ bucket: 'acme-bills', prefix: 'cur/daily/' });
		const template = await askApi(api, 'GET /v1/w/{ws}/enrolments/{enrolmentId}/template', {
			params: { enrolmentId },
		});
		expect(template).toContain('arn:${AWS::Partition}:s3:::acme-bills/cur/daily/*');
	});

	test('are refused where the role may not read, and are not read twice', async () => {
		const { id: connectionId } = connection();
		const elsewhere = { kind: 'cur', connectionId, location: 's3://acme-bills/other' };
		await expect(add(elsewhere)).rejects.toThrow('422');
		await expect(add({ ...elsewhere, location: 's3://acme-bills/cur/daily' })).rejects.toThrow(
			'409',
		);
		await expect(add({ ...elsewhere, location: 'acme-bills' })).rejects.toThrow('422');
		await expect(add({ kind: 'focus', location: 's3://acme-bills' })).rejects.toThrow('422');
		await expect(add({ kind: 'focus', connectionId })).rejects.toThrow('422');
	});
});
