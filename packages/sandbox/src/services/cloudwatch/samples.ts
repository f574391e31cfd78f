/** Samples grouped by period: counts, sums, extremes, and on demand the values themselves. */
export class Samples {
	readonly counts: Float64Array;
	readonly sums: Float64Array;
	readonly minima: Float64Array;
	readonly maxima: Float64Array;
	readonly #values: number[][] | null;
	readonly #sorted = new Map<number, Float64Array>();

	constructor(periods: number, keepsValues: boolean) {
		this.counts = new Float64Array(periods);
		this.sums = new Float64Array(periods);
		this.minima = new Float64Array(periods).fill(Number.POSITIVE_INFINITY);
		this.maxima = new Float64Array(periods).fill(Number.NEGATIVE_INFINITY);
		this.#values = keepsValues ? Array.from({ length: periods }, () => []) : null;
	}

	/** Adds a sample; one outside the periods is left out. */
	add(period: number, value: number): void {
		if (period < 0 || period >= this.counts.length) return;
		this.counts[period] = (this.counts[period] ?? 0) + 1;
		this.sums[period] = (this.sums[period] ?? 0) + value;
		if (value < (this.minima[period] ?? 0)) this.minima[period] = value;
		if (value > (this.maxima[period] ?? 0)) this.maxima[period] = value;
		this.#values?.[period]?.push(value);
	}

	addMany(period: number, value: number, count: number): void {
		for (let i = 0; i < count; i++) this.add(period, value);
	}

	/** The values of a period, ascending; empty unless they were kept. */
	sorted(period: number): Float64Array {
		const known = this.#sorted.get(period);
		if (known !== undefined) return known;
		const values = Float64Array.from(this.#values?.[period] ?? []).sort();
		this.#sorted.set(period, values);
		return values;
	}
}

/** How a statistic's name is read: `Sum`, …, or a percentile of 0 to 100. */
export type Statistic =
	| { readonly kind: 'Sum' | 'SampleCount' | 'Average' | 'Minimum' | 'Maximum' }
	| { readonly kind: 'percentile'; readonly share: number };

const plain = ['Sum', 'SampleCount', 'Average', 'Minimum', 'Maximum'] as const;

/** The statistic of a name such as `Sum` or `p99.9`; `null` when CloudWatch knows none of that name. */
export function parseStatistic(name: string): Statistic | null {
	const known = plain.find((candidate) => candidate === name);
	if (known !== undefined) return { kind: known };
	const percentile = /^p(\d{1,3}(?:\.\d{1,10})?)$/.exec(name)?.[1];
	if (percentile === undefined || Number(percentile) > 100) return null;
	return { kind: 'percentile', share: Number(percentile) / 100 };
}

/** A statistic of one period in the metric's unit; `null` where there is no sample. */
export function statisticAt(
	samples: Samples,
	period: number,
	statistic: Statistic,
	scale: number,
): number | null {
	const count = samples.counts[period] ?? 0;
	if (count === 0) return null;
	const sum = samples.sums[period] ?? 0;
	switch (statistic.kind) {
		case 'Sum':
			return sum / scale;
		case 'SampleCount':
			return count;
		case 'Average':
			return sum / count / scale;
		case 'Minimum':
			return (samples.minima[period] ?? 0) / scale;
		case 'Maximum':
			return (samples.maxima[period] ?? 0) / scale;
		case 'percentile':
			return nearestRank(samples.sorted(period), statistic.share) / scale;
	}
}

/** The smallest value that at least this share of the values does not exceed. */
function nearestRank(sorted: Float64Array, share: number): number {
	const rank = Math.max(1, Math.ceil(share * sorted.length));
	return sorted[rank - 1] ?? 0;
}
