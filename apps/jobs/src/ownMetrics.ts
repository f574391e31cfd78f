/** What a structured line says besides its event. */
type Facts = Readonly<Record<string, string | number | boolean | null>>;

type MetricUnit = 'Count' | 'Milliseconds' | 'None';

interface OwnMetric {
	readonly unit: MetricUnit;
	/** The line that it is read from. */
	readonly event: string;
	/** Its value in that line; nothing where the line does not say. */
	readonly value: (facts: Facts) => number | null;
}

const numberOf = (fact: Facts[string] | undefined) => (typeof fact === 'number' ? fact : null);

/**
 * What an operator is told of the collector itself. AWS charges for each name and set of dimensions, so
 * these are few and have no dimension: which connection it was stands in the line itself. Dead letters
 * are not among them, as SQS counts them free of charge.
 */
export const ownMetrics = {
	/** From the newest complete minute's end to its figures being here: the maximum is the oldest region's. */
	RegionDelay: {
		unit: 'Milliseconds',
		event: 'run',
		value: ({ job, delayMs }) => (job === 'functions' ? numberOf(delayMs) : null),
	},
	/** How long a piece of work took. */
	RunTime: { unit: 'Milliseconds', event: 'run', value: ({ tookMs }) => numberOf(tookMs) },
	/** Every minute one: without them the planner has stopped. */
	MessagesPlanned: { unit: 'Count', event: 'planned', value: ({ messages }) => numberOf(messages) },
	MessagesFailed: { unit: 'Count', event: 'message failed', value: () => 1 },
	/** Readings that came so late that a later one had made them pointless. */
	MessagesSkipped: { unit: 'Count', event: 'skipped', value: () => 1 },
	/** Calls that AWS refused as too fast. */
	CallsThrottled: { unit: 'Count', event: 'calls', value: ({ throttled }) => numberOf(throttled) },
	/** What the calls cost the accounts, in USD at list price: the sum of a day is its watch cost. */
	WatchCost: { unit: 'None', event: 'calls', value: ({ costUsd }) => numberOf(costUsd) },
	/** Minutes of a connection's last day that are partial or missing. */
	MinutesIncomplete: {
		unit: 'Count',
		event: 'evaluated',
		value: ({ incompleteMinutes }) => numberOf(incompleteMinutes),
	},
} as const satisfies Readonly<Record<string, OwnMetric>>;

/**
 * A structured line; where it has own metrics, in CloudWatch's embedded metric format, from which Logs
 * makes them without a call. `namespace` is the same for all lines of a stage.
 */
export function metricLine(
	event: string,
	facts: Facts,
	{ namespace, nowMs }: { readonly namespace: string; readonly nowMs: number },
): Readonly<Record<string, unknown>> {
	const values: Record<string, number> = {};
	const Metrics: { readonly Name: string; readonly Unit: MetricUnit }[] = [];
	for (const [Name, metric] of Object.entries<OwnMetric>(ownMetrics)) {
		const value = metric.event === event ? metric.value(facts) : null;
		if (value === null) continue;
		values[Name] = value;
		Metrics.push({ Name, Unit: metric.unit });
	}
	const line = { event, ...facts };
	if (Metrics.length === 0) return line;
	// The one set of dimensions is empty; embedded metric format specification, read 2026-11.
	const CloudWatchMetrics = [{ Namespace: namespace, Dimensions: [[]], Metrics }];
	return { ...line, ...values, _aws: { Timestamp: nowMs, CloudWatchMetrics } };
}
