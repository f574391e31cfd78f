import { readCosts } from '@lamplight/aws/bill/costAndUsage';
import {
	cloudWatchService,
	costExplorerMetrics,
	lambdaService,
	otherRows,
	usageQuestions,
	usageRows,
} from '@lamplight/core/bill/costExplorer';
import type { BillDayRow, BillingSource } from '@lamplight/core/bill/day';
import { dayMs, monthRange, utcDay, utcMonth } from '@lamplight/core/time';
import { plural } from '@lamplight/core/plural';

import type { RunReport, Work } from '../account.ts';
import type { JobDeps } from '../deps.ts';

/** Closed months are read again for this long, as AWS restates them. */
const restatedMonths = 3;

/** AWS closes a month's bill in its first days; what it corrects later is read on the next first. */
const lastMonthUntilDay = 15;

/** Reads a payer's bill: this month, the last until its middle, and on the first of a month three closed ones. */
export async function readCostExplorer(
	deps: JobDeps,
	work: Work,
	source: BillingSource,
): Promise<RunReport> {
	const nowMs = deps.clock();
	const limits: string[] = [];
	let rows = 0;
	const months = monthsToRead(nowMs, source.lastReadMs);
	for (const month of months) {
		const read = await readMonth(deps, work, { month, source });
		rows += read.rows;
		if (read.cut) limits.push(`pages of the bill of ${month}`);
	}
	return { message: `${plural(rows, 'row')} of ${months.join(', ')}`, delayMs: null, limits };
}

/** This month and at first the last, newest first; with the first reading, and on each first, three more. */
function monthsToRead(nowMs: number, lastReadMs: number | null): string[] {
	const monthsBack = (count: number) => {
		const date = new Date(nowMs);
		return utcMonth(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - count, 1));
	};
	const isFirst = lastReadMs === null || utcMonth(lastReadMs) !== utcMonth(nowMs);
	const isClosing = new Date(nowMs).getUTCDate() <= lastMonthUntilDay;
	const count = isFirst ? 1 + restatedMonths : isClosing ? 2 : 1;
	return Array.from({ length: count }, (_, at) => monthsBack(at));
}

async function readMonth(
	deps: JobDeps,
	work: Work,
	options: { readonly month: string; readonly source: BillingSource },
): Promise<{ rows: number; cut: boolean }> {
	const { month, source } = options;
	const nowMs = deps.clock();
	const range = monthRange(month);
	const fromDay = utcDay(range.fromMs);
	const toDay = utcDay(Math.min(range.toMs, nowMs - (nowMs % dayMs) + dayMs));
	const metrics = costExplorerMetrics;
	const rows: BillDayRow[] = [];
	let estimated = false;
	let cut = false;
	for (const service of [lambdaService, cloudWatchService]) {
		const ask = async (by: 'USAGE_TYPE' | 'RECORD_TYPE', recordTypes?: readonly string[]) => {
			const answer = await readCosts(work.account, {
				fromDay,
				toDay,
				groupBy: ['LINKED_ACCOUNT', by],
				services: [service],
				metrics,
				...(recordTypes === undefined ? {} : { recordTypes }),
			});
			estimated ||= answer.groups.some((group) => group.estimated);
			cut ||= answer.cut;
			return answer.groups;
		};
		// Of CloudWatch its logs' usage alone is set against anything: one question less to pay for.
		const byRecordType = service === lambdaService ? await ask('RECORD_TYPE') : null;
		if (byRecordType !== null) rows.push(...otherRows(service, byRecordType));
		for (const { kind, recordTypes } of usageQuestions(byRecordType)) {
			rows.push(...usageRows(service, kind, await ask('USAGE_TYPE', recordTypes)));
		}
	}
	if (rows.length === 0) return { rows: 0, cut };
	await deps.store.bill.putStatement(work.ctx, {
		billingSourceId: source.id,
		month,
		readMs: nowMs,
		// A part of a month never counts as final.
		final: !estimated && !cut && range.toMs <= nowMs,
		invoiceIds: [],
		rows,
	});
	return { rows: rows.length, cut };
}
