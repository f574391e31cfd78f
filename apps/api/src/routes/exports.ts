import { parseDecimal } from '@lamplight/core/bill/decimal';
import { estimateRow } from '@lamplight/core/bill/focusEstimate';
import { focusHeader, focusRecord } from '@lamplight/core/bill/focusExport';
import { LamplightError } from '@lamplight/core/errors';
import { type FunctionId, functionParts } from '@lamplight/core/ids';
import { parseMoney, toExactString } from '@lamplight/core/money';
import type { Component } from '@lamplight/pricing/components';
import { componentInfo } from '@lamplight/pricing/components';

import { linesByDay, rowOf, slicesOf } from '../cost/breakdown.ts';
import { dayStart, type DayUse, usesOn } from '../cost/days.ts';
import { componentLabels, type ComponentCost, componentPricedAs } from '../cost/functionCost.ts';
import { priceBook } from '../cost/prices.ts';
import { mixedProvenance } from '../cost/wire.ts';
import { readCompleteness } from '../fleet/completeness.ts';
import { readConnections } from '../fleet/connections.ts';
import { readFleet } from '../fleet/fleet.ts';
import { filterItems, sortItems } from '../fleet/list.ts';
import { resolveRange } from '../fleet/range.ts';
import { RowView } from '../fleet/rows.ts';
import { csvRecord, FileText, maxFileRows } from '../http/csv.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import { readCosts } from './costs.ts';
import type { RouteDeps } from './context.ts';

type Base = 'GET /v1/w/{ws}/exports';
type ExportKeys =
	`${Base}/functions.csv` | `${Base}/costs.csv` | `${Base}/costs.json` | `${Base}/focus.csv`;

/** Files to download. */
export function exportHandlers(deps: RouteDeps): Handlers<ExportKeys> {
	return {
		'GET /v1/w/{ws}/exports/functions.csv': (request) => functionsCsv(deps, request),
		'GET /v1/w/{ws}/exports/costs.csv': async ({ ctx, query }) => {
			const rows = await costRows(deps, ctx, query);
			const header = [
				'day',
				query.by ?? 'component',
				'label',
				'amount',
				'currency',
				'basis',
				'provenance',
			];
			const file = new FileText();
			rows.forEach((row, at) =>
				file.add(
					csvRecord([
						row.day,
						row.key,
						row.label,
						row.amount,
						row.currency,
						row.basis,
						row.provenance,
					]),
					at / rows.length,
				),
			);
			return file.under(csvRecord(header));
		},
		'GET /v1/w/{ws}/exports/costs.json': async ({ ctx, query }) => {
			const rows = await costRows(deps, ctx, query);
			if (rows.length > maxFileRows) throw tooManyRows(rows.length);
			return {
				currency: rows[0]?.currency ?? 'USD',
				basis: query.basis ?? 'list',
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

function tooManyRows(rows: number): LamplightError {
	return new LamplightError(
		'too_large',
		`A file holds ${maxFileRows} rows; this would be ${rows}. Choose a shorter range, an account or an app.`,
		{ details: { limit: 'fileRows', max: maxFileRows, rows } },
	);
}

type CostRequest = ApiRequest<`${Base}/costs.csv`>;

/** Every day and row of the breakdown, exactly. */
async function costRows(deps: RouteDeps, ctx: CostRequest['ctx'], query: CostRequest['query']) {
	const costs = await readCosts(deps, ctx, { ...query, compare: 'none' });
	const { days, view, wanted, basis, functions } = costs;
	const slices = slicesOf(days.uses, view, wanted);
	const lines = linesByDay(days, functions, {
		view,
		wanted,
		lineOf: (line) => {
			const currency = slices.get(line)?.total?.currency;
			return currency === undefined ? null : { line, currency };
		},
	});
	const rows = [...slices.values()].flatMap((slice) => {
		const { label } = rowOf(view, { slice, previous: undefined, whole: null });
		const provenance = mixedProvenance(slice.provenances);
		return [...(lines.get(slice.key) ?? [])].map(([day, amount]) => ({
			day,
			key: slice.key,
			label,
			amount: toExactString(amount),
			currency: amount.currency,
			basis,
			provenance,
		}));
	});
	return rows.sort((a, b) => (a.day === b.day ? (a.key < b.key ? -1 : 1) : a.day < b.day ? -1 : 1));
}

const functionColumns = [
	'function',
	'account',
	'account name',
	'region',
	'app',
	'owner',
	'runtime',
	'architecture',
	'memory MB',
	'invocations',
	'errors',
	'error share',
	'throttles',
	'p50 ms',
	'p95 ms',
	'p99 ms',
	'cold start share',
	'memory used MB',
	'cost',
	'cost per 1000',
	'currency',
	'provenance',
	'completeness',
] as const;

async function functionsCsv(
	deps: RouteDeps,
	{ ctx, query }: ApiRequest<`${Base}/functions.csv`>,
): Promise<string> {
	const range = resolveRange(query, deps.clock());
	const [fleet, connections] = await Promise.all([
		readFleet(deps.store, ctx, { range, before: false, sparks: true }),
		readConnections(deps, ctx),
	]);
	const reading = await readCompleteness(deps, ctx, { range: fleet.range, connections });
	const view = new RowView(connections, reading);
	const items = sortItems(filterItems(fleet.items, query), query.sort ?? 'cost', query.order);
	const file = new FileText();
	items.forEach((item, at) => {
		const { figures, ...fn } = view.row(item, null);
		const record = csvRecord([
			fn.name,
			fn.accountId,
			fn.accountName,
			fn.region,
			fn.app?.name ?? null,
			fn.owner,
			fn.runtime,
			fn.architecture,
			fn.memoryMib,
			figures.invocations,
			figures.errors,
			figures.errorShare,
			figures.throttles,
			figures.p50Ms,
			figures.p95Ms,
			figures.p99Ms,
			figures.coldStartShare,
			figures.memoryUsedMib,
			figures.cost?.amount ?? null,
			figures.costPerThousand?.amount ?? null,
			figures.cost?.currency ?? null,
			figures.cost?.provenance ?? null,
			figures.completeness,
		]);
		file.add(record, at / items.length);
	});
	return file.under(csvRecord([...functionColumns]));
}

/**
 * What was used and would cost at list price, in FOCUS columns. Nobody invoiced it, so BilledCost is
 * 0 in every row: beside a provider's own file it counts nothing twice.
 */
async function focusCsv(
	deps: RouteDeps,
	{ ctx, query }: ApiRequest<`${Base}/focus.csv`>,
): Promise<string> {
	if (query.basis !== undefined && query.basis !== 'list') {
		throw new LamplightError(
			'invalid_input',
			'query.basis: expected list; the bill itself is FOCUS',
			{
				fields: [{ path: 'query.basis', message: 'expected list' }],
			},
		);
	}
	const costs = await readCosts(deps, ctx, { ...query, compare: 'none' });
	const { listDays, view, wanted, functions } = costs;
	const chosen = new Set(functions.filter((_, place) => wanted(place)).map(({ id }) => id));
	const file = new FileText();
	for (const [at, costDay] of listDays.entries()) {
		const { day } = costDay;
		const book = priceBook(dayStart(day));
		for (const use of usesOn(costDay)) {
			if (!chosen.has(use.functionId)) continue;
			for (const part of use.parts) {
				if (part.cost === null) continue;
				const record = csvRecord(focusRecord(focusRow({ day, use, part, book, view })));
				file.add(record, at / listDays.length);
			}
		}
	}
	return file.under(csvRecord(focusHeader()));
}

interface FocusInput {
	readonly day: string;
	readonly use: DayUse;
	readonly part: ComponentCost;
	readonly book: ReturnType<typeof priceBook>;
	readonly view: Awaited<ReturnType<typeof readCosts>>['view'];
}

function focusRow({ day, use, part, book, view }: FocusInput) {
	const id: FunctionId = use.functionId;
	const { accountId, region, name } = functionParts(id);
	const fn = view.byId.get(id);
	const component: Component = componentPricedAs(part.component, {
		logClass: fn?.logClass ?? null,
		provisionedConcurrencyTotal: fn?.provisionedConcurrencyTotal ?? 0,
	});
	const price = book.unit(component, region, fn?.architecture ?? null);
	const cost = part.cost ?? parseMoney('0');
	return estimateRow({
		day,
		payerAccountId: accountId,
		accountId,
		accountName: view.names.get(accountId) ?? null,
		region,
		service: part.component.startsWith('log') ? 'logs' : 'lambda',
		resourceArn: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
		app: fn?.app?.name ?? null,
		owner: fn?.owner ?? null,
		costCenter: null,
		tags: fn?.tags ?? {},
		provenance: part.provenance === 'measured' ? 'measured' : 'estimated',
		meter: component,
		description: componentLabels[part.component],
		quantity: parseDecimal(part.quantity.toString()),
		unit: componentInfo[component].baseUnit,
		unitPrice: price.perBaseUnit ?? cost,
		listCost: cost,
		effectiveCost: cost,
	});
}
