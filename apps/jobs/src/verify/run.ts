import { discoverAccounts } from '@lamplight/aws/connect/discover';
import { verifyConnection } from '@lamplight/aws/connect/verify';

import { jobCtx } from '../account.ts';
import type { JobDeps } from '../deps.ts';
import type { MessageOf } from '../message.ts';

/** Tries a connection that waits or was lost; an organisation's also finds its accounts. */
export async function runVerify(deps: JobDeps, message: MessageOf<'verify'>): Promise<void> {
	const { workspaceId, connectionId, plannedMs } = message;
	const ctx = jobCtx(workspaceId, 'verify', `verify-${plannedMs}`);
	const connection = await deps.store.connections.get(ctx, connectionId);
	const enrolment =
		connection === null ? null : await deps.store.enrolments.get(ctx, connection.enrolmentId);
	if (connection === null || enrolment === null) return;
	const tried = await verifyConnection(deps, enrolment, connection);
	await deps.store.connections.update(ctx, connectionId, (current) => ({
		...current,
		state: current.state === 'paused' ? current.state : tried.state,
		reason: tried.reason,
		checks: tried.checks,
		verifiedMs: tried.verifiedMs,
	}));
	deps.log('verified', { connectionId, state: tried.state, reason: tried.reason });
	const isIn = tried.state === 'healthy' || tried.state === 'degraded';
	if (!isIn) return;
	if (enrolment.kind === 'organization' && connection.accountId === enrolment.accountId) {
		const all = await deps.store.connections.list(ctx);
		const known = all.filter((one) => one.enrolmentId === enrolment.id);
		const { added, named } = await discoverAccounts(deps, enrolment, known);
		for (const one of added) await deps.store.connections.create(ctx, one);
		for (const one of named) {
			await deps.store.connections.update(ctx, one.id, (current) => ({
				...current,
				accountName: one.accountName,
			}));
		}
	}
	await deps.queue.send([
		{ kind: 'inventory', workspaceId, connectionId, plannedMs, details: false },
	]);
}
