/** One figure of a bench. `target` and `baseline` are in the same unit as `value`. */
export interface BenchRow {
	readonly metric: string;
	readonly value: number;
	readonly unit: string;
	/** `null` when the figure is reported without a target. */
	readonly target: number | null;
	/** `null` without a target. */
	readonly pass: boolean | null;
	/** What the figure is compared with in the same run; `null` when there is nothing to compare. */
	readonly baseline: number | null;
	/** value / baseline. */
	readonly ratio: number | null;
	/** What the baseline is, or how the figure was taken. */
	readonly note?: string;
}

/** A bench measures and reports; it never gates. */
export interface Bench {
	readonly name: string;
	readonly about: string;
	run(report: (row: BenchRow) => void): Promise<void>;
}

interface RowOptions {
	readonly value: number;
	readonly unit: string;
	readonly atMost?: number;
	readonly atLeast?: number;
	readonly baseline?: number;
	readonly note?: string;
}

/** A row with `pass` and `ratio` derived from its figures. */
export function row(metric: string, options: RowOptions): BenchRow {
	const { value, unit, atMost, atLeast, baseline, note } = options;
	const target = atMost ?? atLeast ?? null;
	const pass =
		target === null
			? null
			: (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast);
	return {
		metric,
		value,
		unit,
		target,
		pass,
		baseline: baseline ?? null,
		ratio: baseline === undefined ? null : value / baseline,
		...(note === undefined ? {} : { note }),
	};
}
