import type { BillingSource } from '@lamplight/core/bill/day';
import { type ErrorCode, LamplightError } from '@lamplight/core/errors';
import { connectionIdSchema } from '@lamplight/core/ids';

import { jobCtx, withAccount } from '../account.ts';
import type { JobDeps } from '../deps.ts';
import type { MessageOf } from '../message.ts';
import { readCostExplorer } from './costExplorer.ts';
import { readExport } from './exports.ts';

/** What does not pass by itself: it is shown, and tried again with the next day's reading. */
const standing: ReadonlySet<ErrorCode> = new Set([
	'aws_access_denied',
	'aws_refused',
	'not_found',
	'invalid_input',
	'data_damaged',
	'too_large',
]);

/** Reads a billing source: a payer's Cost Explorer, or the files of an export. */
export async function runBill(deps: JobDeps, message: MessageOf<'bill'>): Promise<void> {
	const { workspaceId, billingSourceId, plannedMs } = message;
	const batch = `bill-${billingSourceId}-${plannedMs}`;
	const ctx = jobCtx(workspaceId, 'bill', batch);
	const source = await deps.store.billingSources.get(ctx, billingSourceId);
	if (source === null || source.state === 'paused' || source.connectionId === null) return;
	const connectionId = connectionIdSchema.parse(source.connectionId);
	const settle = (state: BillingSource['state'], reason: string | null, readMs: number | null) =>
		deps.store.billingSources.update(ctx, billingSourceId, (current) => ({
			...current,
			state: current.state === 'paused' ? current.state : state,
			reason,
			lastReadMs: readMs ?? current.lastReadMs,
		}));
	const options = { job: 'bill', workspaceId, connectionId, region: null, batch };
	const read = source.form === 'cost-explorer' ? readCostExplorer : readExport;
	let isRead = false;
	try {
		await withAccount(deps, options, async (work) => {
			const report = await read(deps, work, source);
			isRead = true;
			return report;
		});
		// A paused connection is not read, and its source is as it was.
		if (isRead) await settle('healthy', null, deps.clock());
	} catch (error) {
		if (!(error instanceof LamplightError)) throw error;
		const stands = standing.has(error.code);
		await settle('failing', error.message.slice(0, 500), stands ? deps.clock() : null);
		if (!stands) throw error;
	}
}
