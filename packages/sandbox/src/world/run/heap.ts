/** The smallest of many numbers, quickly: a binary heap. */
export class NumberHeap {
	readonly #items: number[] = [];

	get size(): number {
		return this.#items.length;
	}

	/** The smallest number; `Infinity` when there is none. */
	peek(): number {
		return this.#items[0] ?? Number.POSITIVE_INFINITY;
	}

	push(value: number): void {
		const items = this.#items;
		let at = items.length;
		items.push(value);
		while (at > 0) {
			const parent = (at - 1) >> 1;
			const above = items[parent] ?? 0;
			if (above <= value) break;
			items[at] = above;
			at = parent;
		}
		items[at] = value;
	}

	/** Takes the smallest number out. Throws when there is none. */
	pop(): number {
		const items = this.#items;
		const smallest = items[0];
		const last = items.pop();
		if (smallest === undefined || last === undefined)
			throw new RangeError('pop: the heap is empty');
		const size = items.length;
		if (size === 0) return smallest;
		let at = 0;
		for (;;) {
			let child = at * 2 + 1;
			if (child >= size) break;
			const right = child + 1;
			if (right < size && (items[right] ?? 0) < (items[child] ?? 0)) child = right;
			const below = items[child] ?? 0;
			if (below >= last) break;
			items[at] = below;
			at = child;
		}
		items[at] = last;
		return smallest;
	}
}
