import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { SQSClient } from '@aws-sdk/client-sqs';
import { minuteMs, type TimeRange } from '@lamplight/core/time';

import { waitingIn } from '../chaos/process.ts';
import { startProduct, type Product } from '../support/product.ts';
import { worldOf } from '../support/world.ts';
import { compareWithWorld, isPastRead, type Kept } from './compare.ts';
import { heldBy, liveMemoryVariables } from './live.ts';
import type { SoakOptions } from './options.ts';
import { nextSpeed } from './pace.ts';
import { bytesBelow, partsBelow, type Part, residentBytes, variableOf } from './parts.ts';
import { type Complaints, followLogs, lastLines } from './trouble.ts';
import { type Clicks, clickAround } from './users.ts';
import type { MemorySample } from './verdict.ts';

/** Everything a soak saw. */
export interface Seen {
	/** Resident, as it was between collections. */
	readonly memory: ReadonlyMap<string, readonly MemorySample[]>;
	/** Live JavaScript objects and their buffers, after a collection. */
	readonly live: ReadonlyMap<string, readonly MemorySample[]>;
	/** Resident, after the same collections. */
	readonly held: ReadonlyMap<string, readonly MemorySample[]>;
	readonly disk: { readonly databaseBytes: number; readonly logBytes: number };
	readonly clicks: Clicks;
	readonly complaints: Complaints;
	readonly deadLetters: number;
	/** World time under load. */
	readonly range: TimeRange;
	readonly kept: Kept;
}

const lookEveryMs = 1_000;
const paceEveryMs = 5_000;
const sampleEveryMs = 5_000;
const tellEveryMs = 60_000;
/**
 * Collections in the measured time, so that each third of it has four, and the least time between two:
 * each is a pause, and leaves less garbage for the resident size to grow by.
 */
const collections = { count: 12, leastMs: 10_000 };
/** Real time that reading the past may take, before anything is measured: its days in memory are no growth. */
const pastWithinMs = 20 * 60_000;
/**
 * Share of the time under load that comes before it, unmeasured, and the least of it: heaps and caches
 * fill up to their usual size first.
 */
const warmUp = { share: 0.25, leastMs: 60_000 };
/** World time after the load, in which the last minutes of it become final. */
const settleMs = 35 * minuteMs;
/** Real time that settling and emptying the queue may take. */
const settleWithinMs = 6 * 60_000;

/** Starts the product, lets people click while days of the world go by, and looks at what is left. */
export async function soak(
	options: SoakOptions,
	{ say, signal }: { readonly say: (line: string) => void; readonly signal: AbortSignal },
): Promise<Seen> {
	const dataFolder = mkdtempSync(join(tmpdir(), 'lamplight-soak-'));
	try {
		const args = ['--functions', String(options.functions)];
		const environment = liveMemoryVariables(join(dataFolder, 'live'));
		const product = await startProduct({ args, dataFolder, environment });
		try {
			return await soakRunning({ product, dataFolder, options, say, signal });
		} catch (error) {
			if (signal.aborted) throw error;
			// What the parts said last is gone with the folder.
			say(product.output());
			for (const line of lastLines(join(dataFolder, 'logs'))) say(line);
			throw error;
		} finally {
			await product.stop();
		}
	} finally {
		rmSync(dataFolder, { recursive: true, force: true });
	}
}

interface Running {
	readonly product: Product;
	readonly dataFolder: string;
	readonly options: SoakOptions;
	readonly say: (line: string) => void;
	/** A Ctrl-C: the soak ends, and what it started with it. */
	readonly signal: AbortSignal;
}

async function soakRunning(running: Running): Promise<Seen> {
	const { product, dataFolder, options, say } = running;
	const parts = partsBelow(product.pid);
	const world = worldOf(product);
	const queue = queueOf(parts);
	const watch = new Watch({ ...running, parts, world, queue });
	const ending = new AbortController();
	const clicks = clickAround(product, options.users, ending.signal);
	try {
		say('the past is read before anything is measured');
		const pastIsLate = passed(pastWithinMs);
		await watch.until(async () => pastIsLate() || (await isPastRead(product, parts)));
		if (!(await isPastRead(product, parts)))
			say('the past is still being read: its days are in the figures');
		const isOver = passed(options.minutes * 60_000);
		await watch.until(passed(Math.max(warmUp.leastMs, options.minutes * 60_000 * warmUp.share)));
		const fromMs = Math.ceil((await world.nowMs()) / minuteMs) * minuteMs;
		watch.samples = true;
		await watch.until(isOver);
		watch.samples = false;
		const toMs = Math.floor((await world.nowMs()) / minuteMs) * minuteMs;
		ending.abort();
		await clicks.done;
		say('the clicking is over; the last minutes become final');
		const late = passed(settleWithinMs);
		await watch.until(async () => late() || (await world.nowMs()) >= toMs + settleMs);
		await world.setSpeed(0);
		await watch.until(async () => late() || (await queue.waiting()) === 0);
		watch.complaints.look();
		const range = { fromMs, toMs };
		const deadLetters = await queue.dead();
		const kept = await compareWithWorld(product, parts, range);
		const databaseBytes = bytesBelow(join(dataFolder, 'dynamodb'));
		const disk = { databaseBytes, logBytes: bytesBelow(join(dataFolder, 'logs')) };
		const { memory, live, held, complaints } = watch;
		return { memory, live, held, disk, clicks, complaints, deadLetters, range, kept };
	} finally {
		ending.abort();
		queue.close();
	}
}

/** True once so much real time is over. */
function passed(ms: number): () => boolean {
	const endMs = performance.now() + ms;
	return () => performance.now() >= endMs;
}

interface WatchParts extends Running {
	readonly parts: readonly Part[];
	readonly world: ReturnType<typeof worldOf>;
	readonly queue: ReturnType<typeof queueOf>;
}

/** Looks at the running product every second: keeps the world's pace, samples memory, tells how it goes. */
class Watch {
	readonly memory: ReadonlyMap<string, MemorySample[]>;
	readonly live: ReadonlyMap<string, MemorySample[]>;
	readonly held: ReadonlyMap<string, MemorySample[]>;
	readonly complaints: ReturnType<typeof followLogs>;
	/** Whether memory is sampled. */
	samples = false;
	readonly #of: WatchParts;
	#speed = 1;
	#leastWaiting = Number.POSITIVE_INFINITY;
	#next = { pace: 0, sample: 0, collect: 0, tell: 0 };

	constructor(of: WatchParts) {
		this.#of = of;
		const none = () => new Map(of.parts.map(({ name }) => [name, [] as MemorySample[]]));
		[this.memory, this.live, this.held] = [none(), none(), none()];
		this.complaints = followLogs(join(of.dataFolder, 'logs'));
	}

	async until(isOver: () => boolean | Promise<boolean>): Promise<void> {
		while (!(await isOver())) {
			await sleep(lookEveryMs, undefined, { signal: this.#of.signal });
			const nowMs = performance.now();
			this.#leastWaiting = Math.min(this.#leastWaiting, await this.#of.queue.waiting());
			if (nowMs >= this.#next.pace) await this.#keepPace(nowMs);
			if (nowMs >= this.#next.sample) this.#sample(nowMs);
			if (this.samples && nowMs >= this.#next.collect) await this.#collect(nowMs);
			if (nowMs >= this.#next.tell) await this.#tell(nowMs);
		}
	}

	/** After a whole minute of the world, within which the plan sent something. */
	async #keepPace(nowMs: number): Promise<void> {
		const { world, options } = this.#of;
		const leastWaiting = this.#leastWaiting;
		this.#speed = nextSpeed(this.#speed, { leastWaiting, fastest: options.fastest });
		this.#leastWaiting = Number.POSITIVE_INFINITY;
		this.#next.pace = nowMs + Math.max(paceEveryMs, minuteMs / this.#speed);
		// One that was stopped is emptying its queue.
		if ((await world.clock()).speed > 0) await world.setSpeed(this.#speed);
	}

	#sample(nowMs: number): void {
		this.#next.sample = nowMs + sampleEveryMs;
		this.complaints.look();
		for (const { name, pid } of this.#of.parts) {
			const bytes = residentBytes(pid);
			if (bytes === 0) throw new Error(`${name} is gone`);
			if (this.samples) this.memory.get(name)?.push({ atMs: nowMs, bytes });
		}
	}

	async #collect(nowMs: number): Promise<void> {
		const { parts, dataFolder, options } = this.#of;
		const everyMs = (options.minutes * 60_000 * (1 - warmUp.share)) / collections.count;
		this.#next.collect = nowMs + Math.max(collections.leastMs, everyMs);
		for (const part of parts) {
			const { liveBytes, rssBytes } = await heldBy(part, join(dataFolder, 'live'));
			this.live.get(part.name)?.push({ atMs: nowMs, bytes: liveBytes });
			this.held.get(part.name)?.push({ atMs: nowMs, bytes: rssBytes });
		}
	}

	async #tell(nowMs: number): Promise<void> {
		this.#next.tell = nowMs + tellEveryMs;
		const { parts, world, queue, say } = this.#of;
		const now = new Date(await world.nowMs()).toISOString().slice(0, 16);
		const mib = ({ pid }: Part) => (residentBytes(pid) / 1_048_576).toFixed(0);
		const held = parts.map((part) => `${part.name} ${mib(part)}`).join(', ');
		const waiting = await queue.waiting();
		say(`world ${now} × ${this.#speed.toFixed(1)}; ${waiting} waiting; MiB: ${held}`);
	}
}

/** The collector's queue, as the running jobs were told of it. */
function queueOf(parts: readonly Part[]) {
	const jobs = parts.find(({ name }) => name === 'jobs');
	if (jobs === undefined) throw new Error('no jobs are running');
	const endpoint = variableOf(jobs, 'AWS_ENDPOINT_URL_SQS');
	const credentials = { accessKeyId: 'embedded', secretAccessKey: 'embedded' };
	const sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials });
	const count = async (name: string) => {
		const { visible, taken } = await waitingIn(sqs, `${endpoint}/000000000000/${name}`);
		return visible + taken;
	};
	return {
		waiting: () => count('collect'),
		dead: () => count('collect-dead'),
		close: () => sqs.destroy(),
	};
}
