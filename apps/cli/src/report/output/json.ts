import { toExactString, type Money } from '@lamplight/core/money';

import type { Report } from '../report.ts';
import { costPerThousand, type Row, type RowCost } from '../rows.ts';
import { gbSeconds } from './figures.ts';

/** The report as JSON: version 1. Money is a decimal string, exact; `null` means not priced or not known. */
export function renderJson(report: Report): string {
	const { options, rows, totals, counts, notes, files } = report;
	const document = {
		version: 1,
		priced: {
			basis: 'list',
			architecture: options.architecture,
			ephemeralStorageMib: options.ephemeralStorageMib,
			groupBy: options.groupBy,
		},
		rows: rows.map(rowJson),
		totals: totals.map((total) => costJson(total)),
		dearest: report.dearest.map(({ key, invocation, cost }) => ({
			key,
			...invocation,
			cost: amount(cost),
			currency: cost?.currency ?? null,
		})),
		files,
		records: counts.records,
		notUnderstood: { count: counts.notUnderstood, samples: counts.samples },
		lookalikes: counts.lookalikes,
		notes,
	};
	return `${JSON.stringify(document, null, '\t')}\n`;
}

function rowJson(row: Row) {
	const { stats, memory } = row;
	return {
		key: stats.key,
		region: row.region,
		invocations: stats.invocations,
		errors: stats.errors,
		timeouts: stats.timeouts,
		coldStarts: stats.coldStarts,
		unreported: stats.unreported,
		notPricedExecutions: stats.unpriced,
		fromMs: stats.firstMs,
		toMs: stats.lastMs,
		durationUs: {
			p50: stats.durationUs.quantile(0.5),
			p95: stats.durationUs.quantile(0.95),
			p99: stats.durationUs.quantile(0.99),
			max: stats.durationUs.max,
			sum: stats.durationUs.sum,
		},
		initUs: { p50: stats.initUs.quantile(0.5), p95: stats.initUs.quantile(0.95) },
		billedMibMs: row.billedMibMs.toString(),
		billedGbSeconds: gbSeconds(row.billedMibMs),
		cost: row.cost === null ? null : costJson(row.cost),
		costPerThousand: amount(costPerThousand(row)),
		memory:
			memory === null
				? null
				: {
						memoryMib: memory.memoryMib,
						maxUsedMib: memory.maxUsedMib,
						suggestedMib: memory.suggestedMib,
						saving: amount(memory.saving),
					},
		notPriced: row.notPriced.map(({ component, reason, explanation }) => ({
			component,
			reason,
			explanation,
		})),
	};
}

function costJson(cost: RowCost) {
	return {
		currency: cost.total.currency,
		total: amount(cost.total),
		requests: amount(cost.requests),
		run: amount(cost.run),
		init: amount(cost.init),
		ephemeralStorage: amount(cost.storage),
		failed: amount(cost.failed),
	};
}

function amount(money: Money | null): string | null {
	return money === null ? null : toExactString(money);
}
