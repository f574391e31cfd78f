import * as z from 'zod';

import type { CloudFormationTemplate } from '@lamplight/core/connection/template';
import { LamplightError } from '@lamplight/core/errors';
import { accountIdSchema } from '@lamplight/core/ids';

const worldSchema = z.object({
	hubAccountId: accountIdSchema,
	organization: z.object({ managementAccountId: accountIdSchema }),
	accounts: z.array(
		z.object({ id: accountIdSchema, name: z.string(), closedMs: z.number().nullable() }),
	),
});

/** Who lives in the simulated world, as far as a start must know. */
export type WorldFacts = z.infer<typeof worldSchema>;

const credentialsSchema = z.object({
	accessKeyId: z.string(),
	secretAccessKey: z.string(),
	sessionToken: z.string().optional(),
});

/** Keys of the simulated AWS. */
export type WorldCredentials = z.infer<typeof credentialsSchema>;

/** The control routes of a running simulated AWS, as far as a start needs them. */
export interface WorldControl {
	facts(): Promise<WorldFacts>;
	/** Keys of a user of the account, or of a session of its role. */
	credentials(accountId: string, roleName?: string): Promise<WorldCredentials>;
	/** What a customer does by the quick-create link: launches the template in an account. */
	launchStack(
		accountId: string,
		template: CloudFormationTemplate,
		externalId: string,
	): Promise<void>;
}

/** Talks to the control routes under `/_sandbox/`. Throws `unavailable` when one refuses. */
export function worldControl(endpoint: string): WorldControl {
	const call = async (path: string, body?: unknown): Promise<unknown> => {
		const response = await fetch(`${endpoint}/_sandbox/${path}`, {
			...(body === undefined
				? {}
				: {
						method: 'POST',
						headers: { 'content-type': 'application/json' },
						body: JSON.stringify(body),
					}),
		});
		if (!response.ok) {
			throw new LamplightError(
				'unavailable',
				`the simulated AWS refused ${path}: ${(await response.text()).slice(0, 200)}`,
			);
		}
		return await response.json();
	};
	return {
		facts: async () => worldSchema.parse(await call('world')),
		credentials: async (accountId, roleName) => {
			const role = roleName === undefined ? '' : `&role=${roleName}`;
			return credentialsSchema.parse(await call(`credentials?account=${accountId}${role}`));
		},
		launchStack: async (accountId, template, externalId) => {
			await call('stacks', { accountId, template, parameters: { ExternalId: externalId } });
		},
	};
}
