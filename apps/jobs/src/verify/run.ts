import { discoverAccounts } from '@lamplight/aws/connect/discover';
import { verifyConnection } from '@lamplight/aws/connect/verify';

import type { Connection, Enrolment } from '@lamplight/core/connection/connection';
import type { Ctx } from '@lamplight/core/ctx';
import { billingSourceIdSchema } from '@lamplight/core/ids';
import { fnv128Hex } from '@lamplight/core/issue/hash';

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
	await ensureBillingSource(deps, ctx, { connection: tried, enrolment });
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

/**
 * A payer's connection that may read Cost Explorer is where the bill comes from; so is an account
 * that was connected by itself, although its tiers and discounts then stay unknown.
 */
async function ensureBillingSource(
	deps: JobDeps,
	ctx: Ctx,
	of: { readonly connection: Connection; readonly enrolment: Enrolment },
): Promise<void> {
	const { connection } = of;
	const granted = connection.checks.some(
		({ action, outcome }) => action === 'ce:GetCostAndUsage' && outcome === 'granted',
	);
	if (!granted || !connection.features.includes('costs')) return;
	// Derived from the account, so that every try finds the same one.
	const seed = fnv128Hex(`${connection.workspaceId} ${connection.accountId} cost-explorer`);
	const id = billingSourceIdSchema.parse(`bil_${seed}`);
	if ((await deps.store.billingSources.get(ctx, id)) !== null) return;
	await deps.store.billingSources.put(ctx, {
		id,
		workspaceId: connection.workspaceId,
		form: 'cost-explorer',
		payerAccountId: connection.accountId,
		name: `Cost Explorer of ${connection.accountName ?? connection.accountId}`.slice(0, 120),
		connectionId: connection.id,
		location: null,
		state: 'healthy',
		reason: null,
		createdMs: deps.clock(),
		lastReadMs: null,
	});
}
