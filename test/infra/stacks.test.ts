import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { connectRoleName } from '@lamplight/core/connection/template';
import { tableKeys } from '@lamplight/store/table';

import { memoryMb } from '../../stacks/memory.ts';
import { lambdaEntries } from '../gates/entries.ts';
import { missing, root } from '../support/needs.ts';

interface Registered {
	readonly type: string;
	readonly name: string;
	readonly inputs: Record<string, unknown>;
}

interface Synthesis {
	readonly resources: readonly Registered[];
	readonly builds: readonly {
		readonly handler: string;
		readonly bytes: number;
		readonly files: number;
		readonly splitting: boolean;
	}[];
	readonly error: string | null;
}

interface Statement {
	readonly Effect: string;
	readonly Action: string | string[];
	readonly Resource: string | string[];
}

const run = promisify(execFile);
const reason = missing('sstPlatform');
/** One synthesis takes about ten seconds alone on two cores; the machine may be busy. */
const synthesisTimeoutMs = 150_000;
const scratch = mkdtempSync(join(tmpdir(), 'lamplight-stacks-'));

async function synthesise(stage: string): Promise<Synthesis> {
	const out = join(scratch, `${stage}.json`);
	await run(
		process.execPath,
		[join(root, 'test/infra/synth/synth.mjs'), '--stage', stage, '--out', out],
		{
			env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' },
			timeout: synthesisTimeoutMs,
			killSignal: 'SIGKILL',
		},
	);
	return JSON.parse(readFileSync(out, 'utf8')) as Synthesis;
}

describe.skipIf(reason !== null)(
	`the stacks, synthesised offline (${reason ?? 'SST is here'})`,
	() => {
		let ci: Synthesis;
		let production: Synthesis;

		beforeAll(async () => {
			ci = await synthesise('ci');
			production = await synthesise('production');
		}, 2 * synthesisTimeoutMs);

		afterAll(() => {
			rmSync(scratch, { recursive: true, force: true });
		});

		const all = (synthesis: Synthesis, type: string) =>
			synthesis.resources.filter((resource) => resource.type === type);
		const only = (synthesis: Synthesis, type: string, name: RegExp): Registered => {
			const found = all(synthesis, type).filter((resource) => name.test(resource.name));
			expect(found, `${type} ${name}`).toHaveLength(1);
			return found[0]!;
		};
		/** The statements of a role's own policies. */
		const statements = (role: Registered): Statement[] =>
			(role.inputs['inlinePolicies'] as { policy: string }[]).flatMap(
				({ policy }) => (JSON.parse(policy) as { Statement: Statement[] }).Statement,
			);

		it('registers without an error and builds every handler', () => {
			expect(ci.error).toBeNull();
			expect(ci.builds.map((build) => build.handler).sort()).toEqual([
				'apps/api/src/lambda.handler',
				// The collector, and the small worker for readings.
				'apps/jobs/src/collect/handler.handler',
				'apps/jobs/src/collect/handler.handler',
				'apps/jobs/src/plan/handler.handler',
			]);
		});

		it('declares the one table as the store lays it out', () => {
			const { inputs } = only(ci, 'aws:dynamodb/table:Table', /^MainTable$/);
			expect(inputs).toMatchObject({
				billingMode: 'PAY_PER_REQUEST',
				hashKey: tableKeys.partition,
				rangeKey: tableKeys.sort,
				ttl: { attributeName: tableKeys.expiry, enabled: true },
			});
		});

		it('protects the data of production and only of production', () => {
			const table = (synthesis: Synthesis) =>
				only(synthesis, 'aws:dynamodb/table:Table', /^MainTable$/).inputs[
					'deletionProtectionEnabled'
				];
			expect(table(production)).toBe(true);
			expect(table(ci)).not.toBe(true);
		});

		it('lets only Lambda assume the functions’ roles', () => {
			// The scheduler's own, and the collector's as the small worker looks it up.
			const others = /^(PlanRole|ReadingsSubscriber.*Role)$/;
			const roles = all(ci, 'aws:iam/role:Role').filter((role) => !others.test(role.name));
			expect(roles.length).toBeGreaterThanOrEqual(3);
			for (const role of roles) {
				const policy = JSON.stringify(role.inputs['assumeRolePolicy']);
				expect(policy, role.name).toContain('lambda.amazonaws.com');
				expect(policy, role.name).not.toContain(':root');
			}
		});

		it('grants no function a whole service', () => {
			const roles = all(ci, 'aws:iam/role:Role').filter((role) => 'inlinePolicies' in role.inputs);
			const wild = roles.flatMap((role) =>
				statements(role)
					.flatMap(({ Action }) => Action)
					.filter((action) => action.endsWith(':*') || action === '*'),
			);
			expect(roles.length).toBeGreaterThanOrEqual(3);
			expect(wild).toEqual([]);
		});

		it('lets the collector assume customers’ roles by name and nothing else', () => {
			const role = only(ci, 'aws:iam/role:Role', /^CollectSubscriber.*Role$/);
			const assumed = statements(role).filter(({ Action }) =>
				[Action].flat().includes('sts:AssumeRole'),
			);
			expect(assumed).toHaveLength(1);
			expect([assumed[0]!.Resource].flat()).toEqual([`arn:aws:iam::*:role/${connectRoleName}`]);
		});

		it('keeps exports private: links sign what the API may read, and jobs alone write', () => {
			const ofExports = (role: Registered) =>
				statements(role).filter(({ Action }) =>
					[Action].flat().some((one) => one.startsWith('s3:')),
				);
			const api = ofExports(only(ci, 'aws:iam/role:Role', /^ApiRole$/));
			expect(api.flatMap(({ Action }) => Action)).toEqual(['s3:GetObject']);
			const collect = ofExports(only(ci, 'aws:iam/role:Role', /^CollectSubscriber.*Role$/));
			expect(collect.flatMap(({ Action }) => Action)).toEqual([
				's3:PutObject',
				's3:AbortMultipartUpload',
			]);
			for (const { Resource } of [...api, ...collect]) {
				expect([Resource].flat().every((one) => one.endsWith('/*'))).toBe(true);
			}
			const closed = only(
				ci,
				'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock',
				/^ExportsPublicAccessBlock$/,
			);
			expect(closed.inputs).toMatchObject({ blockPublicPolicy: true, blockPublicAcls: true });
			const lifecycle = all(
				ci,
				'aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2',
			)
				.concat(all(ci, 'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration'))
				.filter(({ name }) => name.startsWith('Exports'));
			expect(lifecycle).toHaveLength(1);
			const rules = JSON.stringify(lifecycle[0]?.inputs['rules']);
			expect(rules).toContain('"days":7');
			expect(rules).toContain('"daysAfterInitiation":1');
		});

		it('lets the API send to the jobs’ queue and to no other', () => {
			const sends = statements(only(ci, 'aws:iam/role:Role', /^ApiRole$/)).filter(({ Action }) =>
				[Action].flat().some((one) => one.startsWith('sqs:')),
			);
			expect(sends.flatMap(({ Action }) => Action)).toEqual(['sqs:SendMessage']);
			expect(sends.flatMap(({ Resource }) => Resource)).toHaveLength(1);
		});

		it('publishes a template that trusts the very roles that assume', () => {
			const object = only(ci, 'aws:s3/bucketObjectv2:BucketObjectv2', /^ConnectTemplate$/);
			const names = ['lamplight-ci-api', 'lamplight-ci-collect'];
			for (const name of names) expect(String(object.inputs['content'])).toContain(name);
			const roles = all(ci, 'aws:iam/role:Role').map((role) => role.inputs['name']);
			expect(roles).toEqual(expect.arrayContaining(names));
		});

		it('hides a collect message for longer than a collector may work on it', () => {
			const queue = only(ci, 'aws:sqs/queue:Queue', /^CollectQueue$/);
			const collector = only(ci, 'aws:lambda/function:Function', /^CollectSubscriber.*Function$/);
			const visibility = Number(queue.inputs['visibilityTimeoutSeconds']);
			expect(visibility).toBeGreaterThanOrEqual(6 * Number(collector.inputs['timeout']));
			expect(collector.inputs['memorySize']).toBe(memoryMb.collect);
		});

		it('reads in a small worker, in the collector’s role, and gives the collector what that cannot do', () => {
			const reader = only(ci, 'aws:lambda/function:Function', /^ReadingsSubscriber.*Function$/);
			const collector = only(ci, 'aws:lambda/function:Function', /^CollectSubscriber.*Function$/);
			expect(reader.inputs['memorySize']).toBe(memoryMb.read);
			expect(memoryMb.read).toBeLessThan(memoryMb.collect);
			expect(reader.inputs['role']).toEqual(collector.inputs['role']);
			const queue = only(ci, 'aws:sqs/queue:Queue', /^ReadingsQueue$/);
			const visibility = Number(queue.inputs['visibilityTimeoutSeconds']);
			// A reading is stale after ten minutes.
			expect(visibility).toBeGreaterThan(Number(reader.inputs['timeout']));
			expect(visibility).toBeLessThan(600);
			expect(JSON.stringify(queue.inputs['redrivePolicy'])).toContain('maxReceiveCount');
		});

		it('lets the collector send what it divides, and read both queues', () => {
			const role = only(ci, 'aws:iam/role:Role', /^CollectSubscriber.*Role$/);
			const resources = (action: string) =>
				statements(role)
					.filter(({ Action }) => [Action].flat().includes(action))
					.flatMap(({ Resource }) => Resource);
			expect(new Set(resources('sqs:SendMessage')).size).toBe(2);
			expect(new Set(resources('sqs:ReceiveMessage')).size).toBe(2);
		});

		it('answers failed messages one by one and keeps the lost ones', () => {
			const mapping = only(ci, 'aws:lambda/eventSourceMapping:EventSourceMapping', /Collect/);
			expect(mapping.inputs['functionResponseTypes']).toEqual(['ReportBatchItemFailures']);
			const alarm = only(ci, 'aws:cloudwatch/metricAlarm:MetricAlarm', /DeadLetters/);
			expect(alarm.inputs).toMatchObject({ threshold: 0, namespace: 'AWS/SQS' });
		});

		it('plans every minute', () => {
			const schedule = only(ci, 'aws:scheduler/schedule:Schedule', /^Plan/);
			expect(schedule.inputs['scheduleExpression']).toBe('rate(1 minute)');
		});

		it('signs in by code with a confidential client, short tokens and rotation', () => {
			const { inputs } = only(ci, 'aws:cognito/userPoolClient:UserPoolClient', /^ApiClient$/);
			expect(inputs).toMatchObject({
				generateSecret: true,
				allowedOauthFlows: ['code'],
				accessTokenValidity: 15,
				tokenValidityUnits: { accessToken: 'minutes' },
				refreshTokenRotation: { feature: 'ENABLED' },
			});
		});

		it('deploys each function in files that are loaded when needed, as its budget weighs it', () => {
			const deployed = new Map(ci.builds.map((build) => [build.handler, build]));
			for (const { source } of lambdaEntries) {
				const build = deployed.get(source.replace(/\.ts$/, '.handler'));
				expect(build, source).toMatchObject({ splitting: true });
				expect(build?.files, source).toBeGreaterThan(20);
			}
		});

		it('serves the dashboard and the API from one origin that adds the secret header', () => {
			expect(all(ci, 'aws:cloudfront/distribution:Distribution')).toHaveLength(1);
			const edge = only(ci, 'aws:cloudfront/function:Function', /^EdgeCloudfrontFunctionRequest$/);
			expect(String(edge.inputs['code'])).toContain('x-lamplight-origin');
			expect(String(edge.inputs['code'])).toContain(
				'event.request.headers["x-lamplight-viewer"] = { value: event.viewer.ip }',
			);
			const api = only(ci, 'aws:lambda/function:Function', /^ApiFunction$/);
			const { variables } = api.inputs['environment'] as { variables: Record<string, string> };
			expect(Object.keys(variables)).toEqual(
				expect.arrayContaining([
					'LAMPLIGHT_ORIGIN_SECRET',
					'LAMPLIGHT_OIDC_ISSUER',
					'LAMPLIGHT_TABLE',
				]),
			);
		});
	},
);
