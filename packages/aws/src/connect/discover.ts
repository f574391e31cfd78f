import type { Connection, Enrolment } from '@lamplight/core/connection/connection';
import { type AccountId, accountIdSchema, connectionIdSchema } from '@lamplight/core/ids';
import { fnv128Hex } from '@lamplight/core/issue/hash';
import type { WatchUsage } from '@lamplight/core/watchcost/watchcost';

import { listAccounts } from '../organization/listAccounts.ts';
import { targetOf } from '../target.ts';
import type { ConnectDeps } from './deps.ts';
import { connectionOf } from './enrol.ts';

type DiscoverDeps = Pick<ConnectDeps, 'aws' | 'clock' | 'randomBytes'> & {
	readonly counted?: (usages: readonly WatchUsage[]) => Promise<void>;
};

/**
 * Connections for the organisation's accounts that have none yet, read through the management
 * account's own connection. Suspended accounts are left out, and those that somebody removed.
 * `known` are all of the workspace: an account that was connected by itself stays as it is. Known
 * ones whose name is new come as `named`. Throws what AWS refuses.
 */
export async function discoverAccounts(
	deps: DiscoverDeps,
	enrolment: Enrolment,
	known: readonly Connection[],
): Promise<{ readonly added: Connection[]; readonly named: Connection[] }> {
	const management = known.find(
		({ accountId, enrolmentId }) =>
			enrolmentId === enrolment.id && accountId === enrolment.accountId,
	);
	if (management === undefined) return { added: [], named: [] };
	const account = deps.aws.open(targetOf(enrolment, management));
	const byId = new Map(known.map((connection) => [connection.accountId, connection]));
	const leftOut = new Set(enrolment.leftOutAccountIds);
	const added: Connection[] = [];
	const named: Connection[] = [];
	try {
		for (const { id, name, active } of await listAccounts(account)) {
			const parsed = accountIdSchema.safeParse(id);
			if (!parsed.success) continue;
			const held = byId.get(parsed.data);
			if (held !== undefined) {
				if (held.accountName !== name) named.push({ ...held, accountName: name });
			} else if (active && !leftOut.has(parsed.data)) {
				added.push(memberOf(deps, enrolment, { management, accountId: parsed.data, name }));
			}
		}
	} finally {
		const usages = await account.end();
		await deps.counted?.(usages);
	}
	return { added, named };
}

function memberOf(
	deps: DiscoverDeps,
	enrolment: Enrolment,
	member: {
		readonly management: Connection;
		readonly accountId: AccountId;
		readonly name: string;
	},
): Connection {
	const { accountId, name: accountName } = member;
	const { watchBudgetUsdPerMonth, backfillBudgetUsd } = member.management;
	const budgets = { watchBudgetUsdPerMonth, backfillBudgetUsd };
	const connection = connectionOf(deps, enrolment, { accountId, accountName, ...budgets });
	// Found twice at the same time, an account still has one connection.
	const seed = fnv128Hex(`${enrolment.id} ${accountId}`);
	return { ...connection, id: connectionIdSchema.parse(`con_${seed}`) };
}
