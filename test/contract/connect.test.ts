import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createAws, type Aws } from '@lamplight/aws/aws';
import { beginEnrolment, connectInstructions } from '@lamplight/aws/connect/enrol';
import { verifyConnection } from '@lamplight/aws/connect/verify';
import { listFunctions } from '@lamplight/aws/inventory/functions';
import { targetOf } from '@lamplight/aws/target';
import type { Feature } from '@lamplight/core/connection/connection';
import { workspaceIdSchema } from '@lamplight/core/ids';
import type { Sandbox } from '@lamplight/sandbox/sandbox';
import { startSandbox } from '@lamplight/sandbox/start';

const workspaceId = workspaceIdSchema.parse('ws_00000000000000000000');
const features: Feature[] = ['inventory', 'metrics', 'logs'];

describe('connecting an account', () => {
	let sandbox: Sandbox;
	let aws: Aws;
	let accountId: string;
	const roleName = 'lamplight-test-collect';
	beforeAll(async () => {
		sandbox = await startSandbox({ functions: 24, seed: 7 });
		process.env['AWS_ENDPOINT_URL'] = sandbox.endpoint;
		const own = sandbox.credentialsFor(sandbox.hubAccountId, { roleName });
		const account = sandbox.world.accounts.find(
			({ activeRegions, deniedActions, isPayer }) =>
				activeRegions.length > 0 && deniedActions.length === 0 && !isPayer,
		);
		accountId = account?.id ?? '';
		aws = createAws({
			clock: () => sandbox.clock.nowMs(),
			wallClock: Date.now,
			region: 'us-east-1',
			own: async () => own,
		});
	});
	afterAll(async () => {
		aws.close();
		delete process.env['AWS_ENDPOINT_URL'];
		await sandbox.close();
	});

	const begin = () =>
		beginEnrolment(
			{ clock: () => sandbox.clock.nowMs(), randomBytes: (count) => randomBytes(count) },
			{ workspaceId, kind: 'account', accountId, features, createdBy: 'usr_test' },
		);
	const deps = () => ({ aws, clock: () => sandbox.clock.nowMs() });
	const createRole = (enrolment: ReturnType<typeof begin>['enrolment']) =>
		sandbox.createStack({
			accountId,
			template: connectInstructions(
				{
					trustedAccountId: sandbox.hubAccountId,
					trustedRoleNames: [roleName],
					templateUrl: null,
					linkRegion: 'us-east-1',
				},
				enrolment,
			).template,
			parameters: { ExternalId: enrolment.externalId },
		});

	it('waits for the role, then finds every permission granted', async () => {
		const { enrolment, connection } = begin();
		const before = await verifyConnection(deps(), enrolment, connection);
		expect(before.state).toBe('waiting');
		const [roleArn] = createRole(enrolment);
		expect(roleArn).toBe(connection.roleArn);
		const after = await verifyConnection(deps(), enrolment, connection);
		const granted = after.checks.filter(({ outcome }) => outcome === 'granted');
		expect(after.checks.filter(({ outcome }) => outcome === 'denied')).toEqual([]);
		expect(granted.length).toBeGreaterThan(8);
		expect(after).toMatchObject({ state: 'healthy', reason: null });
		const account = aws.open(targetOf(enrolment, after));
		const [region = ''] = sandbox.world.account(accountId)?.activeRegions ?? [];
		const { facts, notUnderstood } = await listFunctions(account, region);
		expect(notUnderstood).toEqual([]);
		expect(JSON.stringify(facts)).not.toMatch(/environment|secret/i);
		const names = new Set(facts.map(({ name }) => name));
		const truth = sandbox.world.functions(accountId, region, sandbox.clock.nowMs());
		expect([...names].sort()).toEqual(truth.map(({ name }) => name).sort());
	});

	it('refuses another enrolment’s external id', async () => {
		createRole(begin().enrolment);
		const { enrolment, connection } = begin();
		const tried = await verifyConnection(deps(), enrolment, connection);
		expect(tried.state).toBe('waiting');
	});

	it('marks a role that asks for no external id as unsafe', async () => {
		const { enrolment, connection } = begin();
		const { template } = connectInstructions(
			{
				trustedAccountId: sandbox.hubAccountId,
				trustedRoleNames: [roleName],
				templateUrl: null,
				linkRegion: 'us-east-1',
			},
			enrolment,
		);
		const open = JSON.parse(
			JSON.stringify(template).replace(
				'"StringEquals":{"sts:ExternalId":{"Ref":"ExternalId"}},',
				'',
			),
		) as unknown;
		sandbox.createStack({
			accountId,
			template: open,
			parameters: { ExternalId: enrolment.externalId },
		});
		const tried = await verifyConnection(deps(), enrolment, connection);
		expect(tried.state).toBe('unsafe');
	});
});
