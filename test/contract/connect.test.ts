import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createAws, type Aws } from '@lamplight/aws/aws';
import { beginEnrolment, connectInstructions, connectionOf } from '@lamplight/aws/connect/enrol';
import { verifyConnection } from '@lamplight/aws/connect/verify';
import { listFunctions } from '@lamplight/aws/inventory/functions';
import { targetOf } from '@lamplight/aws/target';
import { type Feature, features as everyFeature } from '@lamplight/core/connection/connection';
import { permissionsFor } from '@lamplight/core/connection/permissions';
import { publicOrganizationTemplate } from '@lamplight/core/connection/organization';
import { workspaceIdSchema } from '@lamplight/core/ids';
import type { Sandbox } from '@lamplight/sandbox/sandbox';
import { startSandbox } from '@lamplight/sandbox/start';

import { wholeAccount } from '../support/wholeAccount.ts';

const workspaceId = workspaceIdSchema.parse('ws_00000000000000000000');
const features: Feature[] = ['inventory', 'metrics', 'logs'];

describe('connecting an account', () => {
	let sandbox: Sandbox;
	let aws: Aws;
	let accountId: string;
	const roleName = 'lamplight-test-collect';
	beforeAll(async () => {
		sandbox = await startSandbox({ functions: 24, seed: 7, trafficScale: 0.01 });
		process.env['AWS_ENDPOINT_URL'] = sandbox.endpoint;
		const own = sandbox.credentialsFor(sandbox.hubAccountId, { roleName });
		const account = wholeAccount(sandbox.world);
		accountId = account.id;
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

	it.each([
		['without files of a bill', undefined],
		['with them', { bucket: 'meridian-billing-exports', prefix: 'cur/' }],
	])('grants by the quick-create link what the template grants, %s', async (_, costExport) => {
		const { managementAccountId } = sandbox.world.organization;
		const { enrolment, connection } = beginEnrolment(
			{ clock: () => sandbox.clock.nowMs(), randomBytes: (count) => randomBytes(count) },
			{
				workspaceId,
				kind: 'account',
				accountId: managementAccountId,
				features: ['logs', 'costs'],
				createdBy: 'usr_test',
				...(costExport === undefined ? {} : { costExport }),
			},
		);
		const trust = { trustedAccountId: sandbox.hubAccountId, trustedRoleNames: [roleName] };
		const { quickCreateLink } = connectInstructions(
			{
				...trust,
				templateUrl: 'https://example-bucket.s3.amazonaws.com/connect.json',
				linkRegion: 'us-east-1',
			},
			enrolment,
		);
		const query = new URLSearchParams(quickCreateLink?.split('quickcreate?')[1]);
		const filledIn = [...query].filter(([name]) => name.startsWith('param_'));
		sandbox.createStack({
			accountId: managementAccountId,
			stackName: query.get('stackName') ?? '',
			template: publicOrganizationTemplate({ ...trust, features: [] }),
			parameters: Object.fromEntries(filledIn.map(([name, value]) => [name.slice(6), value])),
		});
		const { state, checks } = await verifyConnection(deps(), enrolment, connection);
		expect(state).toBe('healthy');
		const granted = checks.filter(({ outcome }) => outcome === 'granted');
		expect(granted.map(({ action }) => action).sort()).toEqual(
			permissionsFor(enrolment.features, { costExport: costExport !== undefined })
				.map(({ action }) => action)
				.sort(),
		);
		const report = sandbox.permissions().find(({ roleArn }) => roleArn === connection.roleArn);
		expect(report?.grantedNeverCalled).toEqual([]);
		sandbox.deleteStack(managementAccountId);
	});

	it.each(everyFeature)(
		'names what is missing of the feature %s, and what that costs',
		async (feature) => {
			const { managementAccountId } = sandbox.world.organization;
			const costExport = { bucket: 'meridian-billing-exports', prefix: 'cur/' };
			const { enrolment, connection } = beginEnrolment(
				{ clock: () => sandbox.clock.nowMs(), randomBytes: (count) => randomBytes(count) },
				{
					workspaceId,
					kind: 'account',
					accountId: managementAccountId,
					features: everyFeature,
					createdBy: 'usr_test',
					costExport,
				},
			);
			const { template } = connectInstructions(
				{
					trustedAccountId: sandbox.hubAccountId,
					trustedRoleNames: [roleName],
					templateUrl: null,
					linkRegion: 'us-east-1',
				},
				enrolment,
			);
			// A role from which somebody took one feature's statements away.
			const cut = withoutStatements(template, feature);
			sandbox.createStack({
				accountId: managementAccountId,
				template: cut,
				parameters: { ExternalId: enrolment.externalId },
			});
			const { state, checks } = await verifyConnection(deps(), enrolment, connection);
			expect(state).toBe('degraded');
			const denied = checks.filter(({ outcome }) => outcome === 'denied');
			const missing = permissionsFor([feature], { costExport: true });
			expect(denied.map(({ action }) => action)).toEqual(missing.map(({ action }) => action));
			expect(denied.map(({ without }) => without)).toEqual(missing.map(({ without }) => without));
			const others = checks.filter((check) => check.feature !== feature);
			expect(new Set(others.map(({ outcome }) => outcome))).toEqual(new Set(['granted']));
			sandbox.deleteStack(managementAccountId);
		},
	);

	it('covers an organisation by the quick-create link once its root is filled in', async () => {
		const organization = sandbox.world.organizationOf('361940275818');
		const [management, ...members] = organization?.accounts ?? [];
		const { enrolment } = beginEnrolment(
			{ clock: () => sandbox.clock.nowMs(), randomBytes: (count) => randomBytes(count) },
			{
				workspaceId,
				kind: 'organization',
				accountId: management?.id ?? '',
				features: ['logs', 'costs'],
				createdBy: 'usr_test',
			},
		);
		const trust = { trustedAccountId: sandbox.hubAccountId, trustedRoleNames: [roleName] };
		const template = publicOrganizationTemplate({ ...trust, features: [] });
		const { externalId: ExternalId } = enrolment;
		const ticked = { ExternalId, FeatureLogs: 'true', FeatureCosts: 'true' };
		const create = (parameters: Record<string, string>) =>
			sandbox.createStack({ accountId: management?.id ?? '', template, parameters });
		expect(create(ticked)).toHaveLength(1);
		const arns = create({ ...ticked, OrganizationalUnitIds: organization?.rootId ?? '' });
		expect(arns).toHaveLength(1 + members.length);
		const member = members.find(({ deniedActions }) => deniedActions.length === 0);
		const connection = connectionOf(
			{ clock: () => sandbox.clock.nowMs(), randomBytes: (count) => randomBytes(count) },
			enrolment,
			{
				accountId: member?.id ?? '',
				accountName: null,
				watchBudgetUsdPerMonth: 5,
				backfillBudgetUsd: 1,
			},
		);
		expect(await verifyConnection(deps(), enrolment, connection)).toMatchObject({
			state: 'healthy',
		});
		const report = sandbox.permissions().find(({ roleArn }) => roleArn === connection.roleArn);
		expect(report?.grantedNeverCalled).toEqual([]);
		sandbox.deleteStack(management?.id ?? '');
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

/** A template whose role lacks the statements of one feature: their ids begin with its name. */
function withoutStatements(template: unknown, feature: Feature): unknown {
	const name = `${feature.charAt(0).toUpperCase()}${feature.slice(1)}`;
	const isOf = (value: unknown) =>
		typeof value === 'object' &&
		value !== null &&
		'Sid' in value &&
		[name, `${name}Groups`, `${name}Bucket`, `${name}Objects`].includes(String(value.Sid));
	return JSON.parse(
		JSON.stringify(template, (_key, value: unknown) =>
			Array.isArray(value) ? value.filter((entry) => !isOf(entry)) : value,
		),
	) as unknown;
}
