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

import { closedFiles } from '../support/closedFiles.ts';

const options = z
	.object({
		tableName: z.string(),
		queueUrl: z.url(),
		clockUrl: z.url(),
		visibilitySeconds: z.number(),
		retryAfterSeconds: z.number().optional(),
		rateShare: z.number().default(1000),
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
	aws: createAws({ clock, wallClock: Date.now, region, rateShare: options.rateShare }),
	clock,
	wallClock: Date.now,
	randomBytes: (count) => randomBytes(count),
	queue: createOutbox(sqs, { collect: options.queueUrl }),
	files: closedFiles(),
	memory: createMemory(),
	log: () => undefined,
};

const kindSchema = z.object({ kind: z.string() });
const beginSchema = z.object({ begin: z.number() });
let begun = 0;

/** Tells the parent what is begun, and begins when it has taken note. */
async function began(body: string): Promise<number> {
	begun += 1;
	const own = begun;
	const noted = new Promise<void>((resolve) => {
		const hear = (said: unknown) => {
			if (beginSchema.parse(said).begin !== own) return;
			process.off('message', hear);
			resolve();
		};
		process.on('message', hear);
	});
	process.send?.({ took: own, kind: kindOf(body) });
	await noted;
	return own;
}

function kindOf(body: string): string {
	try {
		return kindSchema.parse(JSON.parse(body)).kind;
	} catch {
		return 'none';
	}
}

// Whoever started it is gone.
process.once('disconnect', () => process.exit());
console.log('ready');
await pollQueue({
	sqs,
	queueUrl: options.queueUrl,
	width: 4,
	visibilitySeconds: options.visibilitySeconds,
	...(options.retryAfterSeconds === undefined
		? {}
		: { retryAfterSeconds: options.retryAfterSeconds }),
	signal: new AbortController().signal,
	log: (event, facts) => console.log(JSON.stringify({ event, ...facts })),
	async work(body, delivery) {
		const own = await began(body);
		try {
			// The world's time stands still between a step and the next, but for this: of two readings one
			// is the later, as anywhere else.
			const later = { method: 'PUT', body: JSON.stringify({ advanceMs: 1 }) };
			nowMs = clockSchema.parse(await (await fetch(options.clockUrl, later)).json()).nowMs;
			await workMessage(deps, body, delivery);
			console.log('done');
		} finally {
			process.send?.({ ended: own });
		}
	},
});
