import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';

import type { AccountAws } from '../client/account.ts';
import { readAllPages } from '../limits/paging.ts';

// GetResources answers at most 100 a page; Resource Groups Tagging API reference, read 2026-11.
const pageSize = 100;
const maxPages = 200;

/** Tags of a region's functions by ARN. A function that was never tagged is absent. */
export async function listFunctionTags(
	account: AccountAws,
	region: string,
): Promise<Map<string, Record<string, string>>> {
	const client = account.tagging(region);
	const rows = await readAllPages({ name: 'tag pages of a region', maxPages }, async (token) => {
		const page = await client.send(
			new GetResourcesCommand({
				ResourceTypeFilters: ['lambda:function'],
				ResourcesPerPage: pageSize,
				...(token === undefined ? {} : { PaginationToken: token }),
			}),
		);
		return { items: page.ResourceTagMappingList ?? [], next: page.PaginationToken };
	});
	const tags = new Map<string, Record<string, string>>();
	for (const { ResourceARN, Tags } of rows) {
		if (ResourceARN === undefined) continue;
		tags.set(
			ResourceARN,
			Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
		);
	}
	return tags;
}
