import * as sdk from '@aws-sdk/client-organizations';

import { AwsError } from '../../wire/awsError.ts';
import { type Call, defineService, type Service } from '../../wire/service.ts';
import type { LivingWorld } from '../../world/create.ts';
import type { OrganizationAccounts, WorldAccount } from '../../world/world.ts';
import type { ServiceDeps } from '../deps.ts';
import { pageToken, positionOf } from '../page.ts';

// ListAccounts gives at most 20 accounts a page (API reference, read 2026-11).
const perPage = 20;

/** AWS Organizations as the management account sees it. */
export function organizationsService({ world }: ServiceDeps): Service {
	return defineService({
		signingName: 'organizations',
		iamPrefix: 'organizations',
		sdk,
		client: sdk.OrganizationsClient,
		operations: {
			DescribeOrganization: (_input, call) => ({ Organization: describe(ownOf(world, call)) }),
			ListAccounts: (input, call) => listAccounts(world, input, call),
			DescribeAccount: (input, call) => {
				const own = managementOnly(world, call);
				const account = own.accounts.find(({ id }) => id === input.AccountId);
				if (account === undefined) {
					throw new AwsError(
						'AccountNotFoundException',
						"You specified an account that doesn't exist.",
					);
				}
				return { Account: accountOf(own, account) };
			},
		},
	});
}

/** The organisation that the caller's account is of. */
function ownOf(world: LivingWorld, call: Call): OrganizationAccounts {
	const own = world.organizationOf(call.accountId);
	if (own !== null) return own;
	throw new AwsError(
		'AWSOrganizationsNotInUseException',
		'Your account is not a member of an organization.',
	);
}

function describe({ organization }: OrganizationAccounts): sdk.Organization {
	const { managementAccountId: id } = organization;
	return {
		Id: organization.id,
		Arn: organization.arn,
		FeatureSet: 'ALL',
		MasterAccountArn: `arn:aws:organizations::${id}:account/${organization.id}/${id}`,
		MasterAccountId: id,
		MasterAccountEmail: organization.managementAccountEmail,
		AvailablePolicyTypes: [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }],
	};
}

function listAccounts(
	world: LivingWorld,
	input: sdk.ListAccountsRequest,
	call: Call,
): sdk.ListAccountsResponse {
	const own = managementOnly(world, call);
	const limit = Math.min(input.MaxResults ?? perPage, perPage);
	const refused = () => new AwsError('InvalidInputException', 'Invalid NextToken');
	const skip = Number(positionOf('accounts', input.NextToken, refused)?.[0] ?? 0);
	const joined = own.accounts.filter((account) => account.joinedMs <= call.nowMs);
	return {
		Accounts: joined.slice(skip, skip + limit).map((account) => accountOf(own, account)),
		...(skip + limit < joined.length
			? { NextToken: pageToken('accounts', [String(skip + limit)]) }
			: {}),
	};
}

function managementOnly(world: LivingWorld, call: Call): OrganizationAccounts {
	const own = ownOf(world, call);
	if (call.accountId === own.organization.managementAccountId) return own;
	throw new AwsError(
		'AccessDeniedException',
		"You don't have permissions to access this resource.",
		{ status: 400 },
	);
}

function accountOf({ organization }: OrganizationAccounts, account: WorldAccount): sdk.Account {
	const stem = `arn:aws:organizations::${organization.managementAccountId}:account`;
	return {
		Id: account.id,
		Arn: `${stem}/${organization.id}/${account.id}`,
		Email: account.email,
		Name: account.name,
		Status: account.status,
		State: account.status,
		JoinedMethod: account.isPayer ? 'INVITED' : 'CREATED',
		JoinedTimestamp: new Date(account.joinedMs),
	};
}
