import type { Connection, Enrolment } from '../connection/connection.ts';
import { billingSourceIdSchema } from '../ids.ts';
import { fnv128Hex } from '../issue/hash.ts';
import type { BillingSource } from './day.ts';

/**
 * The billing sources that a checked connection is good for. A payer that may read Cost Explorer is
 * where the bill comes from; so is an account that was connected by itself, although its tiers and
 * discounts then stay unknown. Files of an export that it may read are another source of the same bill.
 */
export function sourcesOf(
	connection: Connection,
	enrolment: Pick<Enrolment, 'accountId' | 'costExport'>,
	nowMs: number,
): BillingSource[] {
	if (!connection.features.includes('costs')) return [];
	const isGranted = (action: string) =>
		connection.checks.some((check) => check.action === action && check.outcome === 'granted');
	const who = connection.accountName ?? connection.accountId;
	const sources: BillingSource[] = [];
	if (isGranted('ce:GetCostAndUsage')) {
		const of = { form: 'cost-explorer', name: `Cost Explorer of ${who}`, location: null } as const;
		sources.push(source(connection, of, nowMs));
	}
	const { costExport } = enrolment;
	const isOwn = connection.accountId === enrolment.accountId;
	if (
		costExport !== undefined &&
		isOwn &&
		isGranted('s3:ListBucket') &&
		isGranted('s3:GetObject')
	) {
		const location = `s3://${costExport.bucket}/${costExport.prefix}`;
		// Which form the files have is seen when they are read.
		const of = { form: 'cur-2', name: `Bill files of ${who}`, location } as const;
		sources.push(source(connection, of, nowMs));
	}
	return sources;
}

function source(
	connection: Connection,
	of: Pick<BillingSource, 'form' | 'name' | 'location'>,
	nowMs: number,
): BillingSource {
	// Derived from the account, so that every check finds the same one.
	const what = of.location ?? of.form;
	const seed = fnv128Hex(`${connection.workspaceId} ${connection.accountId} ${what}`);
	return {
		id: billingSourceIdSchema.parse(`bil_${seed}`),
		workspaceId: connection.workspaceId,
		payerAccountId: connection.accountId,
		connectionId: connection.id,
		...of,
		name: of.name.slice(0, 120),
		state: 'healthy',
		reason: null,
		createdMs: nowMs,
		lastReadMs: null,
	};
}
