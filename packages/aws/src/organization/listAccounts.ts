import { ListAccountsCommand } from '@aws-sdk/client-organizations';

import type { AccountAws } from '../client/account.ts';
import { readAllPages } from '../limits/paging.ts';

// ListAccounts answers at most 20 a page; AWS Organizations API reference, read 2026-11.
const maxPages = 1000;

export interface OrganizationAccount {
	readonly id: string;
	readonly name: string;
	readonly active: boolean;
}

/** The accounts of the organisation, through its management account. */
export async function listAccounts(account: AccountAws): Promise<OrganizationAccount[]> {
	const client = account.organizations();
	const rows = await readAllPages(
		{ name: 'account pages of an organisation', maxPages },
		async (NextToken) => {
			const page = await client.send(
				new ListAccountsCommand(NextToken === undefined ? {} : { NextToken }),
			);
			return { items: page.Accounts ?? [], next: page.NextToken };
		},
	);
	return rows.map((row) => ({
		id: row.Id ?? '',
		name: row.Name ?? row.Id ?? '',
		active: (row.State ?? row.Status) === 'ACTIVE',
	}));
}
