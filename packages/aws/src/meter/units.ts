/** AWS counts up to five statistics of one metric in one request as one metric (CloudWatch pricing, read 2026-11). */
const statisticsPerUnit = 5;

interface QueryShape {
	readonly MetricStat?: {
		readonly Metric?: {
			readonly Namespace?: string | undefined;
			readonly MetricName?: string | undefined;
			readonly Dimensions?:
				| readonly { readonly Name?: string | undefined; readonly Value?: string | undefined }[]
				| undefined;
		};
		readonly Period?: number | undefined;
	};
}

/** What AWS bills one successful call by; 0 for calls that are free. */
export function billedUnits(action: string, input: unknown): number {
	switch (action) {
		case 'cloudwatch:GetMetricData':
			return metricUnits(
				(input as { MetricDataQueries?: readonly QueryShape[] }).MetricDataQueries,
			);
		case 'cloudwatch:ListMetrics':
		case 'ce:GetCostAndUsage':
		case 's3:ListBucket':
		case 's3:GetObject':
			return 1;
		default:
			return 0;
	}
}

function metricUnits(queries: readonly QueryShape[] = []): number {
	const statistics = new Map<string, number>();
	for (const { MetricStat } of queries) {
		const metric = MetricStat?.Metric;
		if (metric === undefined) continue;
		const dimensions = (metric.Dimensions ?? []).map(({ Name, Value }) => `${Name}=${Value}`);
		const key = [metric.Namespace, metric.MetricName, MetricStat?.Period, ...dimensions].join('\n');
		statistics.set(key, (statistics.get(key) ?? 0) + 1);
	}
	let units = 0;
	for (const count of statistics.values()) units += Math.ceil(count / statisticsPerUnit);
	return units;
}
