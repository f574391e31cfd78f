import { Worker } from 'node:worker_threads';

import type { LivingWorld } from '../world/create.ts';
import { type SlotUsage, slotUsage } from './usage.ts';

/** A single slot of a world with fewer functions is added up sooner than a thread starts. */
const functionsForThread = 150;

/**
 * Usage of the whole organisation by slots of eight hours. A slot is computed when it is first asked
 * for and kept: a few numbers for each function. Months of a large world are computed in a thread of their
 * own, so that nobody else waits for the bill.
 */
export class Ledger {
	readonly #world: LivingWorld;
	readonly #slots = new Map<number, Promise<SlotUsage>>();
	#thread: LedgerThread | null = null;
	#inThread: boolean;

	constructor(world: LivingWorld) {
		this.#world = world;
		this.#inThread = isBusy(world);
	}

	/** From now on in a thread, however small the world: whole months of it take seconds all the same. */
	useThread(): void {
		this.#inThread = true;
	}

	/** What each function used in a slot, by its number since the epoch. */
	slot(slot: number): Promise<SlotUsage> {
		const known = this.#slots.get(slot);
		if (known !== undefined) return known;
		const usage = this.#compute(slot);
		this.#slots.set(slot, usage);
		// A slot that failed may be asked for again.
		usage.catch(() => this.#slots.delete(slot));
		return usage;
	}

	async #compute(slot: number): Promise<SlotUsage> {
		if (!this.#inThread) return slotUsage(this.#world, slot);
		this.#thread ??= new LedgerThread(this.#world, () => (this.#thread = null));
		return this.#thread.slot(slot);
	}
}

/** A trace may have a few functions and millions of executions. */
function isBusy({ members, options }: LivingWorld): boolean {
	return members.length >= functionsForThread || options.replay !== null;
}

interface Waiting {
	resolve(usage: SlotUsage): void;
	reject(error: Error): void;
}

/** The thread that adds up; it keeps the process alive only while somebody waits for it. */
class LedgerThread {
	readonly #worker: Worker;
	readonly #waiting = new Map<number, Waiting>();

	constructor(world: LivingWorld, onEnd: () => void) {
		this.#worker = new Worker(new URL('./ledgerWorker.ts', import.meta.url), {
			workerData: world.options,
		});
		this.#worker.unref();
		this.#worker.on('message', (answer: { slot: number; usage: SlotUsage }) => {
			this.#waiting.get(answer.slot)?.resolve(answer.usage);
			this.#waiting.delete(answer.slot);
			if (this.#waiting.size === 0) this.#worker.unref();
		});
		const end = (error: Error) => {
			for (const waiting of this.#waiting.values()) waiting.reject(error);
			this.#waiting.clear();
			onEnd();
		};
		this.#worker.on('error', end);
		this.#worker.on('exit', () => end(new Error('the thread of the bill ended')));
	}

	slot(slot: number): Promise<SlotUsage> {
		return new Promise((resolve, reject) => {
			this.#waiting.set(slot, { resolve, reject });
			this.#worker.ref();
			this.#worker.postMessage(slot);
		});
	}
}

const ledgers = new WeakMap<LivingWorld, Ledger>();

/** The ledger of a world; one for all who ask. */
export function ledgerOf(world: LivingWorld): Ledger {
	const known = ledgers.get(world);
	if (known !== undefined) return known;
	const made = new Ledger(world);
	ledgers.set(world, made);
	return made;
}
