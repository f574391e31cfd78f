import { discoverAccounts } from '@lamplight/aws/connect/discover';
import { verifyConnection } from '@lamplight/aws/connect/verify';

import { sourcesOf } from '@lamplight/core/bill/sources';
import type { Connection, Enrolment } from '@lamplight/core/connection/connection';
import { letsUsIn } from '@lamplight/core/connection/health';
import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import type { WatchUsage } from '@lamplight/core/watchcost/watchcost';

import { attemptOf, countCalls, jobCtx } from '../account.ts';
import type { JobDeps } from '../deps.ts';
import type { MessageOf } from '../message.ts';

/** Tries a connection that waits or was lost; an organisation's also finds its accounts. */
export async function runVerify(deps: JobDeps, message: MessageOf<'verify'>): Promise<void> {
	const { workspaceId, connectionId, plannedMs } = message;
	const batch = `verify-${plannedMs}`;
	const ctx = jobCtx(workspaceId, 'verify', batch);
	const connection = await deps.store.connections.get(ctx, connectionId);
	const enrolment =
		connection === null ? null : await deps.store.enrolments.get(ctx, connection.enrolmentId);
	if (connection === null || enrolment === null || connection.state === 'paused') return;
	const attempt = attemptOf(deps, batch);
	const counting = (part: string) => ({
		...deps,
		counted: (usages: readonly WatchUsage[]) =>
			countCalls(deps, ctx, { connectionId, batch: `${attempt}-${part}`, usages }),
	});
	const tried = isTriedSince(connection, plannedMs)
		? connection
		: await tryNow(deps, ctx, { enrolment, connection, counting: counting('check') });
	for (const source of sourcesOf(tried, enrolment, deps.clock())) {
		const held = await deps.store.billingSources.get(ctx, source.id);
		if (held === null) await deps.store.billingSources.put(ctx, source);
	}
	if (!letsUsIn(tried)) return;
	if (enrolment.kind === 'organization' && connection.accountId === enrolment.accountId) {
		await discover(deps, ctx, { enrolment, plannedMs, discovering: counting('accounts') });
	}
	await deps.queue.send([
		{ kind: 'inventory', workspaceId, connectionId, plannedMs, details: false },
	]);
}

/** Somebody waited on the page and tried it: asking AWS all of it again says nothing new. */
function isTriedSince(connection: Connection, plannedMs: number): boolean {
	const { verifiedMs } = connection;
	return letsUsIn(connection) && verifiedMs !== null && verifiedMs > plannedMs;
}

async function tryNow(
	deps: JobDeps,
	ctx: Ctx,
	of: {
		readonly enrolment: Enrolment;
		readonly connection: Connection;
		readonly counting: Parameters<typeof verifyConnection>[0];
	},
): Promise<Connection> {
	const { id: connectionId } = of.connection;
	const tried = await verifyConnection(of.counting, of.enrolment, of.connection);
	await deps.store.connections.update(ctx, connectionId, (current) => ({
		...current,
		state: current.state === 'paused' ? current.state : tried.state,
		reason: current.state === 'paused' ? current.reason : tried.reason,
		checks: tried.checks,
		verifiedMs: tried.verifiedMs,
	}));
	deps.log('verified', { connectionId, state: tried.state, reason: tried.reason });
	return tried;
}

interface Discovering {
	readonly enrolment: Enrolment;
	readonly plannedMs: number;
	readonly discovering: Parameters<typeof discoverAccounts>[0];
}

/** New accounts get a connection each, which is tried at once; the names of the others are kept. */
async function discover(
	deps: JobDeps,
	ctx: Ctx,
	{ enrolment, plannedMs, discovering }: Discovering,
): Promise<void> {
	const known = await deps.store.connections.list(ctx);
	const { added, named } = await discoverAccounts(discovering, enrolment, known).catch(
		(error: unknown) => {
			// Named by the connection's own check; what else the account gives is collected all the same.
			if (!(error instanceof LamplightError) || error.code !== 'aws_access_denied') throw error;
			return { added: [], named: [] };
		},
	);
	for (const one of added) await createOnce(deps, ctx, one);
	for (const { id, accountName } of named) {
		await deps.store.connections.update(ctx, id, (current) => ({ ...current, accountName }));
	}
	const { workspaceId } = ctx;
	await deps.queue.send(
		added.map(({ id }) => ({ kind: 'verify' as const, workspaceId, connectionId: id, plannedMs })),
	);
}

async function createOnce(deps: JobDeps, ctx: Ctx, connection: Connection): Promise<void> {
	try {
		await deps.store.connections.create(ctx, connection);
	} catch (error) {
		if (!(error instanceof LamplightError) || error.code !== 'conflict') throw error;
	}
}
