import * as sdk from '@aws-sdk/client-sts';

import type { Sts } from '../../iam/sts.ts';
import { defineService, type Service } from '../../wire/service.ts';

/** STS over the simulator's own directory of roles and keys. */
export function stsService(sts: Sts): Service {
	return defineService({
		signingName: 'sts',
		iamPrefix: 'sts',
		sdk,
		client: sdk.STSClient,
		operations: {
			AssumeRole: (input, call) => sts.assumeRole(input, call),
			GetCallerIdentity: (_input, call) => ({
				Account: call.caller.accountId,
				Arn: call.caller.arn,
				UserId: call.caller.userId,
			}),
		},
		// Weighed by AssumeRole itself, together with the trust policy; the other needs no permission.
		access: { AssumeRole: null, GetCallerIdentity: null },
	});
}
