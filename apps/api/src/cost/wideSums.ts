/** Sums of whole numbers that may pass 2^53: low and high parts, each exact in a double. */
export class WideSums {
	readonly #low: Float64Array;
	readonly #high: Float64Array;
	readonly #touched: Uint8Array;

	constructor(length: number) {
		this.#low = new Float64Array(length);
		this.#high = new Float64Array(length);
		this.#touched = new Uint8Array(length);
	}

	/** Adds a whole number to a sum. */
	add(at: number, value: number): void {
		const high = Math.floor(value / unit);
		this.#addParts(at, high, value - high * unit);
	}

	/** Adds the product of a whole number and a small one, below 2^20, without rounding it. */
	addProduct(at: number, value: number, by: number): void {
		const high = Math.floor(value / unit);
		this.#addParts(at, high * by, (value - high * unit) * by);
	}

	/** Whether anything was added, be it 0. */
	has(at: number): boolean {
		return this.#touched[at] === 1;
	}

	value(at: number): bigint {
		return BigInt(this.#high[at] ?? 0) * BigInt(unit) + BigInt(this.#low[at] ?? 0);
	}

	clear(): void {
		this.#low.fill(0);
		this.#high.fill(0);
		this.#touched.fill(0);
	}

	#addParts(at: number, high: number, low: number): void {
		const sum = (this.#low[at] ?? 0) + low;
		const carry = Math.floor(sum / unit);
		this.#low[at] = sum - carry * unit;
		this.#high[at] = (this.#high[at] ?? 0) + high + carry;
		this.#touched[at] = 1;
	}
}

/** Low parts stay below this. */
const unit = 2 ** 32;
