import { focusHeader } from '@lamplight/core/bill/focusExport';
import { LamplightError } from '@lamplight/core/errors';

import { singleDays } from '../cost/pricedDays.ts';
import { readCosts } from '../cost/readCosts.ts';
import { type CostDayRow, costDayRows, costsHeader, costsRecord } from '../exports/costsFile.ts';
import { focusDayRecords, requireListBasis } from '../exports/focusFile.ts';
import { functionCells, functionColumns, readFunctionRows } from '../exports/functionsFile.ts';
import { csvRecord, FileText, maxFileRows } from '../http/csv.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import type { RouteDeps } from './context.ts';

type Base = 'GET /v1/w/{ws}/exports';
type ExportKeys =
	`${Base}/functions.csv` | `${Base}/costs.csv` | `${Base}/costs.json` | `${Base}/focus.csv`;

/** Files to download at once, as long as an answer carries them; longer ones are made by a job. */
export function exportHandlers(deps: RouteDeps): Handlers<ExportKeys> {
	return {
		'GET /v1/w/{ws}/exports/functions.csv': async ({ ctx, query }) => {
			const { count, rows } = await readFunctionRows(deps, ctx, query);
			const file = new FileText();
			let at = 0;
			for (const row of rows) file.add(csvRecord(functionCells(row)), at++ / count);
			return file.under(csvRecord(functionColumns));
		},
		'GET /v1/w/{ws}/exports/costs.csv': async ({ ctx, query }) => {
			const costs = await readCosts(deps, ctx, { ...query, compare: 'none' });
			const rows = dayRows(costs);
			const file = new FileText();
			rows.forEach((row, at) => file.add(costsRecord(row), at / rows.length));
			return file.under(costsHeader(costs.view));
		},
		'GET /v1/w/{ws}/exports/costs.json': async ({ ctx, query }) => {
			const costs = await readCosts(deps, ctx, { ...query, compare: 'none' });
			const rows = dayRows(costs);
			if (rows.length > maxFileRows) throw tooManyRows(rows.length);
			return {
				currency: rows[0]?.currency ?? 'USD',
				basis: costs.basis,
				rows: rows.map(({ day, key, label, amount, provenance }) => ({
					day,
					key,
					label,
					amount,
					provenance,
				})),
			};
		},
		'GET /v1/w/{ws}/exports/focus.csv': (request) => focusCsv(deps, request),
	};
}

function dayRows(costs: Awaited<ReturnType<typeof readCosts>>): CostDayRow[] {
	return [...singleDays(costs.listDays, costs)].flatMap((day) => costDayRows(day, costs));
}

function tooManyRows(rows: number): LamplightError {
	return new LamplightError(
		'too_large',
		`A file holds ${maxFileRows} rows; this would be ${rows}. Choose a shorter range, an account or an app.`,
		{ details: { limit: 'fileRows', max: maxFileRows, rows } },
	);
}

async function focusCsv(
	deps: RouteDeps,
	{ ctx, query }: ApiRequest<`${Base}/focus.csv`>,
): Promise<string> {
	requireListBasis(query.basis);
	const costs = await readCosts(deps, ctx, { ...query, compare: 'none' });
	const file = new FileText();
	costs.listDays.forEach((day, at) => {
		for (const record of focusDayRecords(day, costs)) file.add(record, at / costs.listDays.length);
	});
	return file.under(csvRecord(focusHeader()));
}
