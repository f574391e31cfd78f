import {
	DeleteMessageCommand,
	ReceiveMessageCommand,
	SendMessageCommand,
	SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type RunningQueue, startQueue } from './start.ts';

describe('the queue', () => {
	let queue: RunningQueue;
	let client: SQSClient;
	beforeAll(async () => {
		queue = await startQueue({
			queues: [{ name: 'collect', visibilitySeconds: 0, maxReceives: 2 }],
		});
		client = new SQSClient({
			endpoint: queue.endpoint,
			region: 'us-east-1',
			credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
		});
	});
	afterAll(async () => {
		client.destroy();
		await queue.close();
	});

	const receive = async (name: string) => {
		const answer = await client.send(
			new ReceiveMessageCommand({ QueueUrl: queue.urls[name], WaitTimeSeconds: 1 }),
		);
		return answer.Messages?.[0];
	};

	it('hands out a message, and forgets it once deleted', async () => {
		const url = queue.urls['collect'];
		await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'one' }));
		const message = await receive('collect');
		expect(message?.Body).toBe('one');
		await client.send(
			new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle }),
		);
		expect(await receive('collect')).toBeUndefined();
	});

	it('moves a message that keeps failing to the dead-letter queue', async () => {
		await client.send(
			new SendMessageCommand({ QueueUrl: queue.urls['collect'], MessageBody: 'poison' }),
		);
		for (let i = 0; i < 3; i += 1) await receive('collect');
		expect((await receive('collect-dead'))?.Body).toBe('poison');
	});
});
