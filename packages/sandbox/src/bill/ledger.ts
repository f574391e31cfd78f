import { setImmediate as nextTurn } from 'node:timers/promises';

import type { LivingWorld } from '../world/create.ts';
import type { Member } from '../world/fleet.ts';
import { slotMs } from './calendar.ts';
import { linesOfUsage, type Usage, type UsageLine, usageOf } from './usage.ts';

/** Longest that other requests wait while usage is added up. */
const turnMs = 12;

/**
 * Usage of the whole organisation by slots of eight hours. A slot is computed when it is first asked
 * for and kept: it is a few hundred lines. Long spans are computed in turns with other work.
 */
export class Ledger {
	readonly #world: LivingWorld;
	readonly #slots = new Map<number, Promise<readonly UsageLine[]>>();
	#queue: Promise<unknown> = Promise.resolve();

	constructor(world: LivingWorld) {
		this.#world = world;
	}

	/** The usage lines of a slot, by its number since the epoch. */
	slot(slot: number): Promise<readonly UsageLine[]> {
		const known = this.#slots.get(slot);
		if (known !== undefined) return known;
		const lines = this.#queue.then(() => this.#compute(slot));
		this.#queue = lines;
		this.#slots.set(slot, lines);
		return lines;
	}

	async #compute(slot: number): Promise<readonly UsageLine[]> {
		const range = { fromMs: slot * slotMs, toMs: (slot + 1) * slotMs };
		if (range.toMs <= this.#world.options.beginsMs) return [];
		const used: [Member, Usage][] = [];
		let turnEndsMs = performance.now() + turnMs;
		for (const member of this.#world.members) {
			const usage = usageOf(this.#world, member, range);
			if (usage !== null) used.push([member, usage]);
			if (performance.now() < turnEndsMs) continue;
			await nextTurn();
			turnEndsMs = performance.now() + turnMs;
		}
		return linesOfUsage(used);
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
