import { DescribeRegionsCommand } from '@aws-sdk/client-ec2';

import type { AccountAws } from '../client/account.ts';

/** Regions enabled in the account. Asked in one region, which knows of all. */
export async function listRegions(account: AccountAws, askIn = 'us-east-1'): Promise<string[]> {
	const answer = await account.ec2(askIn).send(new DescribeRegionsCommand({ AllRegions: false }));
	return (answer.Regions ?? [])
		.map(({ RegionName }) => RegionName)
		.filter((name) => name !== undefined)
		.sort();
}
