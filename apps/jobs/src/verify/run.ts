import { discoverAccounts } from '@lamplight/aws/connect/discover';
import { verifyConnection } from '@lamplight/aws/connect/verify';

import type { BillingSource } from '@lamplight/core/bill/day';
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
	await ensureBillingSources(deps, ctx, { connection: tried, enrolment });
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
 * that was connected by itself, although its tiers and discounts then stay unknown. Files of an
 * export that it may read are another source of the same bill.
 */
async function ensureBillingSources(
	deps: JobDeps,
	ctx: Ctx,
	of: { readonly connection: Connection; readonly enrolment: Enrolment },
): Promise<void> {
	const { connection, enrolment } = of;
	const isGranted = (action: string) =>
		connection.checks.some((check) => check.action === action && check.outcome === 'granted');
	if (!connection.features.includes('costs')) return;
	const who = connection.accountName ?? connection.accountId;
	if (isGranted('ce:GetCostAndUsage')) {
		const name = `Cost Explorer of ${who}`;
		await ensureSource(deps, ctx, { connection, form: 'cost-explorer', name, location: null });
	}
	const { costExport } = enrolment;
	if (costExport === undefined || connection.accountId !== enrolment.accountId) return;
	if (!isGranted('s3:ListBucket') || !isGranted('s3:GetObject')) return;
	const location = `s3://${costExport.bucket}/${costExport.prefix}`;
	// Which form the files have is seen when they are read.
	const name = `Bill files of ${who}`;
	await ensureSource(deps, ctx, { connection, form: 'cur-2', name, location });
}

async function ensureSource(
	deps: JobDeps,
	ctx: Ctx,
	source: Pick<BillingSource, 'form' | 'name' | 'location'> & { readonly connection: Connection },
): Promise<void> {
	const { connection, form, name, location } = source;
	// Derived from the account, so that every try finds the same one.
	const what = location ?? form;
	const seed = fnv128Hex(`${connection.workspaceId} ${connection.accountId} ${what}`);
	const id = billingSourceIdSchema.parse(`bil_${seed}`);
	if ((await deps.store.billingSources.get(ctx, id)) !== null) return;
	await deps.store.billingSources.put(ctx, {
		id,
		workspaceId: connection.workspaceId,
		form,
		payerAccountId: connection.accountId,
		name: name.slice(0, 120),
		connectionId: connection.id,
		location,
		state: 'healthy',
		reason: null,
		createdMs: deps.clock(),
		lastReadMs: null,
	});
}
