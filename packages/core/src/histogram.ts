import { LamplightError } from './errors.ts';

/**
 * Base-2 exponential histogram at scale 5, positive values only: bucket i holds
 * (2^(i/32), 2^((i+1)/32)], so any quantile is known to within about 1.1%, and two histograms
 * merge exactly. OpenTelemetry data model, "Exponential Histogram", read 2026-11.
 */
export const histogramScale = 5;
const bucketsPerDoubling = 2 ** histogramScale;

const formatVersion = 1;
/** Sum, minimum and maximum as varints: true of whole numbers such as microseconds. */
const flagWholeNumbers = 1;

/** Counts of values by size, mergeable. Values are in whatever unit the caller adds, usually µs. */
export class ExponentialHistogram {
	#count = 0;
	#zeroCount = 0;
	#sum = 0;
	#min = Infinity;
	#max = -Infinity;
	readonly #counts = new Map<number, number>();

	/** How many values were added. */
	get count(): number {
		return this.#count;
	}

	/** Sum of the values: exact while they are whole and the sum is below 2^53. */
	get sum(): number {
		return this.#sum;
	}

	/** Smallest value added; `null` when empty. */
	get min(): number | null {
		return this.#count === 0 ? null : this.#min;
	}

	/** Largest value added; `null` when empty. */
	get max(): number | null {
		return this.#count === 0 ? null : this.#max;
	}

	/** Adds one value. Throws `invalid_input` unless it is finite and not negative. */
	add(value: number): void {
		this.addCount(value, 1);
	}

	/** Adds a value `count` times. `count` is a whole number; 0 changes nothing. */
	addCount(value: number, count: number): void {
		if (!Number.isFinite(value) || value < 0) {
			throw new LamplightError('invalid_input', `histogram value ${value}: expected 0 or more`);
		}
		if (!Number.isSafeInteger(count) || count < 0) {
			throw new LamplightError('invalid_input', `histogram count ${count}: expected 0 or more`);
		}
		if (count === 0) return;
		this.#count += count;
		this.#sum += value * count;
		this.#min = Math.min(this.#min, value);
		this.#max = Math.max(this.#max, value);
		if (value === 0) this.#zeroCount += count;
		else this.#bump(bucketOf(value), count);
	}

	/** Adds everything another histogram counted. The result is what adding its values would give. */
	merge(other: ExponentialHistogram): void {
		this.#count += other.#count;
		this.#zeroCount += other.#zeroCount;
		this.#sum += other.#sum;
		this.#min = Math.min(this.#min, other.#min);
		this.#max = Math.max(this.#max, other.#max);
		for (const [bucket, count] of other.#counts) this.#bump(bucket, count);
	}

	/**
	 * The value below which the share `q` of values lies (nearest rank), within about 1.1%;
	 * the ends are exact. `null` when empty. `q` is 0 to 1.
	 */
	quantile(q: number): number | null {
		if (this.#count === 0) return null;
		const rank = Math.max(1, Math.ceil(Math.min(1, Math.max(0, q)) * this.#count));
		if (rank === 1) return this.#min;
		if (rank === this.#count) return this.#max;
		let seen = this.#zeroCount;
		if (rank <= seen) return 0;
		for (const [bucket, count] of this.#sorted()) {
			seen += count;
			if (rank <= seen) return Math.min(this.#max, Math.max(this.#min, middleOf(bucket)));
		}
		return this.#max;
	}

	/** How many values are at most `bound`; values in the bucket that holds it count in full. */
	countAtMost(bound: number): number {
		if (bound < 0 || this.#count === 0) return 0;
		if (bound >= this.#max) return this.#count;
		const last = bound === 0 ? -Infinity : bucketOf(bound);
		let seen = this.#zeroCount;
		for (const [bucket, count] of this.#counts) if (bucket <= last) seen += count;
		return seen;
	}

	/** Compact bytes: 17 for one value, about 600 for an hour of a busy function. */
	encode(): Uint8Array {
		const out: number[] = [formatVersion];
		pushVarint(out, this.#count);
		if (this.#count === 0) return Uint8Array.from(out);
		const facts = [this.#sum, this.#min, this.#max];
		const whole = facts.every((fact) => Number.isSafeInteger(fact));
		out.push(whole ? flagWholeNumbers : 0);
		for (const fact of facts) {
			if (whole) pushVarint(out, fact);
			else pushFloat(out, fact);
		}
		pushVarint(out, this.#zeroCount);
		pushVarint(out, this.#counts.size);
		let previous = 0;
		for (const [bucket, count] of this.#sorted()) {
			pushVarint(out, zigzag(bucket - previous));
			pushVarint(out, count);
			previous = bucket;
		}
		return Uint8Array.from(out);
	}

	/** The histogram that `encode` wrote. Throws `data_damaged` on an unknown version or a cut end. */
	static decode(bytes: Uint8Array): ExponentialHistogram {
		const reader = new Reader(bytes);
		const version = reader.byte();
		if (version !== formatVersion) {
			throw new LamplightError('data_damaged', `histogram: unknown format version ${version}`);
		}
		const histogram = new ExponentialHistogram();
		histogram.#count = reader.varint();
		if (histogram.#count === 0) return histogram;
		const next = (reader.byte() & flagWholeNumbers) !== 0 ? 'varint' : 'float';
		histogram.#sum = reader[next]();
		histogram.#min = reader[next]();
		histogram.#max = reader[next]();
		histogram.#zeroCount = reader.varint();
		let bucket = 0;
		for (let left = reader.varint(); left > 0; left--) {
			bucket += unzigzag(reader.varint());
			histogram.#counts.set(bucket, reader.varint());
		}
		return histogram;
	}

	#bump(bucket: number, count: number): void {
		this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
	}

	#sorted(): [number, number][] {
		return [...this.#counts].sort((a, b) => a[0] - b[0]);
	}
}

/** One histogram of all that the given ones counted; the given ones stay as they are. */
export function mergeHistograms(all: Iterable<ExponentialHistogram>): ExponentialHistogram {
	const merged = new ExponentialHistogram();
	for (const one of all) merged.merge(one);
	return merged;
}

function bucketOf(value: number): number {
	return Math.ceil(Math.log2(value) * bucketsPerDoubling) - 1;
}

/** The value with the same relative distance to both ends of the bucket. */
function middleOf(bucket: number): number {
	const lower = 2 ** (bucket / bucketsPerDoubling);
	const upper = 2 ** ((bucket + 1) / bucketsPerDoubling);
	return (2 * lower * upper) / (lower + upper);
}

function zigzag(value: number): number {
	return value < 0 ? -value * 2 - 1 : value * 2;
}

function unzigzag(value: number): number {
	return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
}

function pushVarint(out: number[], value: number): void {
	let left = value;
	while (left >= 128) {
		out.push((left % 128) | 128);
		left = Math.floor(left / 128);
	}
	out.push(left);
}

function pushFloat(out: number[], value: number): void {
	out.push(...new Uint8Array(Float64Array.of(value).buffer));
}

class Reader {
	#at = 0;
	readonly #bytes: Uint8Array;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}

	byte(): number {
		const byte = this.#bytes[this.#at++];
		if (byte === undefined) {
			throw new LamplightError('data_damaged', 'histogram: ends before its last bucket');
		}
		return byte;
	}

	varint(): number {
		let value = 0;
		for (let unit = 1; ; unit *= 128) {
			const byte = this.byte();
			value += (byte & 127) * unit;
			if (byte < 128) break;
		}
		if (!Number.isSafeInteger(value)) {
			throw new LamplightError('data_damaged', 'histogram: a number beyond 2^53');
		}
		return value;
	}

	float(): number {
		const bytes = Uint8Array.from({ length: 8 }, () => this.byte());
		return new DataView(bytes.buffer).getFloat64(0, true);
	}
}
