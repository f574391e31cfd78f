/**
 * The collector's worker as a process that can be killed: options as JSON in the first argument, one
 * line `ready`, then the queue's messages until the end. Everything else is the product's own.
 */
import { randomBytes } from 'node:crypto';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createAws } from '@lamplight/aws/aws';
import type { JobDeps } from '@lamplight/jobs/deps';
import { createMemory } from '@lamplight/jobs/memory';
import { createOutbox, pollQueue } from '@lamplight/jobs/queue';
import { workMessage } from '@lamplight/jobs/work';
import { createStore } from '@lamplight/store/store';
import * as z from 'zod';

const options = z
	.object({
		tableName: z.string(),
		queueUrl: z.url(),
		clockUrl: z.url(),
		visibilitySeconds: z.number(),
	})
	.parse(JSON.parse(process.argv[2] ?? '{}'));
const clockSchema = z.object({ nowMs: z.number() });

let nowMs = 0;
const clock = () => nowMs;
const region = 'us-east-1';
const sqs = new SQSClient({ region });
const deps: JobDeps = {
	store: createStore({
		client: new DynamoDBClient({ region }),
		tableName: options.tableName,
		clock,
	}),
	aws: createAws({ clock, wallClock: Date.now, region, rateShare: 1000 }),
	clock,
	wallClock: Date.now,
	randomBytes: (count) => randomBytes(count),
	queue: createOutbox(sqs, options.queueUrl),
	memory: createMemory(),
	log: () => undefined,
};

console.log('ready');
await pollQueue({
	sqs,
	queueUrl: options.queueUrl,
	width: 4,
	visibilitySeconds: options.visibilitySeconds,
	signal: new AbortController().signal,
	log: (event, facts) => console.log(JSON.stringify({ event, ...facts })),
	async work(body) {
		// The world's time stands still between a step and the next.
		nowMs = clockSchema.parse(await (await fetch(options.clockUrl)).json()).nowMs;
		await workMessage(deps, body);
		console.log('done');
	},
});
