import { randomBytes, randomUUID } from 'node:crypto';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Aws, createAws } from '@lamplight/aws/aws';
import { beginEnrolment, connectInstructions } from '@lamplight/aws/connect/enrol';
import { verifyConnection } from '@lamplight/aws/connect/verify';
import type { Backfill } from '@lamplight/core/collection/state';
import type { Connection, Enrolment, Feature } from '@lamplight/core/connection/connection';
import { type WorkspaceId, workspaceIdSchema } from '@lamplight/core/ids';
import type { LambdaFunction } from '@lamplight/core/function/function';
import type { Ctx } from '@lamplight/core/ctx';
import type { JobDeps } from '@lamplight/jobs/deps';
import { createMemory } from '@lamplight/jobs/memory';
import type { Message } from '@lamplight/jobs/message';
import { workMessage } from '@lamplight/jobs/work';
import { startDynamoDb } from '@lamplight/sandbox/dynamodb/start';
import type { Sandbox, SandboxOptions } from '@lamplight/sandbox/sandbox';
import { startSandbox } from '@lamplight/sandbox/start';
import { createStore, type Store } from '@lamplight/store/store';
import { ensureTable } from '@lamplight/store/table';

import { closedFiles } from './closedFiles.ts';

export const testWorkspaceId = workspaceIdSchema.parse('ws_00000000000000000000');
/** The role of ours that the connected accounts trust. */
export const collectorRole = 'lamplight-test-collect';

export interface LogLine {
	readonly event: string;
	readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

/** A simulated AWS, the store on embedded DynamoDB, and a worker whose queue the test empties by hand. */
export interface Collector {
	readonly sandbox: Sandbox;
	readonly aws: Aws;
	readonly deps: JobDeps;
	readonly store: Store;
	/** The client below the store. */
	readonly dynamo: DynamoDBClient;
	readonly tableName: string;
	readonly dynamoEndpoint: string;
	readonly queue: Message[];
	readonly lines: LogLine[];
	/** Connects an account with a role of its own, verified. */
	connect(
		accountId: string,
		features?: readonly Feature[],
		workspaceId?: WorkspaceId,
	): Promise<Connection>;
	/** Every function of an account that the inventory holds. */
	functions(connection: Connection): Promise<LambdaFunction[]>;
	/** Works every message off, and those that they send. */
	drain(): Promise<void>;
	close(): Promise<void>;
}

export interface CollectorOptions extends SandboxOptions {
	/** Share of AWS's rates; tests of arithmetic do not wait for tokens. */
	readonly rateShare?: number;
	/** Keeps the store on disk. */
	readonly databaseFolder?: string;
	/** Log groups that the roles may read; Lambda's own when left out. */
	readonly logGroupPatterns?: readonly string[];
}

export async function startCollector(options: CollectorOptions): Promise<Collector> {
	const { rateShare, logGroupPatterns, databaseFolder, ...world } = options;
	const sandbox = await startSandbox(world);
	process.env['AWS_ENDPOINT_URL'] = sandbox.endpoint;
	const clock = () => sandbox.clock.nowMs();
	const own = sandbox.credentialsFor(sandbox.hubAccountId, { roleName: collectorRole });
	const aws = createAws({
		clock,
		wallClock: Date.now,
		region: 'us-east-1',
		own: async () => own,
		...(rateShare === undefined ? {} : { rateShare }),
	});
	const dynamodb = await startDynamoDb(
		databaseFolder === undefined ? {} : { path: databaseFolder },
	);
	const dynamo = new DynamoDBClient({
		endpoint: dynamodb.endpoint,
		region: 'us-east-1',
		credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
	});
	const tableName = `lamplight-test-${randomUUID()}`;
	await ensureTable(dynamo, tableName);
	const store = createStore({ client: dynamo, tableName, clock });
	const queue: Message[] = [];
	const lines: LogLine[] = [];
	const deps: JobDeps = {
		store,
		aws,
		clock,
		wallClock: Date.now,
		randomBytes: (count) => randomBytes(count),
		queue: { send: async (messages) => void queue.push(...messages) },
		files: closedFiles(),
		memory: createMemory(),
		log: (event, facts = {}) => void lines.push({ event, facts }),
	};
	return {
		sandbox,
		aws,
		deps,
		store,
		dynamo,
		tableName,
		dynamoEndpoint: dynamodb.endpoint,
		queue,
		lines,
		connect: (
			accountId,
			features = ['inventory', 'metrics', 'logs'],
			workspaceId = testWorkspaceId,
		) =>
			connect(
				{ sandbox, aws, store, clock, logGroupPatterns },
				{ workspaceId, accountId, features },
			),
		functions: ({ workspaceId, accountId }) =>
			store.functions.listAccount(testCtx(workspaceId), accountId),
		async drain() {
			for (let message = queue.shift(); message !== undefined; message = queue.shift()) {
				await workMessage(deps, JSON.stringify(message));
			}
		},
		async close() {
			aws.close();
			delete process.env['AWS_ENDPOINT_URL'];
			await sandbox.close();
			dynamo.destroy();
			await dynamodb.close();
		},
	};
}

/** A context to look into the store with. */
export function testCtx(workspaceId: WorkspaceId = testWorkspaceId): Ctx {
	return { workspaceId, actor: { kind: 'job', job: 'test' }, requestId: 'test' };
}

/** A past of which nothing was read yet, as the backfill's checkpoint holds it. */
export function backfillFrom(fromMs: number, toMs: number): Backfill {
	return {
		fromMs,
		toMs,
		doneFromMs: toMs,
		regions: [],
		functions: 0,
		spentUsd: 0,
		budgetUsd: 1,
		stopped: false,
		...{ tries: 0, triedSinceMs: null },
		updatedMs: 0,
	};
}

interface ConnectParts {
	readonly sandbox: Sandbox;
	readonly aws: Aws;
	readonly store: Store;
	readonly clock: () => number;
	readonly logGroupPatterns: readonly string[] | undefined;
}

async function connect(
	parts: ConnectParts,
	of: {
		readonly workspaceId: WorkspaceId;
		readonly accountId: string;
		readonly features: readonly Feature[];
	},
): Promise<Connection> {
	const { sandbox, aws, store, clock, logGroupPatterns } = parts;
	const { enrolment, connection } = beginEnrolment(
		{ clock, randomBytes: (count) => randomBytes(count) },
		{
			...of,
			kind: 'account',
			createdBy: 'usr_test',
			...(logGroupPatterns === undefined ? {} : { logGroupPatterns }),
		},
	);
	createRole(sandbox, enrolment);
	const verified = await verifyConnection({ aws, clock }, enrolment, connection);
	const ctx = testCtx(of.workspaceId);
	await store.enrolments.create(ctx, enrolment);
	await store.connections.create(ctx, verified);
	return verified;
}

function createRole(sandbox: Sandbox, enrolment: Enrolment): void {
	const { template } = connectInstructions(
		{
			trustedAccountId: sandbox.hubAccountId,
			trustedRoleNames: [collectorRole],
			templateUrl: null,
			linkRegion: 'us-east-1',
		},
		enrolment,
	);
	const { accountId, externalId } = enrolment;
	sandbox.createStack({ accountId, template, parameters: { ExternalId: externalId } });
}
