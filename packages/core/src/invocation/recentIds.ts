/** Lambda retries within minutes: so many executions of one environment back are far enough. */
const remembered = 64;

/**
 * The request ids that one stream saw last, as 52-bit hashes in a ring. Strings would be clearer, but
 * a large file has thousands of streams and millions of ids: kept as strings they are what most of
 * the memory goes to. Two ids of one ring share a hash once in some 10^14 times.
 */
export class RecentIds {
	readonly #keys = new Float64Array(remembered);
	#next = 0;

	/** How often the id came before, as far as remembered; and remembers it once more. */
	countAndAdd(id: string): number {
		const key = keyOf(id);
		const keys = this.#keys;
		let count = 0;
		for (let at = 0; at < remembered; at += 1) if (keys[at] === key) count += 1;
		keys[this.#next] = key;
		this.#next = (this.#next + 1) % remembered;
		return count;
	}
}

/** Two 26-bit hashes of the FNV-1a kind side by side, which a double holds exactly; never 0. */
function keyOf(id: string): number {
	let left = 0x811c9dc5;
	let right = 0x9747b28c;
	for (let at = 0; at < id.length; at += 1) {
		const code = id.charCodeAt(at);
		left = Math.imul(left ^ code, 0x01000193);
		right = Math.imul(right ^ code, 0x5bd1e995) ^ (right >>> 13);
	}
	return (left >>> 6) * 0x4000000 + (right >>> 6) + 1;
}
