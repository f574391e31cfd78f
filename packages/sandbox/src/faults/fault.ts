/**
 * Faults of the simulated AWS. One holds where its `where` matches, or where a name carries its
 * sentinel: an account name or function name that contains `fault-<kind>`, or the region
 * `xx-fault-<kind>-1`. Others are added and removed while the sandbox runs.
 */
export interface FaultKinds {
	/** The service's own throttling error. */
	readonly throttle: { readonly retryAfterSeconds?: number };
	/** 500 InternalFailure or 503 ServiceUnavailable. */
	readonly 'server-error': { readonly status?: 500 | 503 };
	readonly slow: { readonly delayMs?: number };
	/** The connection is cut before an answer, or in the middle of its body. */
	readonly drop: { readonly when?: 'before' | 'within' };
	/** AccessDenied although the policy allows; `where.action` says which. */
	readonly deny: Record<never, never>;
	/** Session credentials count as expired. */
	readonly 'expired-token': Record<never, never>;
	/** The server's clock differs from the caller's: RequestExpired until it corrects itself. */
	readonly 'clock-skew': { readonly skewMs?: number };
	/** The account was closed: every call of its sessions is refused, AssumeRole too. */
	readonly 'account-closed': Record<never, never>;
	/** Answers carry members that no schema knows. */
	readonly 'unknown-fields': Record<never, never>;
	/** GetMetricData answers StatusCode PartialData for the series, with a message. */
	readonly 'partial-data': { readonly share?: number };
	/** FilterLogEvents answers pages without events but with a token before each page that has some. */
	readonly 'empty-pages': { readonly pages?: number };
	/** Metrics and log events become visible this much later than usual. */
	readonly 'late-data': { readonly delayMs?: number };
	readonly 'duplicate-events': { readonly share?: number };
	readonly 'out-of-order-events': { readonly share?: number };
	/** Log lines that begin like platform records and do not parse. */
	readonly 'malformed-lines': { readonly share?: number };
	/** Log lines cut in the middle. */
	readonly 'truncated-lines': { readonly share?: number };
	/** One log line of 1 MB beside the usual ones. */
	readonly 'huge-line': { readonly bytes?: number };
	/** The function is gone from `fromMs` on: not listed, ResourceNotFoundException when asked for. */
	readonly 'function-deleted': Record<never, never>;
}

export type FaultKind = keyof FaultKinds;

/** Every part that is present must match; an absent part matches all. */
export interface FaultWhere {
	readonly accountId?: string;
	readonly region?: string;
	/** Signing name: `logs`, `monitoring`, `lambda`, `sts`, `ce`, `tagging`, `ec2`. */
	readonly service?: string;
	readonly operation?: string;
	/** IAM action, e.g. `logs:FilterLogEvents`. */
	readonly action?: string;
	readonly functionName?: string;
}

export interface Fault<K extends FaultKind = FaultKind> {
	readonly id: string;
	readonly kind: K;
	readonly where: FaultWhere;
	readonly settings: FaultKinds[K];
	/** How many calls it still hits; `null` without end. */
	readonly remaining: number | null;
	/** Share of the matching calls that it hits, 0 to 1; chosen evenly (every n-th), not at random. */
	readonly share: number;
	/** World time from which it holds; `null` from the beginning. */
	readonly fromMs: number | null;
	/** World time at which it ends; `null` never. */
	readonly untilMs: number | null;
}

/** What a handler may ask about faults. */
export interface CallFaults {
	/**
	 * The settings of a data-shaped fault that holds for this call (and function, where named), or
	 * `null`. Data-shaped faults are pure: asking twice gives the same answer and uses nothing up.
	 */
	settings<K extends FaultKind>(kind: K, functionName?: string): FaultKinds[K] | null;
}

/** No fault at all; for tests of handlers. */
export const noFaults: CallFaults = { settings: () => null };
