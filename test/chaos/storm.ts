import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { SQSClient } from '@aws-sdk/client-sqs';
import type { Connection } from '@lamplight/core/connection/connection';
import { minuteMs } from '@lamplight/core/time';
import type { Message } from '@lamplight/jobs/message';
import { createOutbox } from '@lamplight/jobs/queue';
import { startQueue } from '@lamplight/sandbox/queue/start';
import type { FaultRequest } from '@lamplight/sandbox/sandbox';

import { type Collector, startCollector } from '../support/collector.ts';
import { judge, type Verdict } from './judge.ts';
import { startWorker, untilEmpty, waitingIn, type Worker } from './process.ts';

const startMs = Date.UTC(2026, 9, 14, 9, 30);
const stepMs = 5 * minuteMs;
const stormySteps = 5;
const calmSteps = 5;
/** What a killed worker had taken is seen again after this. */
const visibilitySeconds = 2;
const maxReceives = 100;
/** From a worker's start, or from the messages, to its death. */
const killAfterMs = { least: 15, most: 900 };
const workForMs = 800;
const calmWaitMs = 12_000;

/** Everything that may go wrong on the way, each for a share of the calls. */
const faults: readonly FaultRequest[] = [
	{ kind: 'throttle', share: 0.05 },
	{ kind: 'server-error', share: 0.05 },
	{ kind: 'drop', share: 0.03 },
	{ kind: 'partial-data', share: 0.2 },
	{ kind: 'late-data', share: 1, settings: { delayMs: 4 * minuteMs } },
	{ kind: 'empty-pages', share: 0.5 },
	{ kind: 'duplicate-events', share: 0.3 },
	{ kind: 'out-of-order-events', share: 0.5 },
	{ kind: 'unknown-fields', share: 0.5 },
	{ kind: 'expired-token', share: 0.01 },
];

export interface Storm extends Verdict {
	readonly seed: number;
	readonly kills: number;
	/** Kills that hit a worker with messages in its hands. */
	readonly killedAtWork: number;
	readonly sent: number;
	readonly twice: number;
	readonly failures: number;
}

/** Whole numbers below `below`, the same for the same seed: a linear congruential generator. */
function dice(seed: number): (below: number) => number {
	let state = Math.imul(seed, 2654435761) >>> 0;
	return (below) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
}

/**
 * One storm: the product's own worker, as a process on the real store and queue, is killed again and
 * again while AWS fails in every way it can and the queue delivers twice and in any order; then comes
 * calm, and every minute is judged.
 */
export async function runStorm(seed: number): Promise<Storm> {
	const folder = mkdtempSync(join(tmpdir(), 'lamplight-chaos-'));
	const collector = await startCollector({
		functions: 40,
		seed: 11,
		nowMs: startMs,
		speed: 0,
		rateLimits: false,
		rateShare: 1000,
		databaseFolder: folder,
	});
	const queue = await startQueue({ queues: [{ name: 'storm', visibilitySeconds, maxReceives }] });
	try {
		return await new Weather(collector, {
			seed,
			endpoint: queue.endpoint,
			queueUrl: queue.urls['storm'] ?? '',
		}).run();
	} finally {
		await queue.close();
		await collector.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

class Weather {
	readonly #collector: Collector;
	readonly #of: { readonly seed: number; readonly endpoint: string; readonly queueUrl: string };
	readonly #sqs: SQSClient;
	readonly #roll: (below: number) => number;
	#worker: Worker | null = null;
	readonly #counts = { kills: 0, killedAtWork: 0, sent: 0, twice: 0, failures: 0 };

	constructor(collector: Collector, of: { seed: number; endpoint: string; queueUrl: string }) {
		this.#collector = collector;
		this.#of = of;
		this.#roll = dice(of.seed);
		const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
		this.#sqs = new SQSClient({ endpoint: of.endpoint, region: 'us-east-1', credentials });
	}

	async run(): Promise<Storm> {
		const { sandbox } = this.#collector;
		const account = sandbox.world.accounts.find(
			({ activeRegions, deniedActions, isPayer }) =>
				activeRegions.length > 0 && deniedActions.length === 0 && !isPayer,
		);
		const connection = await this.#collector.connect(account?.id ?? '');
		const regions = account?.activeRegions ?? [];
		try {
			this.#worker = this.#start();
			await this.#send([{ kind: 'inventory', ...this.#base(connection), details: false }]);
			await this.#untilEmpty();
			const added = faults.map((fault) => sandbox.addFault(fault));
			for (let step = 0; step < stormySteps; step += 1) await this.#stormy(connection, regions);
			for (const { id } of added) sandbox.removeFault(id);
			for (let step = 0; step < calmSteps; step += 1) {
				sandbox.clock.advance(stepMs);
				await this.#send(this.#messages(connection, regions));
				await this.#untilEmpty();
			}
		} finally {
			this.#counts.failures += this.#worker?.failures ?? 0;
			await this.#worker?.kill();
			this.#sqs.destroy();
		}
		const range = { fromMs: startMs, toMs: startMs + stormySteps * stepMs };
		const verdict = await judge(this.#collector, connection, range);
		return { seed: this.#of.seed, ...this.#counts, ...verdict };
	}

	/** A step of the world in which messages come twice and mixed up, and the worker dies at least once. */
	async #stormy(connection: Connection, regions: readonly string[]): Promise<void> {
		this.#collector.sandbox.clock.advance(stepMs);
		const messages = this.#messages(connection, regions);
		const twice = messages.filter(() => this.#roll(3) === 0);
		this.#counts.twice += twice.length;
		await this.#send([...messages, ...twice].sort(() => this.#roll(3) - 1));
		for (let deaths = 1 + this.#roll(2); deaths > 0; deaths -= 1) {
			await this.#worker?.ready;
			const { least, most } = killAfterMs;
			await sleep(least + this.#roll(most - least));
			if (await this.#hasWork()) this.#counts.killedAtWork += 1;
			this.#counts.failures += this.#worker?.failures ?? 0;
			await this.#worker?.kill();
			this.#counts.kills += 1;
			this.#worker = this.#start();
		}
		await this.#worker?.ready;
		await sleep(workForMs);
	}

	#messages(connection: Connection, regions: readonly string[]): Message[] {
		const base = this.#base(connection);
		return [
			{ kind: 'totals', ...base, counts: true },
			...regions.map((region) => ({ kind: 'functions' as const, ...base, region })),
			{ kind: 'compact', ...base },
		];
	}

	#base({ workspaceId, id: connectionId }: Connection) {
		return { workspaceId, connectionId, plannedMs: this.#collector.deps.clock() };
	}

	async #send(messages: readonly Message[]): Promise<void> {
		this.#counts.sent += messages.length;
		await createOutbox(this.#sqs, this.#of.queueUrl).send(messages);
	}

	#start(): Worker {
		const { endpoint, queueUrl } = this.#of;
		return startWorker(this.#collector, { endpoint, queueUrl, visibilitySeconds });
	}

	async #hasWork(): Promise<boolean> {
		return (await waitingIn(this.#sqs, this.#of.queueUrl)).taken > 0;
	}

	/** Until the queue is empty, but for messages that failed in the storm and wait for their turn. */
	async #untilEmpty(): Promise<void> {
		await untilEmpty(this.#sqs, this.#of.queueUrl, calmWaitMs);
	}
}
