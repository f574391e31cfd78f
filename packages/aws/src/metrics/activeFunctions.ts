import { ListMetricsCommand } from '@aws-sdk/client-cloudwatch';

import type { AccountAws } from '../client/account.ts';
import { readAllPages } from '../limits/paging.ts';

// ListMetrics answers 500 a page; CloudWatch API reference, read 2026-11.
const maxPages = 100;

/**
 * Names of functions that had an invocation lately, by their `Duration` metric: deleted functions
 * and replicas of Lambda@Edge too. `PT3H` is the only short span AWS offers; without it the list
 * holds those of the last two weeks. In the free tier.
 */
export async function listActiveFunctions(
	account: AccountAws,
	region: string,
	span: 'PT3H' | 'two weeks' = 'PT3H',
): Promise<string[]> {
	const client = account.cloudwatch(region);
	const rows = await readAllPages(
		{ name: 'active metric pages of a region', maxPages },
		async (NextToken) => {
			const page = await client.send(
				new ListMetricsCommand({
					Namespace: 'AWS/Lambda',
					MetricName: 'Duration',
					Dimensions: [{ Name: 'FunctionName' }],
					...(span === 'PT3H' ? { RecentlyActive: span } : {}),
					...(NextToken === undefined ? {} : { NextToken }),
				}),
			);
			return { items: page.Metrics ?? [], next: page.NextToken };
		},
	);
	const names = new Set<string>();
	for (const { Dimensions = [] } of rows) {
		// With a Resource or ExecutedVersion beside it, the same invocations are listed again.
		const [only] = Dimensions;
		if (Dimensions.length === 1 && only?.Value !== undefined) names.add(only.Value);
	}
	return [...names].sort();
}
