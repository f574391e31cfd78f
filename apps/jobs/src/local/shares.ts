/** A group that was not served in so many turns is not expected any more. */
const rememberedTurns = 100;

/**
 * Waiting work by group, given out so that no group holds more than its share of `width` places: an equal
 * part beside those that were served lately, at least one, and never the last one, which is for whoever
 * comes next. Groups that hold fewest come first, and among these the one that was served longest ago.
 */
export class Shares<T> {
	readonly #width: number;
	/** In the order in which they were served. */
	readonly #groups = new Map<string, { readonly waiting: T[]; running: number }>();
	/** The turn in which each was served last, oldest first. */
	readonly #served = new Map<string, number>();
	#turn = 0;
	#running = 0;
	#waiting = 0;

	constructor(width: number) {
		this.#width = width;
	}

	/** How much waits. */
	get waiting(): number {
		return this.#waiting;
	}

	add(group: string, item: T): void {
		const held = this.#groups.get(group);
		if (held === undefined) this.#groups.set(group, { waiting: [item], running: 0 });
		else held.waiting.push(item);
		this.#waiting += 1;
	}

	/** Puts an item in the place of one that waits; returns that one, or `null` where none is meant. */
	replace(group: string, item: T, isMeant: (waiting: T) => boolean): T | null {
		const waiting = this.#groups.get(group)?.waiting ?? [];
		const at = waiting.findIndex(isMeant);
		return at === -1 ? null : (waiting.splice(at, 1, item)[0] ?? null);
	}

	/** The next to begin; `null` while every place, or the share of all who wait, is taken. */
	next(): { readonly group: string; readonly item: T } | null {
		if (this.#running >= this.#width) return null;
		const share = this.#share();
		let best: string | null = null;
		for (const [group, { waiting, running }] of this.#groups) {
			if (waiting.length === 0 || running >= share) continue;
			if (best === null || running < (this.#groups.get(best)?.running ?? 0)) best = group;
		}
		const held = best === null ? undefined : this.#groups.get(best);
		const item = held?.waiting.shift();
		if (best === null || held === undefined || item === undefined) return null;
		held.running += 1;
		this.#running += 1;
		this.#waiting -= 1;
		this.#groups.delete(best);
		this.#groups.set(best, held);
		this.#turn += 1;
		this.#served.delete(best);
		this.#served.set(best, this.#turn);
		return { group: best, item };
	}

	#share(): number {
		for (const [group, turn] of this.#served) {
			if (this.#turn - turn < rememberedTurns) break;
			this.#served.delete(group);
		}
		const groups = new Set([...this.#groups.keys(), ...this.#served.keys()]).size;
		const equal = Math.floor(this.#width / Math.max(1, groups));
		return Math.max(1, Math.min(this.#width - 1, equal));
	}

	/** One of a group's is done. */
	ended(group: string): void {
		const held = this.#groups.get(group);
		if (held === undefined) return;
		held.running -= 1;
		this.#running -= 1;
		if (held.running === 0 && held.waiting.length === 0) this.#groups.delete(group);
	}

	/** Takes out all that waits. */
	left(): T[] {
		const all = [...this.#groups.values()].flatMap(({ waiting }) => waiting.splice(0));
		this.#waiting = 0;
		return all;
	}
}
