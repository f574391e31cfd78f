import type { Connection } from '@lamplight/core/connection/connection';
import { isRefused } from '@lamplight/core/connection/health';
import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import type { Region } from '@lamplight/core/ids';
import { minuteMs } from '@lamplight/core/time';

import { kept } from '../fleet/kept.ts';
import { type AccountDeps, inAccount } from './account.ts';

/** A limit changes when somebody asks AWS for more: once an hour is often enough. */
const keptLimits = kept<number | null>(60 * minuteMs);

/** The account's limit of concurrent executions in a region; `null` when it cannot be read. */
export function concurrencyLimit(
	deps: AccountDeps,
	ctx: Ctx,
	{ connection, region }: { readonly connection: Connection; readonly region: Region },
): Promise<number | null> {
	const key = `${ctx.workspaceId} ${connection.id} ${region}`;
	return keptLimits.read(deps.store, key, deps.wallClock(), async () => {
		const denied = connection.checks.some(
			(check) => check.action === 'lambda:GetAccountSettings' && isRefused(check),
		);
		if (denied || connection.verifiedMs === null || connection.state === 'paused') return null;
		try {
			const { readConcurrencyLimit } = await import('@lamplight/aws/inventory/details');
			return await inAccount(deps, ctx, connection, (account) =>
				readConcurrencyLimit(account, region),
			);
		} catch (error) {
			if (error instanceof LamplightError) return null;
			throw error;
		}
	});
}
