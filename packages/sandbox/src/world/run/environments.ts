import type { Member } from '../fleet.ts';
import { mix, unit } from '../random.ts';
import { NumberHeap } from './heap.ts';

/** One execution environment: what writes one log stream. */
export interface Environment {
	/** Position in the hour's list. */
	readonly index: number;
	readonly slot: number;
	/** When its init began: the first start, or earlier on provisioned concurrency. */
	readonly bornMs: number;
	/** Number of releases before it was made: its version. */
	readonly version: number;
	readonly provisioned: boolean;
	readonly initUs: number;
	readonly restoreUs: number;
	readonly billedRestoreMs: number;
	/** Idle for longer than this, it is gone. */
	readonly idleMs: number;
	readonly seed: number;
	runs: number;
	freeAtMs: number;
	memoryUsedMib: number;
	isDead: boolean;
}

/** More environments than a function can have in one region. */
const slotsMost = 65_536;

interface Facts {
	readonly startMs: number;
	readonly releaseTimes: readonly number[];
	readonly firstVersion: number;
}

/**
 * The environments of one hour of a function. A request goes to the first free one, in the order in
 * which they were made, as warm ones are reused first; a release replaces all of them.
 */
export class Environments {
	readonly all: Environment[] = [];
	readonly #member: Member;
	readonly #hour: number;
	readonly #facts: Facts;
	#slots: Environment[] = [];
	/** Slots whose environment may take a request; the lowest goes first. */
	#free = new NumberHeap();
	/** When busy slots become free: milliseconds from the hour, times `slotsMost`, plus the slot. */
	#busy = new NumberHeap();
	#released = 0;

	constructor(member: Member, hour: number, facts: Facts) {
		this.#member = member;
		this.#hour = hour;
		this.#facts = facts;
		this.#provision(facts.startMs);
	}

	/** A free environment, made if need be; `null` when all that may exist are busy: a throttle. */
	take(startMs: number, most: number, memoryMib: number): Environment | null {
		const nextRelease = this.#facts.releaseTimes[this.#released];
		if (nextRelease !== undefined && startMs >= nextRelease) this.#replaceAll(startMs);
		const nowKey = (startMs - this.#facts.startMs + 1) * slotsMost;
		while (this.#busy.peek() < nowKey) this.#free.push(this.#busy.pop() % slotsMost);
		if (this.#free.size === 0) {
			const slot = this.#slots.length;
			if (slot >= most) return null;
			return this.#use(this.#make(slot, startMs, false), memoryMib);
		}
		const slot = this.#free.pop();
		const environment = this.#slots[slot];
		const isGone =
			environment === undefined ||
			environment.isDead ||
			(!environment.provisioned && startMs - environment.freeAtMs > environment.idleMs);
		if (!isGone) return this.#use(environment, memoryMib);
		return this.#use(this.#make(slot, startMs, environment?.provisioned ?? false), memoryMib);
	}

	/** Adds a run's memory. True when it no longer fits: the process is killed. */
	grow(environment: Environment, leakMib: number, memoryMib: number): boolean {
		const wanted = environment.memoryUsedMib + leakMib;
		environment.memoryUsedMib = Math.min(wanted, memoryMib);
		return leakMib > 0 && wanted >= memoryMib;
	}

	release(environment: Environment, atMs: number, dies: boolean): void {
		environment.freeAtMs = atMs;
		environment.isDead = dies;
		this.#busy.push((atMs - this.#facts.startMs) * slotsMost + environment.slot);
	}

	#use(environment: Environment, memoryMib: number): Environment {
		environment.runs++;
		// REPORT's Max Memory Used is the environment's high-water mark: it only ever climbs.
		const { memoryUsedMib } = this.#member.blueprint.work;
		const peak =
			memoryUsedMib * (0.86 + 0.14 * Math.min(1, environment.runs / 60)) +
			memoryUsedMib * 0.12 * unit(environment.seed, 1);
		const most = Math.min(peak, memoryMib * 0.97);
		if (most > environment.memoryUsedMib) environment.memoryUsedMib = most;
		return environment;
	}

	#make(slot: number, bornMs: number, provisioned: boolean): Environment {
		const index = this.all.length;
		const seed = mix(this.#member.seed, this.#hour, 0xe0 + index);
		const { work, snapStart } = this.#member.blueprint;
		const initUs = Math.round(work.initMs * 100 * (0.82 + 0.45 * unit(seed, 2))) * 10;
		// Restores of the samples in the logs' reference take about half a second, half of it billed.
		const restoreUs = snapStart ? Math.round((31_000 + 42_000 * unit(seed, 3)) / 1) * 10 : 0;
		const environment: Environment = {
			index,
			slot,
			bornMs,
			version: this.#facts.firstVersion + this.#released,
			provisioned,
			initUs,
			restoreUs,
			billedRestoreMs: snapStart ? Math.round((restoreUs / 1000) * (0.3 + 0.3 * unit(seed, 4))) : 0,
			idleMs: (5 + 4 * unit(seed, 5)) * 60_000,
			seed,
			runs: 0,
			freeAtMs: 0,
			memoryUsedMib: 0,
			isDead: false,
		};
		this.all.push(environment);
		this.#slots[slot] = environment;
		return environment;
	}

	#replaceAll(startMs: number): void {
		let { releaseTimes } = this.#facts;
		releaseTimes = releaseTimes.slice(this.#released);
		const passed = releaseTimes.filter((time) => time <= startMs).length;
		const releasedAt = releaseTimes[passed - 1] ?? startMs;
		this.#released += passed;
		this.#slots = [];
		this.#free = new NumberHeap();
		this.#busy = new NumberHeap();
		this.#provision(releasedAt);
	}

	/** Provisioned environments exist before the first request. */
	#provision(atMs: number): void {
		const count = this.#member.blueprint.provisionedConcurrency ?? 0;
		for (let slot = 0; slot < count; slot++) {
			this.#make(slot, atMs, true);
			this.#free.push(slot);
		}
	}
}
