import { setTimeout as sleep } from 'node:timers/promises';

import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { pollQueue } from '@lamplight/jobs/queue';
import { type RunningQueue, startQueue } from '@lamplight/sandbox/queue/start';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { waitingIn } from '../chaos/process.ts';

const visibilitySeconds = 4;
const width = 6;
/** Many times what the poller holds while its places are taken. */
const hanging = 400;

let queue: RunningQueue;
let sqs: SQSClient;
let queueUrl: string;

beforeAll(async () => {
	queue = await startQueue({ queues: [{ name: 'turns', visibilitySeconds, maxReceives: 2 }] });
	queueUrl = queue.urls['turns'] ?? '';
	const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
	sqs = new SQSClient({ endpoint: queue.endpoint, region: 'us-east-1', credentials });
});
afterAll(async () => {
	sqs.destroy();
	await queue.close();
});

async function send(connectionId: string, count: number): Promise<void> {
	for (let at = 0; at < count; at += 10) {
		const Entries = Array.from({ length: Math.min(10, count - at) }, (_, index) => ({
			Id: String(index),
			MessageBody: JSON.stringify({ connectionId, number: at + index }),
		}));
		await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
	}
}

async function until(isSo: () => boolean, withinMs: number): Promise<boolean> {
	for (const began = performance.now(); performance.now() - began < withinMs;) {
		if (isSo()) return true;
		await sleep(50);
	}
	return isSo();
}

it('works others’ messages off at once, however many of a connection that hangs lie before them', async () => {
	const ending = new AbortController();
	let letGo: () => void = () => undefined;
	const hangs = new Promise<void>((resolve) => (letGo = resolve));
	const begun = { hangs: new Set<string>(), again: 0, well: 0 };
	const polling = pollQueue({
		...{ sqs, queueUrl, width, visibilitySeconds, signal: ending.signal, log: () => undefined },
		async work(body) {
			if (body.includes('well')) {
				begun.well += 1;
				return;
			}
			if (begun.hangs.has(body)) begun.again += 1;
			begun.hangs.add(body);
			await hangs;
		},
	});
	try {
		await send('hangs', hanging);
		// One after the other, each behind all that hangs; longer than a message stays hidden unless prolonged.
		for (let number = 1; number <= 12; number += 1) {
			await send('well', 1);
			expect(await until(() => begun.well === number, 20_000), `message ${number}`).toBe(true);
			await sleep(700);
		}
		expect(begun.hangs.size).toBeLessThan(width);
		letGo();
		// Nothing of what waited was given up, or seen twice.
		expect(await until(() => begun.hangs.size === hanging, 60_000)).toBe(true);
		expect(begun.again).toBe(0);
	} finally {
		letGo();
		ending.abort();
		await polling;
	}
}, 300_000);

it('works the latest of the readings that ask for the same off, and each of those that do not', async () => {
	const ending = new AbortController();
	let letGo: () => void = () => undefined;
	const held = new Promise<void>((resolve) => (letGo = resolve));
	const worked: string[] = [];
	const of = (kind: string, minute: number) =>
		JSON.stringify({ connectionId: 'slow', kind, minute });
	const polling = pollQueue({
		...{ sqs, queueUrl, width: 2, visibilitySeconds, signal: ending.signal, log: () => undefined },
		repeatOf: (body) => {
			const { kind, minute } = JSON.parse(body) as { kind: string; minute: number };
			return kind === 'inventory' ? null : { subject: kind, plannedMs: minute };
		},
		async work(body) {
			worked.push(body);
			await held;
		},
	});
	const send = async (bodies: readonly string[]) => {
		for (const MessageBody of bodies)
			await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
	};
	try {
		await send([of('totals', 0)]);
		expect(await until(() => worked.length === 1, 20_000)).toBe(true);
		const minutes = [1, 2, 3, 4, 5, 6];
		await send(minutes.map((minute) => of('totals', minute)));
		await send([of('inventory', 3), of('functions', 5), of('inventory', 6), of('functions', 6)]);
		// All of them are in the poller's hands: those that gave way are gone from the queue for good.
		expect(await untilWaiting({ visible: 0, taken: 5 })).toBe(true);
		letGo();
		expect(await until(() => worked.length === 5, 20_000)).toBe(true);
		expect(worked.slice(1)).toEqual([
			of('totals', 6),
			of('inventory', 3),
			of('functions', 6),
			of('inventory', 6),
		]);
		expect(await untilWaiting({ visible: 0, taken: 0 })).toBe(true);
	} finally {
		letGo();
		ending.abort();
		await polling;
	}
}, 180_000);

async function untilWaiting(expected: { visible: number; taken: number }): Promise<boolean> {
	for (let looks = 0; looks < 200; looks += 1) {
		const { visible, taken } = await waitingIn(sqs, queueUrl);
		if (visible === expected.visible && taken === expected.taken) return true;
		await sleep(100);
	}
	return false;
}
