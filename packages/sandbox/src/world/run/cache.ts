import type { Member } from '../fleet.ts';
import type { Conditions } from './drawHour.ts';
import { type Block, computeBlock } from './block.ts';

interface Entry {
	readonly block: Block | null;
	readonly weight: number;
}

// About 48 bytes a row: two million rows are some 100 MB at worst.
const rowsMost = 1_500_000;
/** An hour in which nothing ran still takes a place in the map. */
const emptyWeight = 4;
const hoursPerMember = 2 ** 24;

/** Hours of functions, computed once and forgotten when there are too many; the oldest use goes first. */
export class Blocks {
	readonly #entries = new Map<number, Entry>();
	readonly #conditions: Conditions;
	#weight = 0;

	constructor(conditions: Conditions) {
		this.#conditions = conditions;
	}

	/** One hour of a function; `null` when nothing ran. */
	get(member: Member, hour: number): Block | null {
		const key = member.index * hoursPerMember + hour;
		const known = this.#entries.get(key);
		if (known !== undefined) {
			this.#entries.delete(key);
			this.#entries.set(key, known);
			return known.block;
		}
		const block = computeBlock(member, hour, this.#conditions);
		const entry = { block, weight: (block?.length ?? 0) + emptyWeight };
		this.#entries.set(key, entry);
		this.#weight += entry.weight;
		this.#trim();
		return block;
	}

	/** Computes an hour without keeping it: for sums over months. */
	pass(member: Member, hour: number): Block | null {
		const known = this.#entries.get(member.index * hoursPerMember + hour);
		return known === undefined ? computeBlock(member, hour, this.#conditions) : known.block;
	}

	#trim(): void {
		for (const [key, entry] of this.#entries) {
			if (this.#weight <= rowsMost) return;
			this.#entries.delete(key);
			this.#weight -= entry.weight;
		}
	}
}
