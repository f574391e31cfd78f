import type { AccountAws } from '@lamplight/aws/client/account';
import { targetOf } from '@lamplight/aws/target';
import type { Connection } from '@lamplight/core/connection/connection';
import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import type { ConnectionId } from '@lamplight/core/ids';
import type { WatchUsage } from '@lamplight/core/watchcost/watchcost';

import type { ApiDeps } from '../deps.ts';
import { makeId } from '../session/people.ts';

export type AccountDeps = Pick<
	ApiDeps,
	'store' | 'connect' | 'clock' | 'wallClock' | 'linesPatienceMs'
>;

/** The connection, or `not_found`. */
export async function connectionOrThrow(
	deps: Pick<ApiDeps, 'store'>,
	ctx: Ctx,
	id: ConnectionId,
): Promise<Connection> {
	const connection = await deps.store.connections.get(ctx, id);
	if (connection === null) throw new LamplightError('not_found', 'There is no such connection.');
	return connection;
}

/**
 * Runs a read in a connection's account, for somebody who waits for it. Every call is counted to
 * the connection's watch cost, whatever happens. Throws `conflict` for a connection that is paused
 * or was never verified.
 */
export async function inAccount<T>(
	deps: AccountDeps,
	ctx: Ctx,
	connection: Connection,
	run: (account: AccountAws) => Promise<T>,
): Promise<T> {
	if (connection.state === 'paused') {
		throw new LamplightError('conflict', 'This connection is paused. Resume it first.');
	}
	const enrolment = await deps.store.enrolments.get(ctx, connection.enrolmentId);
	if (enrolment === null) throw new LamplightError('not_found', 'Its enrolment was removed.');
	const account = (await deps.connect.aws()).open(targetOf(enrolment, connection));
	try {
		return await run(account);
	} catch (error) {
		throw withoutKeys(error) ? noKeys(error) : error;
	} finally {
		await countCalls(deps, ctx, { connectionId: connection.id, usages: await account.end() });
	}
}

/** The SDK found no keys of our own: a fault of the place we run in, not of the account. */
function withoutKeys(error: unknown): boolean {
	return error instanceof Error && error.name === 'CredentialsProviderError';
}

function noKeys(cause: unknown): LamplightError {
	const sentence = 'Lamplight has no AWS keys of its own here, so no account can be read.';
	return new LamplightError('aws_unavailable', sentence, { cause });
}

/** Adds calls to a connection's watch cost, day by day, once. */
export async function countCalls(
	deps: Pick<ApiDeps, 'store'>,
	ctx: Ctx,
	batch: {
		readonly connectionId: ConnectionId;
		readonly usages: readonly WatchUsage[];
		/** The same batch told again counts once; a new one when left out. */
		readonly key?: string;
	},
): Promise<void> {
	const { connectionId, usages, key } = batch;
	for (const ofDay of Map.groupBy(usages, ({ day }) => day).values()) {
		await deps.store.watchCosts.add(ctx, connectionId, {
			key: key ?? makeId('api'),
			usages: ofDay,
		});
	}
}
