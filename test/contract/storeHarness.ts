import { randomBytes, randomUUID } from 'node:crypto';

import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Bucket } from '@lamplight/core/bucket/bucket';
import type { Ctx } from '@lamplight/core/ctx';
import type { Execution } from '@lamplight/core/execution/execution';
import type { LambdaFunction } from '@lamplight/core/function/function';
import {
	type ConnectionId,
	connectionIdSchema,
	type FunctionId,
	functionId,
	functionParts,
	workspaceIdSchema,
} from '@lamplight/core/ids';
import { startDynamoDb } from '@lamplight/sandbox/dynamodb/start';
import { createStore, type Store } from '@lamplight/store/store';
import { ensureTable } from '@lamplight/store/table';

/** 2026-11-20T10:00Z, a Friday: where the tests' clocks start. */
export const startMs = Date.UTC(2026, 10, 20, 10);

export interface Harness {
	readonly store: Store;
	readonly client: DynamoDBClient;
	/** A client of its own to the same server. */
	connect(): DynamoDBClient;
	readonly tableName: string;
	/** The store's clock; set it to travel. */
	now: number;
	/** Another store on the same table, as another process would have. */
	other(): Store;
	close(): Promise<void>;
}

/**
 * A store on a table of its own, on the embedded server or on the endpoint that
 * `LAMPLIGHT_TEST_DYNAMODB_ENDPOINT` names: any server that speaks DynamoDB, such as moto's
 * (`moto_server -p 5000`), which is slower than the tests' usual patience:
 *
 *     LAMPLIGHT_TEST_DYNAMODB_ENDPOINT=http://127.0.0.1:5000 \
 *       npx vitest run test/contract/store --testTimeout 120000
 *
 * Tables have random names and are deleted at the end.
 */
export async function startStore(): Promise<Harness> {
	const given = process.env['LAMPLIGHT_TEST_DYNAMODB_ENDPOINT'];
	const server = given === undefined ? await startDynamoDb() : null;
	const connect = () =>
		new DynamoDBClient({
			endpoint: given ?? server?.endpoint ?? '',
			region: 'us-east-1',
			credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
		});
	const client = connect();
	const tableName = `lamplight-test-${randomUUID()}`;
	await ensureTable(client, tableName);
	const harness: Harness = {
		client,
		connect,
		tableName,
		now: startMs,
		store: createStore({ client, tableName, clock: () => harness.now }),
		other: () => createStore({ client, tableName, clock: () => harness.now }),
		close: async () => {
			if (server === null) await client.send(new DeleteTableCommand({ TableName: tableName }));
			client.destroy();
			await server?.close();
		},
	};
	return harness;
}

/** An id of ours: its prefix and 26 random characters. */
export function id(prefix: string): string {
	return `${prefix}_${randomBytes(13).toString('hex')}`;
}

export function ctxOf(workspaceId = workspaceIdSchema.parse(id('ws'))): Ctx {
	return { workspaceId, actor: { kind: 'job', job: 'test' }, requestId: 'test' };
}

export const newConnectionId = (): ConnectionId => connectionIdSchema.parse(id('con'));

export function named(name: string, region = 'eu-west-1'): FunctionId {
	return functionId({ accountId: '123456789012', region, name });
}

/** A bucket as metrics give it; the figures given go over it. */
export function bucket(minuteMs: number, figures: Partial<Bucket> = {}): Bucket {
	const invocations = figures.invocations ?? 1;
	const durationSumUs = figures.durationSumUs ?? invocations * 120_000;
	return {
		minuteMs,
		invocations,
		errors: null,
		throttles: null,
		durationSumUs,
		durationMaxUs: 150_000,
		p50Us: 110_000,
		p95Us: 140_000,
		p99Us: 149_000,
		billedMs: null,
		billedMibMs: null,
		coldStarts: null,
		initUs: null,
		timeouts: null,
		maxMemoryUsedMib: null,
		concurrencyMax: null,
		logBytes: null,
		...figures,
	};
}

export function lambdaFunction(
	functionIdOf: FunctionId,
	connectionId: ConnectionId,
	changes: Partial<LambdaFunction> = {},
): LambdaFunction {
	const { accountId, region, name } = functionParts(functionIdOf);
	return {
		id: functionIdOf,
		connectionId,
		accountId,
		region,
		name,
		arn: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
		runtime: 'nodejs24.x',
		packageType: 'Zip',
		handler: 'index.handler',
		architecture: 'arm64',
		billingMode: 'on-demand',
		memoryMib: 256,
		ephemeralStorageMib: 512,
		timeoutSeconds: 30,
		codeSizeBytes: 1_234_567,
		codeSha256: null,
		revisionId: null,
		lastModifiedMs: startMs,
		version: null,
		aliases: [],
		snapStart: false,
		tracing: false,
		reservedConcurrency: null,
		provisionedConcurrency: [],
		eventSources: [],
		layers: [],
		logGroup: `/aws/lambda/${name}`,
		logFormat: 'JSON',
		systemLogLevel: null,
		logClass: 'STANDARD',
		logRetentionDays: 14,
		logStoredBytes: null,
		tags: {},
		app: null,
		owner: null,
		firstSeenMs: startMs,
		lastSeenMs: startMs,
		goneMs: null,
		...changes,
	};
}

/** An execution so many seconds after the tests' clocks start. */
export function execution(
	name: string,
	atSeconds: number,
	changes: Partial<Execution> = {},
): Execution {
	return {
		functionId: named(name),
		requestId: `req-${atSeconds}`,
		logStream: '2026/11/20/[$LATEST]abc',
		attempt: 1,
		startMs: startMs + atSeconds * 1000,
		durationUs: 100_000 + atSeconds,
		billedMs: 101,
		memoryMib: 256,
		maxMemoryUsedMib: 80,
		initUs: null,
		restoreUs: null,
		version: '$LATEST',
		status: 'success',
		errorType: null,
		issueId: null,
		traceId: null,
		...changes,
	};
}
