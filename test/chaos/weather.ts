import { setTimeout as sleep } from 'node:timers/promises';

import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Connection } from '@lamplight/core/connection/connection';
import { floorTo, minuteMs, type TimeRange, utcDay } from '@lamplight/core/time';
import { putCheckpoint } from '@lamplight/jobs/checkpoint';
import type { Message } from '@lamplight/jobs/message';
import { createOutbox } from '@lamplight/jobs/queue';
import type { FaultRequest } from '@lamplight/sandbox/sandbox';

import { backfillFrom, type Collector, testCtx } from '../support/collector.ts';
import { faultsOf } from './faults.ts';
import {
	addCalls,
	callsSince,
	countedCalls,
	madeCalls,
	miscounted,
	type Miscounted,
	notSaid,
} from './judgeCalls.ts';
import { startWorker, untilEmpty, type Worker } from './process.ts';

const stepMs = 5 * minuteMs;
const stormySteps = 5;
const calmSteps = 6;
/** From when a message of the wanted kind is begun to the worker's death. */
const killWithinMs = 250;
/** A message of the wanted kind is sent again after this: a worker may be done before it is killed. */
const sendAgainMs = 2_000;
/** A machine under load works off what came before in its own time. */
const killWaitsMs = 60_000;
const workForMs = 700;
/** A busy machine takes its time; the calm begins when all is done. */
const calmWaitMs = 600_000;
const retryAfterSeconds = 1;
const pastTurnMs = 1_500;
/** In the calm nobody waits for the past to make way. */
const calmPastTurnMs = 15_000;

/** Every kind of work that the storm sends; a worker is killed at each of them in turn. */
export const stormyKinds = [
	'compact',
	'rollup',
	'backfill',
	'inventory',
	'functions',
	'totals',
	'deploys',
	'evaluate',
	'verify',
] as const satisfies readonly Message['kind'][];

/** Nobody can work these off: not JSON, no such kind, a field that is not what it should be. */
const poison = [
	'{"kind":"totals",',
	'{"kind":"polish","plannedMs":1}',
	'{"kind":"totals","workspaceId":7}',
];

export interface WeatherReport extends Miscounted {
	readonly kills: number;
	/** Kills that hit a worker with messages in its hands, by the kind of each. */
	readonly killedAt: Readonly<Record<string, number>>;
	readonly sent: number;
	readonly twice: number;
	readonly failures: number;
	/** Messages that nobody can work off, and how many of them ended as dead letters. */
	readonly poison: number;
	readonly poisonDead: number;
	/** Others that were given up: a later reading did their work. */
	readonly otherDead: number;
	readonly callsMade: number;
	readonly callsCounted: number;
	/** Calls of workers that were killed before they could tell of them, at most. */
	readonly callsCutOff: number;
	/** Pieces of work of which the product itself says that calls may be uncounted. */
	readonly partsCutOff: number;
	/** More calls are absent than the product says may be. */
	readonly notSaid: readonly string[];
	/** Of the calm, in which nothing was cut off. */
	readonly calmMiscounted: readonly string[];
}

export interface WeatherOf {
	/** A whole number below the one given. */
	readonly roll: (below: number) => number;
	readonly regions: readonly string[];
	readonly past: TimeRange;
	readonly visibilitySeconds: number;
	readonly endpoint: string;
	readonly queueUrl: string;
	readonly deadUrl: string;
}

/** What happens to a collector in a storm, and in the calm after it. */
export class Weather {
	readonly #collector: Collector;
	readonly #connection: Connection;
	readonly #of: WeatherOf;
	readonly #sqs: SQSClient;
	#worker: Worker;
	readonly #counts = { kills: 0, sent: 0, twice: 0, failures: 0 };
	readonly #killedAt: Record<string, number> = {};
	readonly #cutOff = new Map<string, number>();
	/** When the storm was over, in the world's time. */
	stormEndMs = 0;

	constructor(collector: Collector, connection: Connection, of: WeatherOf) {
		this.#collector = collector;
		this.#connection = connection;
		this.#of = of;
		const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
		this.#sqs = new SQSClient({ endpoint: of.endpoint, region: 'us-east-1', credentials });
		this.#worker = this.#start();
	}

	async run(): Promise<WeatherReport> {
		const { sandbox, deps } = this.#collector;
		const { past, queueUrl, deadUrl } = this.#of;
		try {
			sandbox.resetCalls();
			const { id: connectionId } = this.#connection;
			const key = { connectionId, name: 'backfill' };
			await putCheckpoint(deps, testCtx(), key, backfillFrom(past.fromMs, past.toMs));
			await this.#send([{ kind: 'inventory', ...this.#base(), details: false }]);
			await this.#rest();
			for (const MessageBody of poison) {
				await this.#sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
			}
			this.#damage();
			await this.#storm();
			const calm = await this.#calm();
			const counted = await countedCalls(this.#collector, this.#connection);
			const made = this.#made();
			const bodies = await this.#bodiesOf(deadUrl);
			const poisonDead = poison.filter((body) => bodies.includes(body)).length;
			const sum = (calls: ReadonlyMap<string, number>) =>
				[...calls.values()].reduce((total, count) => total + count, 0);
			const partsCutOff = await this.#partsCutOff();
			return {
				...this.#counts,
				partsCutOff,
				notSaid: notSaid(sum(made) - sum(counted), partsCutOff),
				killedAt: this.#killedAt,
				poison: poison.length,
				poisonDead,
				otherDead: bodies.length - poisonDead,
				callsMade: sum(made),
				callsCounted: sum(counted),
				callsCutOff: sum(this.#cutOff),
				...miscounted(counted, made, this.#cutOff),
				calmMiscounted: calm,
			};
		} finally {
			await this.#worker.kill();
			this.#sqs.destroy();
		}
	}

	async #partsCutOff(): Promise<number> {
		const { store, deps } = this.#collector;
		const day = utcDay(deps.clock());
		const days = { fromDay: day, toDay: day };
		return store.cutOffs.count(testCtx(), this.#connection.id, days);
	}

	/** Half of the functions have logs that are damaged for good. */
	#damage(): void {
		const { sandbox } = this.#collector;
		for (const fn of sandbox.world.allFunctions(this.#connection.accountId)) {
			if (fn.index % 2 === 1) continue;
			const where = { functionName: fn.name, region: fn.region };
			for (const fault of faultsOf('damage')) sandbox.addFault({ ...fault, where });
		}
	}

	async #storm(): Promise<void> {
		const { sandbox } = this.#collector;
		const added = faultsOf('always').map((fault) => sandbox.addFault(fault));
		const outages = this.#mixed(faultsOf('outage'));
		const targets = this.#mixed(stormyKinds);
		for (let step = 0; step < stormySteps; step += 1) {
			sandbox.clock.advance(stepMs);
			const outage = outages[step];
			if (outage !== undefined) added.push(sandbox.addFault(this.#placed(outage)));
			const own = targets.filter((_, at) => at % stormySteps === step);
			await this.#stormy(own);
		}
		for (const { id } of added) sandbox.removeFault(id);
		this.stormEndMs = floorTo(minuteMs, sandbox.clock.nowMs());
	}

	/** An outage lasts a step; a function that goes away is one of those that run. */
	#placed(outage: FaultRequest): FaultRequest {
		const { sandbox } = this.#collector;
		const nowMs = sandbox.clock.nowMs();
		const lasting = { ...outage, fromMs: nowMs, untilMs: nowMs + stepMs };
		const { accountId } = this.#connection;
		if (outage.kind !== 'function-deleted') return { ...lasting, where: { accountId } };
		const functions = sandbox.world.allFunctions(accountId);
		const gone = functions[this.#of.roll(functions.length)];
		return { ...lasting, where: { functionName: gone?.name ?? '' } };
	}

	/** A step of the world in which messages come twice and mixed up, and workers die at work. */
	async #stormy(targets: readonly Message['kind'][]): Promise<void> {
		const messages = this.#messages();
		const twice = messages.filter(() => this.#of.roll(3) === 0);
		this.#counts.twice += twice.length;
		await this.#send(this.#mixed([...messages, ...twice]));
		for (const kind of targets) {
			await this.#worker.ready;
			await this.#untilInHand(kind, this.#of.roll(killWithinMs));
			await this.#kill();
			this.#worker = this.#start();
		}
		await this.#worker.ready;
		await sleep(workForMs);
	}

	/** Until the worker has had a message of this kind for a while, so long at most, and is still at it. */
	async #untilInHand(kind: Message['kind'], forMs: number): Promise<void> {
		const began = performance.now();
		let waitsMs = forMs;
		while (performance.now() - began < killWaitsMs) {
			if (await this.#worker.takes(kind, sendAgainMs)) {
				const [taken] = [...this.#worker.inHand].find(([, one]) => one.kind === kind) ?? [];
				if (waitsMs > 0) await sleep(waitsMs);
				if (taken !== undefined && this.#worker.inHand.has(taken)) return;
				// It was done sooner: the next is killed earlier.
				waitsMs = Math.floor(waitsMs / 2);
			}
			const again = this.#messages().find((message) => message.kind === kind);
			if (again !== undefined) await this.#send([again]);
		}
		throw new Error(`no worker could be killed at "${kind}" within ${killWaitsMs} ms`);
	}

	async #kill(): Promise<void> {
		const { accountId } = this.#connection;
		const [oldest] = this.#worker.inHand.values();
		await this.#worker.kill();
		this.#counts.kills += 1;
		this.#counts.failures += this.#worker.failures;
		for (const { kind } of this.#worker.inHand.values()) {
			this.#killedAt[kind] = (this.#killedAt[kind] ?? 0) + 1;
		}
		if (oldest === undefined) return;
		const before = madeCalls(oldest.before, accountId);
		addCalls(this.#cutOff, callsSince(before, this.#made()));
	}

	/** Nobody dies and nothing fails: what was left is done. Returns calls that were not counted once. */
	async #calm(): Promise<string[]> {
		const { sandbox } = this.#collector;
		await this.#worker.ready;
		await this.#rest();
		const made = this.#made();
		const counted = await countedCalls(this.#collector, this.#connection);
		for (let step = 0; step < calmSteps; step += 1) {
			sandbox.clock.advance(stepMs);
			await this.#send(this.#messages(calmPastTurnMs));
			await this.#rest();
		}
		this.#counts.failures += this.#worker.failures;
		const { overcounted, uncounted } = miscounted(
			callsSince(counted, await countedCalls(this.#collector, this.#connection)),
			callsSince(made, this.#made()),
			new Map(),
		);
		return [...overcounted, ...uncounted];
	}

	/** Until every message has been worked off or given up. */
	async #rest(): Promise<void> {
		await untilEmpty(this.#sqs, this.#of.queueUrl, calmWaitMs);
		// The queue is empty of a message that came again and was done while it was still in hand.
		const began = performance.now();
		while (this.#worker.inHand.size > 0 && performance.now() - began < calmWaitMs) await sleep(50);
		if (this.#worker.inHand.size > 0)
			throw new Error(
				`the storm does not come to rest: ${[...this.#worker.inHand.values()].map(({ kind }) => kind).join()}`,
			);
	}

	#made(): ReadonlyMap<string, number> {
		return madeCalls(this.#collector.sandbox.calls(), this.#connection.accountId);
	}

	#messages(forMs = pastTurnMs): Message[] {
		const base = this.#base();
		const { workspaceId, plannedMs } = base;
		return [
			{ kind: 'totals', ...base, counts: true },
			...this.#of.regions.map((region) => ({ kind: 'functions' as const, ...base, region })),
			...this.#of.regions.map((region) => ({ kind: 'deploys' as const, ...base, region })),
			{ kind: 'inventory', ...base, details: this.#of.roll(2) === 0 },
			{ kind: 'backfill', ...base, forMs },
			{ kind: 'compact', ...base },
			{ kind: 'evaluate', ...base },
			{ kind: 'verify', ...base },
			{ kind: 'rollup', workspaceId, plannedMs, windows: ['1h', '24h'] },
		];
	}

	#base() {
		const { workspaceId, id: connectionId } = this.#connection;
		return { workspaceId, connectionId, plannedMs: this.#collector.deps.clock() };
	}

	async #send(messages: readonly Message[]): Promise<void> {
		this.#counts.sent += messages.length;
		await createOutbox(this.#sqs, { collect: this.#of.queueUrl }).send(messages);
	}

	async #bodiesOf(queueUrl: string): Promise<string[]> {
		const bodies: string[] = [];
		for (;;) {
			const { Messages = [] } = await this.#sqs.send(
				new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
			);
			if (Messages.length === 0) return bodies;
			bodies.push(...Messages.map(({ Body = '' }) => Body));
		}
	}

	#start(): Worker {
		const { endpoint, queueUrl, visibilitySeconds } = this.#of;
		return startWorker(this.#collector, {
			...{ endpoint, queueUrl, visibilitySeconds, retryAfterSeconds },
		});
	}

	#mixed<T>(list: readonly T[]): T[] {
		const left = [...list];
		return list.flatMap(() => left.splice(this.#of.roll(left.length), 1));
	}
}
