import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
	BatchWriteItemCommand,
	CreateTableCommand,
	DescribeTimeToLiveCommand,
	DynamoDBClient,
	GetItemCommand,
	PutItemCommand,
	QueryCommand,
	ScanCommand,
	TransactWriteItemsCommand,
	UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { startDynamoDb } from './start.ts';

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'lamplight-dynamodb-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function clientOf(endpoint: string): DynamoDBClient {
	return new DynamoDBClient({
		endpoint,
		region: 'us-east-1',
		maxAttempts: 1,
		credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
	});
}

async function makeTable(client: DynamoDBClient, TableName = 'things'): Promise<void> {
	await client.send(
		new CreateTableCommand({
			TableName,
			BillingMode: 'PAY_PER_REQUEST',
			KeySchema: [
				{ AttributeName: 'pk', KeyType: 'HASH' },
				{ AttributeName: 'sk', KeyType: 'RANGE' },
			],
			AttributeDefinitions: [
				{ AttributeName: 'pk', AttributeType: 'S' },
				{ AttributeName: 'sk', AttributeType: 'S' },
			],
		}),
	);
}

const key = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } });

async function sortKeys(client: DynamoDBClient): Promise<string[]> {
	const { Items = [] } = await client.send(new ScanCommand({ TableName: 'things' }));
	return Items.map((item) => item['sk']?.S ?? '');
}

it('keeps what was acknowledged, bytes exact, over a restart', async () => {
	const first = await startDynamoDb({ path: folder });
	const client = clientOf(first.endpoint);
	await makeTable(client);
	const blob = Uint8Array.from({ length: 5000 }, (_, at) => at % 256);
	await client.send(
		new PutItemCommand({ TableName: 'things', Item: { ...key('a'), blob: { B: blob } } }),
	);
	await first.close();
	const second = await startDynamoDb({ path: folder });
	const { Item } = await clientOf(second.endpoint).send(
		new GetItemCommand({ TableName: 'things', Key: key('a') }),
	);
	expect(Item?.['blob']?.B).toEqual(blob);
	await second.close();
});

it('sweeps what has expired, and only that', async () => {
	const server = await startDynamoDb();
	const client = clientOf(server.endpoint);
	await makeTable(client);
	const specification = { AttributeName: 'expiresAt', Enabled: true };
	expect(await client.send(new DescribeTimeToLiveCommand({ TableName: 'things' }))).toMatchObject({
		TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' },
	});
	await client.send(
		new UpdateTimeToLiveCommand({
			TableName: 'things',
			TimeToLiveSpecification: specification,
		}),
	);
	expect(await client.send(new DescribeTimeToLiveCommand({ TableName: 'things' }))).toMatchObject({
		TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' },
	});
	const expiries = Array.from({ length: 23 }, (_, at) => 990 + at);
	await client.send(
		new BatchWriteItemCommand({
			RequestItems: {
				things: expiries.map((at) => ({
					PutRequest: { Item: { ...key(`at-${at}`), expiresAt: { N: String(at) } } },
				})),
			},
		}),
	);
	await client.send(new PutItemCommand({ TableName: 'things', Item: key('for ever') }));
	expect(await server.sweep(1_000_000)).toBe(10);
	expect((await sortKeys(client)).sort()).toEqual([
		...expiries.filter((at) => at >= 1000).map((at) => `at-${at}`),
		'for ever',
	]);
	expect(await server.sweep(1_000_000)).toBe(0);
	await server.close();
});

it('gives back the space of what was overwritten, although it was read in between', async () => {
	const server = await startDynamoDb({ path: folder });
	const client = clientOf(server.endpoint);
	await makeTable(client);
	// 20 rounds over the same 1.5 MB: without a trace of the former ones, disk stays near the
	// database's own buffers (under 20 MB); with all of them, it holds over 80 MB.
	for (let round = 0; round < 20; round++) {
		const items = Array.from({ length: 25 }, (_, at) => ({
			...key(`item-${at}`),
			blob: { B: randomBytes(60_000) },
		}));
		const requests = items.map((Item) => ({ PutRequest: { Item } }));
		await client.send(new BatchWriteItemCommand({ RequestItems: { things: requests } }));
		const read = { TableName: 'things', KeyConditionExpression: 'pk = :pk' };
		const values = { ExpressionAttributeValues: { ':pk': { S: 'p' } } };
		const { Count } = await client.send(new QueryCommand({ ...read, ...values, Limit: 3 }));
		expect(Count).toBe(3);
		await client.send(new ScanCommand({ TableName: 'things', Limit: 2 }));
	}
	await server.close();
	const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size);
	const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
	expect(bytes).toBeLessThan(40e6);
});

it('refuses a second start on one folder with a sentence that names the holder', async () => {
	const server = await startDynamoDb({ path: folder });
	await expect(startDynamoDb({ path: folder })).rejects.toThrow(
		`The data folder ${folder} is in use by another Lamplight (process ${process.pid})`,
	);
	await server.close();
	await (await startDynamoDb({ path: folder })).close();
});

it('says what to do about a damaged folder, and about one that is no folder', async () => {
	const server = await startDynamoDb({ path: folder });
	await makeTable(clientOf(server.endpoint));
	await server.close();
	const [manifest = ''] = (await readdir(folder)).filter((name) => name.startsWith('MANIFEST'));
	await writeFile(join(folder, manifest), 'scribbled over');
	await expect(startDynamoDb({ path: folder })).rejects.toThrow(/is damaged .* move it away/);
	const file = join(folder, 'a-file');
	await writeFile(file, '');
	await expect(startDynamoDb({ path: file })).rejects.toThrow('cannot be made or entered');
});

it('answers what it cannot do with an error, and goes on', async () => {
	const server = await startDynamoDb();
	const client = clientOf(server.endpoint);
	await expect(
		client.send(new TransactWriteItemsCommand({ TransactItems: [] })),
	).rejects.toMatchObject({ name: 'UnknownOperationException' });
	await expect(
		client.send(new GetItemCommand({ TableName: 'missing', Key: key('a') })),
	).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
	const post = (headers: Record<string, string>, body: string) =>
		fetch(server.endpoint, { method: 'POST', headers, body });
	const target = { 'x-amz-target': 'DynamoDB_20120810.ListTables' };
	expect((await post(target, '{}')).status).toBe(400);
	expect((await post({ ...target, authorization: 'AWS4-x' }, '{')).status).toBe(400);
	expect((await post({ ...target, authorization: 'AWS4-x' }, '{}')).status).toBe(200);
	await server.close();
});

it('as a process prints one ready line and ends in order when told to', async () => {
	const entry = join(import.meta.dirname, 'main.ts');
	const child = spawn(process.execPath, [entry, JSON.stringify({ path: folder })], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const [line] = (await once(child.stdout, 'data')) as [Buffer];
	const ready = JSON.parse(line.toString()) as { ready: boolean; endpoint: string };
	expect(ready.ready).toBe(true);
	await makeTable(clientOf(ready.endpoint));
	child.kill('SIGTERM');
	const [code] = (await once(child, 'exit')) as [number];
	expect(code).toBe(0);
	const again = await startDynamoDb({ path: folder });
	expect(await sortKeys(clientOf(again.endpoint))).toEqual([]);
	await again.close();
});
