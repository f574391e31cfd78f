import type { Connection, Enrolment } from '@lamplight/core/connection/connection';
import { accountIdSchema } from '@lamplight/core/ids';

import { listAccounts } from '../organization/listAccounts.ts';
import { targetOf } from '../target.ts';
import type { ConnectDeps } from './deps.ts';
import { connectionOf } from './enrol.ts';

/**
 * Connections for the organisation's accounts that have none yet, read through the management
 * account's own connection. Suspended accounts are left out. Names of known ones come as `named`.
 */
export async function discoverAccounts(
	deps: Pick<ConnectDeps, 'aws' | 'clock' | 'randomBytes'>,
	enrolment: Enrolment,
	known: readonly Connection[],
): Promise<{ readonly added: Connection[]; readonly named: Connection[] }> {
	const management = known.find(({ accountId }) => accountId === enrolment.accountId);
	if (management === undefined) return { added: [], named: [] };
	const account = deps.aws.open(targetOf(enrolment, management));
	const accounts = await listAccounts(account);
	account.close();
	const byId = new Map(known.map((connection) => [connection.accountId, connection]));
	const added: Connection[] = [];
	const named: Connection[] = [];
	for (const { id, name, active } of accounts) {
		const parsed = accountIdSchema.safeParse(id);
		if (!parsed.success) continue;
		const held = byId.get(parsed.data);
		if (held !== undefined) {
			if (held.accountName !== name) named.push({ ...held, accountName: name });
		} else if (active) {
			const { watchBudgetUsdPerMonth, backfillBudgetUsd } = management;
			added.push(
				connectionOf(deps, enrolment, {
					accountId: parsed.data,
					accountName: name,
					watchBudgetUsdPerMonth,
					backfillBudgetUsd,
				}),
			);
		}
	}
	return { added, named };
}
