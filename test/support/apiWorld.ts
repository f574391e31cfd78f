import { type Aws, createAws } from '@lamplight/aws/aws';
import { askApi } from '@lamplight/api/testing/client';
import { startTestApi, type TestApi } from '@lamplight/api/testing/api';
import type { ApiDeps } from '@lamplight/api/deps';
import type { Connection, Feature } from '@lamplight/core/connection/connection';
import type { JobDeps } from '@lamplight/jobs/deps';
import { createMemory } from '@lamplight/jobs/memory';
import type { Message } from '@lamplight/jobs/message';
import { workMessage } from '@lamplight/jobs/work';
import type { Sandbox, SandboxOptions } from '@lamplight/sandbox/sandbox';

import { closedFiles } from './closedFiles.ts';
import { fixedSandbox } from './sandbox.ts';

const roleName = 'lamplight-test-api';

/** The whole API over embedded DynamoDB, looking into the simulated AWS through the real adapters. */
export interface ApiWorld {
	readonly api: TestApi;
	readonly sandbox: Sandbox;
	readonly aws: Aws;
	/** Connects an account as a person does: enrol, create the stack, verify; then takes inventory. */
	connect(accountId: string, options?: ConnectOptions): Promise<Connection>;
	close(): Promise<void>;
}

export interface ConnectOptions {
	readonly features?: readonly Feature[];
	readonly watchBudgetUsdPerMonth?: number;
	/** Log groups that the role may read; Lambda's own when left out. */
	readonly logGroupPatterns?: readonly string[];
}

export interface ApiWorldOptions extends SandboxOptions {
	readonly settings?: Partial<ApiDeps['settings']>;
}

/** Starts a fixed world and the API over it. AWS's rates are neither enforced nor kept. */
export async function startApiWorld(options: ApiWorldOptions = {}): Promise<ApiWorld> {
	const { settings, ...world } = options;
	const sandbox = await fixedSandbox({ rateLimits: false, ...world });
	process.env['AWS_ENDPOINT_URL'] = sandbox.endpoint;
	const clock = () => sandbox.clock.nowMs();
	const own = sandbox.credentialsFor(sandbox.hubAccountId, { roleName });
	const aws = createAws({
		clock,
		wallClock: Date.now,
		region: 'us-east-1',
		own: async () => own,
		rateShare: 100,
	});
	const api = await startTestApi({
		clock,
		// The ceiling of calls has tests of its own.
		rateLimit: () => undefined,
		...(settings === undefined ? {} : { settings }),
		connect: {
			aws: async () => aws,
			clock,
			trustedAccountId: sandbox.hubAccountId,
			trustedRoleNames: [roleName],
		},
	});
	return {
		api,
		sandbox,
		aws,
		connect: (accountId, connecting = {}) => connect({ api, sandbox, aws }, accountId, connecting),
		async close() {
			aws.close();
			delete process.env['AWS_ENDPOINT_URL'];
			await api.close();
			await sandbox.close();
		},
	};
}

async function connect(
	{ api, sandbox, aws }: Pick<ApiWorld, 'api' | 'sandbox' | 'aws'>,
	accountId: string,
	{ features = ['inventory', 'metrics', 'logs'], ...more }: ConnectOptions,
): Promise<Connection> {
	const begun = await askApi(api, 'POST /v1/w/{ws}/enrolments', {
		body: { kind: 'account', accountId, features, ...more },
	});
	const params = { enrolmentId: begun.id };
	const template: unknown = JSON.parse(
		await askApi(api, 'GET /v1/w/{ws}/enrolments/{enrolmentId}/template', { params }),
	);
	sandbox.createStack({ accountId, template, parameters: { ExternalId: begun.externalId } });
	await askApi(api, 'POST /v1/w/{ws}/enrolments/{enrolmentId}/verify', { params });
	const connections = await api.store.connections.list(api.ctx);
	const connection = connections.find(({ enrolmentId }) => enrolmentId === begun.id);
	if (connection === undefined) throw new Error('the enrolment made no connection');
	await takeInventory({ api, aws }, connection);
	return connection;
}

/** What exists in the account, and the pages kept ready, as the jobs would have them. */
export async function takeInventory(
	{ api, aws }: Pick<ApiWorld, 'api' | 'aws'>,
	{ workspaceId, id: connectionId }: Connection,
): Promise<void> {
	const plannedMs = api.deps.clock();
	const later: Message[] = [];
	const deps: JobDeps = {
		store: api.store,
		aws,
		clock: api.deps.clock,
		wallClock: Date.now,
		randomBytes: api.deps.connect.randomBytes,
		queue: { send: async (messages) => void later.push(...messages) },
		files: closedFiles(),
		memory: createMemory(),
		log: () => undefined,
	};
	const work: Message[] = [
		{ kind: 'inventory', workspaceId, plannedMs, connectionId, details: false },
		{ kind: 'rollup', workspaceId, plannedMs, windows: ['24h'] },
	];
	for (const message of work) await workMessage(deps, JSON.stringify(message));
}
