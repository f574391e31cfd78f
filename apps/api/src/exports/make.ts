import { focusHeader } from '@lamplight/core/bill/focusExport';
import type { Clock, Ctx } from '@lamplight/core/ctx';
import { type Export, maxExportRows } from '@lamplight/core/export/export';
import { LamplightError } from '@lamplight/core/errors';
import { utcDay } from '@lamplight/core/time';
import type { Store } from '@lamplight/store/store';
import type * as z from 'zod';

import { costExportQuerySchema, functionsExportQuerySchema } from '../contract/exports.ts';
import { connectedRegions } from '../cost/billed.ts';
import { daysOf } from '../cost/days.ts';
import { resolvePeriod } from '../cost/period.ts';
import { singleDays } from '../cost/pricedDays.ts';
import { readCosts } from '../cost/readCosts.ts';
import { csvRecord } from '../http/csv.ts';
import { parsePart } from '../http/problem.ts';
import { costDayRows, costsHeader, costsRecord } from './costsFile.ts';
import { focusDayRecords } from './focusFile.ts';
import { functionCells, functionColumns, readFunctionRows } from './functionsFile.ts';

export interface MakeDeps {
	readonly store: Store;
	readonly wallClock: Clock;
}

/** A piece of a file: its text, the rows in it, and how much of what was asked for is done with it. */
export interface ExportPiece {
	readonly text: string;
	readonly rows: number;
	readonly share: number;
}

/**
 * A file piece by piece, one day of the fleet in memory at a time, with the very rows of the direct
 * answer. The time is that of the asking, so that work begun again makes the same file. Throws
 * `too_large` beyond the rows of a file.
 */
export async function* exportPieces(
	deps: MakeDeps,
	ctx: Ctx,
	asked: Export,
): AsyncGenerator<ExportPiece> {
	const reading = { ...deps, clock: () => asked.dataNowMs };
	let rows = 0;
	for await (const piece of piecesOf(reading, ctx, asked)) {
		rows += piece.rows;
		if (rows > maxExportRows) throw tooManyRows(piece.share);
		yield piece;
	}
}

type ReadDeps = MakeDeps & { readonly clock: Clock };

function piecesOf(deps: ReadDeps, ctx: Ctx, asked: Export): AsyncGenerator<ExportPiece> {
	if (asked.what === 'functions') return functionPieces(deps, ctx, asked);
	return asked.form === 'focus' ? focusPieces(deps, ctx, asked) : costPieces(deps, ctx, asked);
}

function tooManyRows(share: number): LamplightError {
	const percent = Math.max(1, Math.floor(share * 100));
	return new LamplightError(
		'too_large',
		`A file holds ${maxExportRows} rows; this would be more. About ${percent} % of it fits: choose a shorter range, an account or an app.`,
		{ details: { limit: 'exportRows', max: maxExportRows, fitsPercent: percent } },
	);
}

/** Rows that are joined to one piece. */
const rowsOfPiece = 2_000;

async function* functionPieces(
	deps: ReadDeps,
	ctx: Ctx,
	asked: Export,
): AsyncGenerator<ExportPiece> {
	const query = parsePart('query', functionsExportQuerySchema, asked.query);
	const { count, rows } = await readFunctionRows(deps, ctx, query);
	const isJson = asked.form === 'json';
	yield { text: isJson ? '{"rows":[' : csvRecord(functionColumns), rows: 0, share: 0 };
	let texts: string[] = [];
	let done = 0;
	for (const row of rows) {
		const cells = functionCells(row);
		if (isJson) {
			const named = Object.fromEntries(functionColumns.map((name, at) => [name, cells[at]]));
			texts.push(`${done === 0 ? '' : ','}${JSON.stringify(named)}`);
		} else texts.push(csvRecord(cells));
		done += 1;
		if (texts.length < rowsOfPiece) continue;
		yield { text: texts.join(''), rows: texts.length, share: done / count };
		texts = [];
	}
	yield { text: `${texts.join('')}${isJson ? ']}\n' : ''}`, rows: texts.length, share: 1 };
}

type CostQuery = z.output<typeof costExportQuerySchema>;

async function* focusPieces(deps: ReadDeps, ctx: Ctx, asked: Export): AsyncGenerator<ExportPiece> {
	const query = parsePart('query', costExportQuerySchema, asked.query);
	yield { text: csvRecord(focusHeader()), rows: 0, share: 0 };
	const days = periodDays(deps, query);
	for (const [at, day] of days.entries()) {
		const costs = await readDay(deps, ctx, { query, day });
		const records = costs.listDays.flatMap((one) => focusDayRecords(one, costs));
		yield { text: records.join(''), rows: records.length, share: (at + 1) / days.length };
	}
}

async function* costPieces(deps: ReadDeps, ctx: Ctx, asked: Export): AsyncGenerator<ExportPiece> {
	const query = parsePart('query', costExportQuerySchema, asked.query);
	const basis = query.basis ?? 'list';
	const isJson = asked.form === 'json';
	const days = periodDays(deps, query);
	const regions = basis === 'list' ? new Set<string>() : await regionsOf(deps, ctx, query);
	let isFirst = true;
	for (const [at, day] of days.entries()) {
		const costs = await readDay(deps, ctx, { query, day });
		const priced = singleDays(costs.listDays, { bill: costs.bill, basis, regions });
		const rows = [...priced].flatMap((one) => costDayRows(one, { ...costs, basis }));
		const texts = rows.map((row) => (isJson ? jsonRow(row) : costsRecord(row)));
		const [{ currency } = { currency: 'USD' }] = rows;
		const head = isJson
			? `{"currency":${JSON.stringify(currency)},"basis":${JSON.stringify(basis)},"rows":[`
			: costsHeader(costs.view);
		// The head names a currency, which the first rows tell: until there are some it waits.
		const begins = isFirst && (rows.length > 0 || at === days.length - 1);
		const joined = texts.join(isJson ? ',' : '');
		const comma = isJson && !isFirst && texts.length > 0 ? ',' : '';
		const text = `${begins ? head : comma}${joined}`;
		if (begins) isFirst = false;
		yield { text, rows: rows.length, share: (at + 1) / days.length };
	}
	if (isJson) yield { text: ']}\n', rows: 0, share: 1 };
}

function jsonRow({ day, key, label, amount, provenance }: ReturnType<typeof costDayRows>[number]) {
	return JSON.stringify({ day, key, label, amount, provenance });
}

/** The days of the period that have begun. */
function periodDays(deps: ReadDeps, query: CostQuery): string[] {
	const { span } = resolvePeriod({ ...query, compare: 'none' }, deps.clock());
	return daysOf(span).filter((day) => day <= utcDay(deps.clock()));
}

interface OneDay {
	readonly query: CostQuery;
	readonly day: string;
}

/** One day at list price. What readers keep for the next page goes with the copy of the store. */
function readDay(deps: ReadDeps, ctx: Ctx, { query, day }: OneDay) {
	const { month: _month, ...rest } = query;
	return readCosts({ ...deps, store: { ...deps.store } }, ctx, {
		...rest,
		from: day,
		to: day,
		compare: 'none',
		basis: 'list',
	});
}

/** Regions in which functions are watched on any day of the period: what is billed elsewhere is not theirs. */
async function regionsOf(deps: ReadDeps, ctx: Ctx, query: CostQuery): Promise<Set<string>> {
	const regions = new Set<string>();
	for (const day of periodDays(deps, query)) {
		const { listDays } = await readDay(deps, ctx, { query, day });
		for (const region of connectedRegions(listDays)) regions.add(region);
	}
	return regions;
}
