/**
 * One function's figures over any span longer than a minute. Sums are exact integers. Where only
 * some invocations are known to a source, the figure says over how many it holds, so that a part
 * is never mistaken for the whole.
 */
export interface Aggregate {
	readonly invocations: number;
	/** Sum of known errors; `null` when no minute knows. Holds over `errorsKnownInvocations`. */
	readonly errors: number | null;
	readonly errorsKnownInvocations: number;
	readonly throttles: number | null;
	readonly durationSumUs: number;
	readonly durationMaxUs: number | null;
	/** From merged histograms where records cover the span, else approximate (see `percentiles`). */
	readonly p50Us: number | null;
	readonly p95Us: number | null;
	readonly p99Us: number | null;
	/**
	 * `merged`: from one histogram, within 1.1%; `approximate`: from the minutes' own percentiles
	 * taken as curves (see `mixtureQuantile`), because CloudWatch's cannot be merged; `none`.
	 */
	readonly percentiles: 'merged' | 'approximate' | 'none';
	/** Invocations whose REPORT records were read. The four sums below hold over these. */
	readonly recordedInvocations: number;
	/** Duration of the recorded invocations; the rest of `durationSumUs` can only be estimated from. */
	readonly recordedDurationSumUs: number;
	readonly billedMs: number | null;
	readonly billedMibMs: number | null;
	readonly coldStarts: number | null;
	readonly initUs: number | null;
	readonly timeouts: number | null;
	readonly maxMemoryUsedMib: number | null;
	readonly concurrencyMax: number | null;
	readonly logBytes: number | null;
	/**
	 * Of one function of which some minutes were read as a sample of the span: the variance of its billed
	 * milliseconds, above 0. Left out where there is nothing to be unsure of, or nothing to tell it by.
	 */
	readonly billedVarianceMs2?: number;
}
