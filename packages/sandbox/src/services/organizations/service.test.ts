import {
	DescribeOrganizationCommand,
	OrganizationsClient,
	paginateListAccounts,
} from '@aws-sdk/client-organizations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Sandbox } from '../../sandbox.ts';
import { startSandbox } from '../../start.ts';
import { neighbour } from '../../world/neighbour.ts';

describe('Organizations', () => {
	let sandbox: Sandbox;
	const client = (accountId: string) =>
		new OrganizationsClient({
			endpoint: sandbox.endpoint,
			region: 'us-east-1',
			credentials: sandbox.credentialsFor(accountId),
		});

	beforeAll(async () => {
		sandbox = await startSandbox({ functions: 20, nowMs: Date.UTC(2026, 10, 23) });
	});
	afterAll(() => sandbox.close());

	it('lists every account to the management account, page by page', async () => {
		const { managementAccountId } = sandbox.world.organization;
		const accounts = [];
		const pages = paginateListAccounts({ client: client(managementAccountId), pageSize: 5 }, {});
		for await (const page of pages) accounts.push(...(page.Accounts ?? []));
		expect(accounts.map((account) => account.Id)).toEqual(
			sandbox.world.accounts.map((account) => account.id),
		);
		expect(accounts.filter((account) => account.Status === 'SUSPENDED')).toHaveLength(1);
	});

	it('knows another organisation, of which only its own accounts are told', async () => {
		const [management] = neighbour.accounts;
		const pages = paginateListAccounts({ client: client(management?.id ?? '') }, {});
		const accounts = [];
		for await (const page of pages) accounts.push(...(page.Accounts ?? []));
		expect(accounts.map(({ Id }) => Id)).toEqual(neighbour.accounts.map(({ id }) => id));
		expect(accounts).toHaveLength(12);
	});

	it('tells a member account about the organisation, and lists nothing to it', async () => {
		const member = sandbox.world.accounts[1]?.id ?? '';
		const { Organization: organization } = await client(member).send(
			new DescribeOrganizationCommand({}),
		);
		expect(organization?.MasterAccountId).toBe(sandbox.world.organization.managementAccountId);
		const listing = paginateListAccounts({ client: client(member) }, {}).next();
		await expect(listing).rejects.toMatchObject({ name: 'AccessDeniedException' });
	});
});
