import { publishedRate, rateShare } from '@lamplight/aws/limits/rates';
import type { Connection } from '@lamplight/core/connection/connection';
import { checkpointNames, regionsStateSchema } from '@lamplight/core/collection/state';
import { dayMs, hourMs, minuteMs } from '@lamplight/core/time';
import { runPlan } from '@lamplight/jobs/plan/run';
import type { JobDeps } from '@lamplight/jobs/deps';
import { isSmallReading, type Message } from '@lamplight/jobs/message';
import { workMessage } from '@lamplight/jobs/work';
import type { CallCount } from '@lamplight/sandbox/sandbox';

import { backfillFrom, type Collector, startCollector, testCtx } from '../support/collector.ts';
import { memoryMb, messagesPerBatch } from '../../stacks/memory.ts';
import { makeWorkspace } from '../support/enrol.ts';
import { compareWithTruth } from '../support/truth.ts';
import { Lags } from './collectLags.ts';
import { type CountedUnits, countUnits } from './dynamoUnits.ts';
import { tellCallsOfDay } from './toldCalls.ts';

export interface FleetOptions {
	/** Functions of the whole simulated world. */
	readonly functions: number;
	/** Name of the one account that is connected; of an organisation of twelve, all when left out. */
	readonly account?: string;
	readonly fromMs: number;
	readonly hours: number;
}

/** What one kind of job took, over the whole measurement. */
export interface JobUse {
	messages: number;
	writeUnits: number;
	readUnits: number;
	/** The same by the kind of item. */
	readonly writesByKind: Map<string, number>;
	readonly readsByKind: Map<string, number>;
	/** Processor time, which a crowded machine lengthens less than the clock does. */
	workSeconds: number;
	/** What it would have waited for its turn at our share of FilterLogEvents' rate. */
	waitSeconds: number;
}

/** What was measured of a fleet that the product's own planner and jobs watched. */
export interface FleetUse {
	readonly accounts: number;
	/** Active regions of all accounts. */
	readonly regions: number;
	readonly functions: number;
	/** Of functions that ran in the last three hours, the average over the readings. */
	readonly active: number;
	readonly days: number;
	readonly usages: readonly CallCount[];
	readonly jobs: ReadonlyMap<string, JobUse>;
	/** Batches of messages as SQS hands them to a Lambda, and the planner's own runs. */
	readonly invocations: number;
	/** The longest wait in each batch, by the memory of the worker that its messages go to. */
	readonly waitGbSeconds: number;
	/** From the minute in which executions began to their figures in the store, each as often as it ran. */
	readonly lags: Lags;
	readonly executions: number;
	/** Function-minutes that are not what ran. */
	readonly wrong: readonly string[];
}

/** The first reading asks for the trailing hour; what comes once is not counted. */
const warmUpMinutes = 15;
/** Of simulated time: some minutes of a machine's, on which nothing else would be seen to happen. */
const progressMinutes = 15;
/** Of a day, UTC: pages are built with every reading then, and less often while nobody looks. */
const workingMinutes = { from: 8 * 60, to: 16 * 60 };
/** Younger minutes may still be provisional. */
const settledAfterMs = 25 * minuteMs;

/** Lets the planner and the jobs watch a simulated fleet, minute by minute, and counts what it takes. */
export async function useOfFleet(options: FleetOptions): Promise<FleetUse> {
	const { functions, account, fromMs, hours } = options;
	const collector = await startCollector({
		functions,
		evenRegions: account === undefined,
		seed: 3,
		nowMs: fromMs - warmUpMinutes * minuteMs,
		speed: 0,
		rateLimits: false,
		rateShare: 1000,
		logGroupPatterns: ['*'],
	});
	try {
		await makeWorkspace(collector, collector.deps.clock());
		const connections = await connectAll(collector, account);
		await tellCallsOfDay(collector, connections);
		const watch = new Watch(collector, account ?? `${functions} functions in twelve accounts`);
		await watch.minutes(warmUpMinutes);
		collector.sandbox.resetCalls();
		watch.reset();
		await watch.minutes((hours * hourMs) / minuteMs);
		return await watch.summary(connections, options);
	} finally {
		await collector.close();
	}
}

/** Connected accounts whose past is read already: it has a bench, and a budget, of its own. */
export async function connectAll(collector: Collector, only?: string): Promise<Connection[]> {
	const connections: Connection[] = [];
	for (const account of collector.sandbox.world.accounts) {
		if (account.closedMs !== null || account.activeRegions.length === 0) continue;
		if (only !== undefined && account.name !== only) continue;
		const connection = await collector.connect(account.id);
		if (connection.state !== 'healthy') continue;
		connections.push(connection);
		const nowMs = collector.deps.clock();
		await collector.store.checkpoints.put(
			testCtx(),
			{ connectionId: connection.id, name: checkpointNames.backfill },
			{ value: backfillFrom(nowMs, nowMs), version: null },
		);
	}
	return connections;
}

/** The product's own planner and jobs on a collector, with what they took. */
class Watch {
	readonly #collector: Collector;
	readonly #units: CountedUnits;
	#jobs = new Map<string, JobUse>();
	#invocations = 0;
	#waitGbSeconds = 0;
	readonly #deps: JobDeps;
	readonly #lags = new Lags();
	readonly #tell: (where: string) => void;

	constructor(collector: Collector, of: string) {
		// A bench's output goes beside the table.
		this.#tell = (where) => console.log(`(collect: ${of}, ${where})`);
		this.#collector = collector;
		this.#units = countUnits(collector.dynamo);
		this.#deps = { ...collector.deps, store: this.#lags.watch(collector.store) };
	}

	reset(): void {
		this.#jobs = new Map();
		this.#invocations = 0;
		this.#waitGbSeconds = 0;
		this.#lags.reset();
	}

	async minutes(count: number): Promise<void> {
		const { sandbox, queue } = this.#collector;
		for (let minute = 0; minute < count; minute += 1) {
			if (minute % progressMinutes === 0) this.#tell(`minute ${minute} of ${count}`);
			sandbox.clock.advance(minuteMs);
			await this.#look();
			await this.#measured('plan', async () => void (await runPlan(this.#deps)));
			this.#invocations += 1;
			while (queue.length > 0) {
				const planned = queue.splice(0);
				const readings = planned.filter(isSmallReading);
				const others = planned.filter((message) => !isSmallReading(message));
				await this.#batches(others, 'collect');
				await this.#batches(readings, 'read');
			}
		}
	}

	/** Somebody has a page open in the working hours: the API notes so every five minutes. */
	async #look(): Promise<void> {
		const { store, deps } = this.#collector;
		const minute = Math.floor((deps.clock() % dayMs) / minuteMs);
		const isWorking = minute >= workingMinutes.from && minute < workingMinutes.to;
		if (isWorking && minute % 5 === 0) await store.rollups.noteWatched(testCtx());
	}

	async #batches(messages: readonly Message[], worker: 'collect' | 'read'): Promise<void> {
		const size = messagesPerBatch[worker];
		for (let at = 0; at < messages.length; at += size) {
			const waitedSeconds = await this.#batch(messages.slice(at, at + size));
			this.#waitGbSeconds += (waitedSeconds * memoryMb[worker]) / 1024;
		}
	}

	/** One invocation of a worker: its messages run side by side, so their waits overlap. */
	async #batch(messages: readonly Message[]): Promise<number> {
		const waits: number[] = [];
		for (const message of messages) {
			const parts = message.kind === 'functions' ? [message, ...(message.beside ?? [])] : [];
			const before = parts.map(({ region }) => this.#logReads(region));
			const use = await this.#measured(message.kind, () =>
				workMessage(this.#deps, JSON.stringify(message)),
			);
			// Each region has a rate of its own: a message is done when the slowest is.
			const waited = parts.map(({ region }, at) => {
				const reads = this.#logReads(region) - (before[at] ?? 0);
				return reads / (publishedRate('FilterLogEvents', region) * rateShare);
			});
			const longest = Math.max(0, ...waited);
			use.waitSeconds += longest;
			waits.push(longest);
			this.#lags.settle(this.#collector.deps.clock() + longest * 1000);
		}
		this.#invocations += 1;
		return Math.max(0, ...waits);
	}

	#logReads(region: string): number {
		return this.#collector.sandbox
			.calls()
			.filter((one) => one.action === 'logs:FilterLogEvents' && one.region === region)
			.reduce((sum, { calls }) => sum + calls, 0);
	}

	async #measured(job: string, run: () => Promise<void>): Promise<JobUse> {
		const use = this.#jobs.get(job) ?? {
			...{ messages: 0, writeUnits: 0, readUnits: 0, workSeconds: 0, waitSeconds: 0 },
			...{ writesByKind: new Map(), readsByKind: new Map() },
		};
		this.#jobs.set(job, use);
		const { writeUnits, readUnits } = this.#units;
		const [writes, reads] = [this.#units.writesByKind, this.#units.readsByKind];
		writes.clear();
		reads.clear();
		const began = process.cpuUsage();
		await run();
		const { user, system } = process.cpuUsage(began);
		use.messages += 1;
		use.workSeconds += (user + system) / 1e6;
		use.writeUnits += this.#units.writeUnits - writeUnits;
		use.readUnits += this.#units.readUnits - readUnits;
		addAll(use.writesByKind, writes);
		addAll(use.readsByKind, reads);
		return use;
	}

	async summary(
		connections: readonly Connection[],
		{ fromMs, hours }: FleetOptions,
	): Promise<FleetUse> {
		const { sandbox, store } = this.#collector;
		const usages = sandbox.calls();
		const toMs = this.#collector.deps.clock() - settledAfterMs;
		let [regions, functions, executions, active] = [0, 0, 0, 0];
		const wrong: string[] = [];
		for (const connection of connections) {
			const key = { connectionId: connection.id, name: checkpointNames.regions };
			const held = await store.checkpoints.get(testCtx(), key, regionsStateSchema);
			regions += Object.keys(held?.value.active ?? {}).length;
			const ran = Object.values(held?.value.functions ?? {});
			active += ran.reduce((sum, one) => sum + one, 0);
			const listed = await this.#collector.functions(connection);
			functions += listed.filter(({ goneMs }) => goneMs === null).length;
			const range = { fromMs, toMs };
			const compared = await compareWithTruth(this.#collector, connection.accountId, { range });
			executions += compared.executions;
			wrong.push(...compared.wrong);
		}
		return {
			accounts: connections.length,
			...{ regions, functions, active, executions, wrong, usages },
			days: (hours * hourMs) / dayMs,
			jobs: this.#jobs,
			invocations: this.#invocations,
			waitGbSeconds: this.#waitGbSeconds,
			lags: this.#lags,
		};
	}
}

function addAll(sums: Map<string, number>, more: ReadonlyMap<string, number>): void {
	for (const [kind, units] of more) sums.set(kind, (sums.get(kind) ?? 0) + units);
}
