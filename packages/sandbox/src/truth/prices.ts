/** What AWS bills for a call: units, and the price of one in millionths of a millionth of a dollar. */
export interface Charge {
	readonly units: number;
	readonly picoUsdPerUnit: bigint;
}

// Amazon CloudWatch pricing, us-east-1, price list of 2026-09-24: $0.01 per 1,000 metrics requested
// by GetMetricData (CW:GMD-Metrics), $0.01 per 1,000 other requests (CW:Requests).
const perMetric = 10_000_000n;
const perCloudWatchRequest = 10_000_000n;
// Cost Explorer pricing, read 2026-09: $0.01 per paginated request.
const perCostExplorerPage = 10_000_000_000n;
// CloudWatch Logs pricing, us-east-1, 2025-10-28: $0.005 per GB that Logs Insights scans.
const perScannedByte = 5n;
// S3 pricing, us-east-1, read 2026-11: $0.005 per 1,000 LIST, $0.0004 per 1,000 GET, HEAD and others.
const perS3List = 5_000_000n;
const perS3Read = 400_000n;
/** Operations whose bytes are billed: the handler reports them. */
const scanningOperations: readonly string[] = ['StartQuery', 'GetQueryResults'];
/** CloudWatch operations with a line in the price list, beside GetMetricData. */
const pricedRequests: readonly string[] = ['GetMetricStatistics', 'ListMetrics', 'PutMetricData'];

interface ChargeInput {
	readonly service: string;
	readonly operation: string;
	readonly input: Readonly<Record<string, unknown>>;
	/** Units that the handler reported, e.g. bytes scanned. */
	readonly reported: number;
}

/** What a call costs before any free tier; `null` for calls that AWS does not bill. */
export function chargeOf({ service, operation, input, reported }: ChargeInput): Charge | null {
	if (service === 'monitoring' && operation === 'GetMetricData') {
		return { units: billedMetrics(input), picoUsdPerUnit: perMetric };
	}
	if (service === 'monitoring' && pricedRequests.includes(operation)) {
		return { units: 1, picoUsdPerUnit: perCloudWatchRequest };
	}
	if (service === 's3') {
		const isList = operation === 'ListObjectsV2';
		return { units: 1, picoUsdPerUnit: isList ? perS3List : perS3Read };
	}
	if (service === 'ce') return { units: 1, picoUsdPerUnit: perCostExplorerPage };
	if (service === 'logs' && scanningOperations.includes(operation) && reported > 0) {
		return { units: reported, picoUsdPerUnit: perScannedByte };
	}
	return null;
}

interface MetricQuery {
	readonly AccountId?: string;
	readonly MetricStat?: {
		readonly Period?: number;
		readonly Metric?: {
			readonly Namespace?: string;
			readonly MetricName?: string;
			readonly Dimensions?: readonly { readonly Name?: string; readonly Value?: string }[];
		};
	};
}

/** Up to five statistics of one metric in one request are billed as one metric (CloudWatch pricing, read 2026-09). */
const statisticsPerBilledMetric = 5;

function billedMetrics(input: Readonly<Record<string, unknown>>): number {
	const queries = (input['MetricDataQueries'] ?? []) as readonly MetricQuery[];
	const statistics = new Map<string, number>();
	for (const { AccountId, MetricStat } of queries) {
		if (MetricStat?.Metric === undefined) continue;
		const { Namespace, MetricName, Dimensions = [] } = MetricStat.Metric;
		const dimensions = Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).sort();
		const key = JSON.stringify([AccountId, Namespace, MetricName, MetricStat.Period, dimensions]);
		statistics.set(key, (statistics.get(key) ?? 0) + 1);
	}
	let billed = 0;
	for (const count of statistics.values()) billed += Math.ceil(count / statisticsPerBilledMetric);
	return billed;
}

/** Pico-dollars as exact decimal text without trailing zeros. */
export function usdText(picoUsd: bigint): string {
	const text = picoUsd.toString().padStart(13, '0');
	const fraction = text.slice(-12).replace(/0+$/, '');
	return fraction === '' ? text.slice(0, -12) : `${text.slice(0, -12)}.${fraction}`;
}
