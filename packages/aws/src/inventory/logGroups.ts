import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';

import { type LogGroupFacts, logGroupFactsSchema } from '@lamplight/core/inventory/facts';

import type { AccountAws } from '../client/account.ts';
import { readAllPages } from '../limits/paging.ts';

// DescribeLogGroups answers at most 50 a page; @aws-sdk/client-cloudwatch-logs 3.1169.0.
const pageSize = 50;
const maxPages = 400;

/** Log groups whose name begins with a prefix, by name. A row that is not understood is left out. */
export async function listLogGroups(
	account: AccountAws,
	region: string,
	prefix: string,
): Promise<Map<string, LogGroupFacts>> {
	const client = account.logs(region);
	const rows = await readAllPages(
		{ name: 'log group pages of a region', maxPages },
		async (nextToken) => {
			const page = await client.send(
				new DescribeLogGroupsCommand({
					logGroupNamePrefix: prefix,
					limit: pageSize,
					...(nextToken === undefined ? {} : { nextToken }),
				}),
			);
			return { items: page.logGroups ?? [], next: page.nextToken };
		},
	);
	const groups = new Map<string, LogGroupFacts>();
	for (const row of rows) {
		const parsed = logGroupFactsSchema.safeParse({
			name: row.logGroupName,
			logClass: row.logGroupClass ?? 'STANDARD',
			retentionDays: row.retentionInDays ?? null,
			storedBytes: row.storedBytes ?? null,
		});
		if (parsed.success) groups.set(parsed.data.name, parsed.data);
	}
	return groups;
}
