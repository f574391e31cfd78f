import { sourcesOf } from '@lamplight/core/bill/sources';
import type { Connection, Enrolment } from '@lamplight/core/connection/connection';
import { letsUsIn } from '@lamplight/core/connection/health';
import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import type { WatchUsage } from '@lamplight/core/watchcost/watchcost';

import { type AccountDeps, countCalls } from './account.ts';

/** What follows from a connection that answers: the billing sources that it is good for. */
export async function keepSources(
	deps: Pick<AccountDeps, 'store' | 'clock'>,
	ctx: Ctx,
	of: { readonly connection: Connection; readonly enrolment: Enrolment },
): Promise<void> {
	for (const source of sourcesOf(of.connection, of.enrolment, deps.clock())) {
		const held = await deps.store.billingSources.get(ctx, source.id);
		if (held === null) await deps.store.billingSources.put(ctx, source);
	}
}

/**
 * The organisation's accounts that have no connection yet get one each, through its management
 * account when that answers. Returns the new ones, which wait for their role.
 */
export async function findAccounts(
	deps: AccountDeps,
	ctx: Ctx,
	enrolment: Enrolment,
): Promise<Connection[]> {
	const known = await deps.store.connections.list(ctx);
	const management = known.find(
		({ enrolmentId, accountId }) =>
			enrolmentId === enrolment.id && accountId === enrolment.accountId,
	);
	if (management === undefined || !letsUsIn(management)) return [];
	const { discoverAccounts } = await import('@lamplight/aws/connect/discover');
	const using = {
		...deps.connect,
		aws: await deps.connect.aws(),
		counted: (usages: readonly WatchUsage[]) =>
			countCalls(deps, ctx, { connectionId: management.id, usages }),
	};
	const { added, named } = await discoverAccounts(using, enrolment, known).catch(withoutAccounts);
	for (const one of added) {
		await deps.store.connections.create(ctx, one).catch(unlessThere);
	}
	for (const { id, accountName } of named) {
		await deps.store.connections.update(ctx, id, (current) => ({ ...current, accountName }));
	}
	return added;
}

/** That listing them is refused is named by the connection's own check. */
function withoutAccounts(error: unknown): { readonly added: []; readonly named: [] } {
	if (!(error instanceof LamplightError) || error.code !== 'aws_access_denied') throw error;
	return { added: [], named: [] };
}

/** The collector may find the same account at the same time. */
function unlessThere(error: unknown): void {
	if (!(error instanceof LamplightError) || error.code !== 'conflict') throw error;
}
