/** Randomness that is a function of its arguments: the same question always gets the same answer. */

/** Mixes three 32-bit integers into one. Constants of the murmur3 finaliser. */
export function mix(a: number, b = 0, c = 0): number {
	let h = a | 0;
	h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
	h = (h ^ b) | 0;
	h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
	h = (h ^ c) | 0;
	h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
	h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
	return (h ^ (h >>> 16)) >>> 0;
}

/** A 32-bit hash of a text. */
export function hashText(text: string, seed = 0): number {
	let h = mix(seed, text.length);
	for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
	return mix(h, seed);
}

/** A number in [0, 1) from three integers. */
export function unit(a: number, b = 0, c = 0): number {
	return mix(a, b, c) / 4294967296;
}

/** One of a list's items, chosen by a hash. Throws when the list is empty. */
export function pick<T>(items: readonly T[], hash: number): T {
	const item = items[hash % items.length];
	if (item === undefined) throw new RangeError('pick: expected a list with items');
	return item;
}

/** A sequence of numbers in [0, 1), fast enough for a million a frame. */
export class Sequence {
	#state: number;

	constructor(seed: number) {
		this.#state = seed | 0;
	}

	/** The next 32-bit integer of the sequence. */
	nextInt(): number {
		this.#state = (this.#state + 0x6d2b79f5) | 0;
		let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
		t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
		return (t ^ (t >>> 14)) >>> 0;
	}

	next(): number {
		return this.nextInt() / 4294967296;
	}
}

const normalSteps = 4096;
const normalTable = Float64Array.from({ length: normalSteps }, (_, i) =>
	inverseNormal((i + 0.5) / normalSteps),
);

/** A standard normal deviate from a uniform one, read off a table of 4,096 quantiles. */
export function normal(uniform: number): number {
	return normalTable[(uniform * normalSteps) | 0] ?? 0;
}

/** How many events of mean `mean` happen: Poisson, by inversion below 30 and by its normal limit above. */
export function poisson(mean: number, random: Sequence): number {
	if (mean <= 0) return 0;
	if (mean > 30) {
		return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random.next())));
	}
	let left = random.next();
	let probability = Math.exp(-mean);
	let count = 0;
	while (left > probability && count < 200) {
		left -= probability;
		count++;
		probability *= mean / count;
	}
	return count;
}

/** Quantile of the standard normal distribution, |error| < 4.5e-4 (Abramowitz and Stegun 26.2.23). */
function inverseNormal(p: number): number {
	const tail = p < 0.5 ? p : 1 - p;
	const t = Math.sqrt(-2 * Math.log(tail));
	const top = 2.515517 + 0.802853 * t + 0.010328 * t * t;
	const bottom = 1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t;
	const z = t - top / bottom;
	return p < 0.5 ? -z : z;
}
