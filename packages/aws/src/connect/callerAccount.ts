import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';

import { LamplightError } from '@lamplight/core/errors';
import { type AccountId, accountIdSchema } from '@lamplight/core/ids';

import type { Aws } from '../aws.ts';

/**
 * The account that our own keys belong to, by a call that needs no permission. Throws
 * `aws_access_denied` when the keys are missing, expired or refused.
 */
export async function callerAccount(aws: Pick<Aws, 'sts'>): Promise<AccountId> {
	try {
		const { Account } = await aws.sts.send(new GetCallerIdentityCommand({}));
		return accountIdSchema.parse(Account);
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		throw new LamplightError('aws_access_denied', `these AWS keys cannot be used: ${why}`, {
			cause: error,
		});
	}
}
