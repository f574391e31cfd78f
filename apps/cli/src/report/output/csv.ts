import { stringify } from 'csv-stringify/sync';

import { toDecimalString, type Money } from '@lamplight/core/money';

import type { Report } from '../report.ts';
import { gbSeconds } from './figures.ts';

/** Enough for the cheapest execution there is, 1.67 nano-dollars, to keep three digits. */
const places = 12;

/** The report's rows as CSV. An empty money column means not priced. */
export function renderCsv(report: Report): string {
	const rows = report.rows.map(({ stats, region, cost, billedMibMs, memory }) => ({
		[report.options.groupBy]: stats.key,
		region,
		invocations: stats.invocations,
		errors: stats.errors,
		timeouts: stats.timeouts,
		cold_starts: stats.coldStarts,
		p50_ms: ms(stats.durationUs.quantile(0.5)),
		p95_ms: ms(stats.durationUs.quantile(0.95)),
		p99_ms: ms(stats.durationUs.quantile(0.99)),
		billed_gb_seconds: gbSeconds(billedMibMs),
		requests_cost: money(cost?.requests),
		run_cost: money(cost?.run),
		init_cost: money(cost?.init),
		ephemeral_storage_cost: money(cost?.storage),
		total_cost: money(cost?.total),
		failed_cost: money(cost?.failed),
		currency: cost?.total.currency ?? '',
		memory_mib: memory?.memoryMib ?? '',
		max_memory_used_mib: memory?.maxUsedMib ?? '',
		suggested_memory_mib: memory?.suggestedMib ?? '',
		saving_up_to: money(memory?.saving),
	}));
	// A spreadsheet runs what begins with "=": names come from log files, which anybody may have written.
	return stringify(rows, { header: true, escape_formulas: true });
}

function ms(durationUs: number | null): string {
	return durationUs === null ? '' : (durationUs / 1000).toFixed(3);
}

function money(amount: Money | null | undefined): string {
	return amount === null || amount === undefined ? '' : toDecimalString(amount, places);
}
