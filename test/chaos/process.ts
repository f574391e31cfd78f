import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { CallCount } from '@lamplight/sandbox/sandbox';
import * as z from 'zod';

import { type Collector, collectorRole } from '../support/collector.ts';
import { root } from '../support/needs.ts';

// USER_HZ, in which Linux tells processor time; proc(5), read 2026-11.
const ticksPerSecond = 100;

/** A message that a worker has begun, and what AWS had been asked until then. */
export interface InHand {
	readonly kind: string;
	readonly before: readonly CallCount[];
}

const saysSchema = z.union([
	z.object({ took: z.number(), kind: z.string() }),
	z.object({ ended: z.number() }),
]);

/** A worker process and what it said. */
export class Worker {
	readonly #child: ChildProcess;
	readonly #ended: Promise<void>;
	readonly ready: Promise<void>;
	/** Messages that it works on, oldest first. */
	readonly inHand = new Map<number, InHand>();
	readonly #tookOne = new EventEmitter();
	done = 0;
	failures = 0;

	constructor(
		options: object,
		environment: NodeJS.ProcessEnv,
		{ flags, calls }: { flags: readonly string[]; calls: () => readonly CallCount[] },
	) {
		const file = join(root, 'test', 'chaos', 'worker.ts');
		const child = spawn(process.execPath, [...flags, file, JSON.stringify(options)], {
			env: { ...process.env, ...environment },
			stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
		});
		this.#child = child;
		child.on('message', (said) => {
			const one = saysSchema.parse(said);
			if ('ended' in one) this.inHand.delete(one.ended);
			else {
				this.inHand.set(one.took, { kind: one.kind, before: calls() });
				this.#tookOne.emit(one.kind);
				// It waits for this, so that none of its calls is older than what was just noted.
				child.send({ begin: one.took });
			}
		});
		this.#ended = new Promise((resolve) => child.once('exit', () => resolve()));
		this.ready = new Promise((resolve) => {
			createInterface({ input: child.stdout ?? Readable.from([]) }).on('line', (line) => {
				if (line === 'ready') resolve();
				else if (line === 'done') this.done += 1;
				else if (line.includes('message failed')) this.failures += 1;
			});
			child.once('exit', () => resolve());
		});
	}

	/** Whether a message of this kind was begun within so long; at once when one is in hand. */
	async takes(kind: string, withinMs: number): Promise<boolean> {
		if ([...this.inHand.values()].some((one) => one.kind === kind)) return true;
		return Promise.race([
			once(this.#tookOne, kind).then(() => true),
			sleep(withinMs, false, { ref: false }),
		]);
	}

	/** The most memory that it ever had, in bytes; `null` where the system does not say. */
	peakBytes(): number | null {
		try {
			const status = readFileSync(`/proc/${this.#child.pid ?? 0}/status`, 'utf8');
			const kib = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
			return kib === undefined ? null : Number(kib) * 1024;
		} catch {
			return null;
		}
	}

	/** Processor time that it has used, in seconds; `null` where the system does not say. */
	processorSeconds(): number | null {
		try {
			const stat = readFileSync(`/proc/${this.#child.pid ?? 0}/stat`, 'utf8');
			// The name in parentheses may hold anything, so what follows its end is read.
			const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
			return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
		} catch {
			return null;
		}
	}

	/** Nothing is finished, flushed or said. */
	async kill(): Promise<void> {
		this.#child.kill('SIGKILL');
		await this.#ended;
	}
}

/** Starts the product's own worker on a collector's world and store, and on a queue. */
export function startWorker(
	{ sandbox, tableName, dynamoEndpoint }: Collector,
	queue: {
		readonly endpoint: string;
		readonly queueUrl: string;
		readonly visibilitySeconds: number;
		/** Node's own flags, such as those of a Lambda; none when left out. */
		readonly flags?: readonly string[];
		/** Share of AWS's rates to use; without any limit when left out. */
		readonly rateShare?: number;
		/** A failed message is seen again after this. */
		readonly retryAfterSeconds?: number;
	},
): Worker {
	const own = sandbox.credentialsFor(sandbox.hubAccountId, { roleName: collectorRole });
	const { endpoint, flags = [], ...of } = queue;
	return new Worker(
		{ ...of, tableName, clockUrl: `${sandbox.endpoint}/_sandbox/clock` },
		{
			AWS_ENDPOINT_URL: sandbox.endpoint,
			AWS_ENDPOINT_URL_DYNAMODB: dynamoEndpoint,
			AWS_ENDPOINT_URL_SQS: endpoint,
			AWS_REGION: 'us-east-1',
			AWS_ACCESS_KEY_ID: own.accessKeyId,
			AWS_SECRET_ACCESS_KEY: own.secretAccessKey,
			...(own.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: own.sessionToken }),
		},
		{ flags, calls: () => sandbox.calls() },
	);
}

/** Messages that may be received, and those that a worker has taken. */
export async function waitingIn(
	sqs: SQSClient,
	queueUrl: string,
): Promise<{ readonly visible: number; readonly taken: number }> {
	const { Attributes } = await sqs.send(
		new GetQueueAttributesCommand({
			QueueUrl: queueUrl,
			AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
		}),
	);
	return {
		visible: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
		taken: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
	};
}

/** Until the queue has been empty for a moment; `false` when the time is over before. */
export async function untilEmpty(
	sqs: SQSClient,
	queueUrl: string,
	withinMs: number,
): Promise<boolean> {
	const began = performance.now();
	let quiet = 0;
	while (quiet < 3 && performance.now() - began < withinMs) {
		await sleep(100);
		const { visible, taken } = await waitingIn(sqs, queueUrl);
		quiet = visible + taken === 0 ? quiet + 1 : 0;
	}
	return quiet === 3;
}
