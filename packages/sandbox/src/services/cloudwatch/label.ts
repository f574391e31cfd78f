import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';

/**
 * The labels that CloudWatch makes up: the metric's name, with whatever else tells the queries of the
 * request apart (dimension values, statistic, period).
 */
export function labelsOf(queries: readonly MetricDataQuery[]): string[] {
	const facts = queries.map((query) => ({
		dimensions: (query.MetricStat?.Metric?.Dimensions ?? [])
			.map(({ Value }) => Value ?? '')
			.join(' '),
		name: query.MetricStat?.Metric?.MetricName ?? '',
		statistic: query.MetricStat?.Stat ?? '',
		period: String(query.MetricStat?.Period ?? ''),
	}));
	const differs = (key: 'dimensions' | 'statistic' | 'period') =>
		new Set(facts.map((fact) => fact[key])).size > 1;
	// Once for the request, not once for each of its queries.
	const varying = {
		dimensions: differs('dimensions'),
		statistic: differs('statistic'),
		period: differs('period'),
	};
	const shown = (key: keyof typeof varying, text: string) =>
		varying[key] && text !== '' ? [text] : [];
	return facts.map((fact) =>
		[
			...shown('dimensions', fact.dimensions),
			fact.name,
			...shown('statistic', fact.statistic),
			...shown('period', fact.period),
		].join(' '),
	);
}
