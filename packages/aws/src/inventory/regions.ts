import { paginateListRegions } from '@aws-sdk/client-account';

import type { AccountAws } from '../client/account.ts';

/** Regions enabled in the account, ascending. */
export async function listRegions(account: AccountAws): Promise<string[]> {
	const names: string[] = [];
	const pages = paginateListRegions(
		{ client: account.account() },
		{ RegionOptStatusContains: ['ENABLED', 'ENABLED_BY_DEFAULT'] },
	);
	for await (const { Regions = [] } of pages) {
		for (const { RegionName } of Regions) if (RegionName !== undefined) names.push(RegionName);
	}
	return names.sort();
}
