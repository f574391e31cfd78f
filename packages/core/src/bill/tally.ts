import { add, zero } from '../money.ts';
import type { Money } from '../money.ts';
import { addDecimals } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { costFields, lineKinds } from './line.ts';
import type { BillLine, CostField, LineCosts, LineKind } from './line.ts';

/** What the spend is split by. A line without a value of a dimension stands under `null`. */
export type TallyKey =
	| { readonly by: 'day' }
	| { readonly by: 'usage-type' }
	| { readonly by: 'resource' }
	| { readonly by: 'account' }
	| { readonly by: 'region' }
	| { readonly by: 'kind' }
	| { readonly by: 'tag'; readonly tag: string };

/** Sums of lines: each cost field sums what says it, and says how many lines did not. */
export interface Sums {
	readonly lines: number;
	readonly costs: LineCosts;
	/** Lines that a cost field says nothing about; a sum with any of them is a lower bound. */
	readonly silent: Readonly<Record<CostField, number>>;
	/** Sum of quantities; `null` when the lines have different units or none. */
	readonly quantity: Decimal | null;
	readonly unit: string | null;
}

/** One row of a tally. */
export interface TallyRow extends Sums {
	/** `null`: the lines have no such value (no resource, not tagged). */
	readonly key: string | null;
	readonly currency: string;
}

/** Running sums. Mutable, because a bill has millions of lines and each is seen once. */
export interface Tally {
	readonly groups: readonly TallyKey[];
	readonly rows: ReadonlyMap<string, Map<string, RunningSums>>;
	/** Lines of services that are not ours, by currency: with the rest they make the file's total. */
	readonly others: Map<string, RunningSums>;
	/** Ours, by currency. */
	readonly totals: Map<string, RunningSums>;
	readonly kinds: Map<string, RunningSums>;
	months: Set<string>;
	finalLines: number;
	openLines: number;
	/** Distinct values beyond this many of one split are summed under `(others)`. */
	readonly maxRows: number;
	truncated: boolean;
}

interface RunningSums {
	key: string | null;
	currency: string;
	lines: number;
	costs: Record<CostField, Money | null>;
	silent: Record<CostField, number>;
	quantity: Decimal | null;
	unit: string | null;
	mixedUnits: boolean;
}

/** Distinct values kept of one split: a payer's bill may name a million resources. */
export const defaultMaxRows = 50_000;
/** Where values beyond the limit are summed. */
export const othersKey = '(others)';

/** An empty tally over the given splits. */
export function newTally(groups: readonly TallyKey[], maxRows = defaultMaxRows): Tally {
	return {
		groups,
		rows: new Map(groups.map((group) => [groupName(group), new Map<string, RunningSums>()])),
		others: new Map(),
		totals: new Map(),
		kinds: new Map(),
		months: new Set(),
		finalLines: 0,
		openLines: 0,
		maxRows,
		truncated: false,
	};
}

export function groupName(group: TallyKey): string {
	return group.by === 'tag' ? `tag:${group.tag}` : group.by;
}

/** Adds one line. Lines of other services only count towards the file's total. */
export function tallyLine(tally: Tally, line: BillLine): void {
	if (line.service === 'other') {
		addTo(tally.others, null, line);
		return;
	}
	tally.months.add(line.billingMonth);
	if (line.invoiceId === null) tally.openLines += 1;
	else tally.finalLines += 1;
	addTo(tally.totals, null, line);
	addTo(tally.kinds, line.kind, line);
	for (const group of tally.groups) {
		const rows = tally.rows.get(groupName(group));
		if (rows === undefined) continue;
		const key = keyOf(group, line);
		const full = rows.size >= tally.maxRows && !rows.has(rowKey(key, line.currency));
		if (full) tally.truncated = true;
		addTo(rows, full ? othersKey : key, line);
	}
}

function keyOf(group: TallyKey, line: BillLine): string | null {
	switch (group.by) {
		case 'day':
			return line.day;
		case 'usage-type':
			return line.usageType ?? line.meaning?.component ?? null;
		case 'resource':
			return line.resourceId;
		case 'account':
			return line.usageAccountId;
		case 'region':
			return line.region;
		case 'kind':
			return line.kind;
		case 'tag':
			return line.tags[group.tag] ?? null;
	}
}

function rowKey(key: string | null, currency: string): string {
	return `${currency}\n${key === null ? '0' : `1${key}`}`;
}

function addTo(rows: Map<string, RunningSums>, key: string | null, line: BillLine): void {
	const at = rowKey(key, line.currency);
	let sums = rows.get(at);
	if (sums === undefined) {
		sums = emptySums(key, line);
		rows.set(at, sums);
	}
	sums.lines += 1;
	for (const field of costFields) {
		const amount = line.costs[field];
		const before = sums.costs[field];
		if (amount === null) sums.silent[field] += 1;
		else sums.costs[field] = before === null ? amount : add(before, amount);
	}
	addQuantity(sums, line);
}

function addQuantity(sums: RunningSums, line: BillLine): void {
	if (line.quantity === null || sums.mixedUnits) return;
	if (sums.unit !== line.unit) {
		sums.mixedUnits = true;
		sums.quantity = null;
		sums.unit = null;
		return;
	}
	sums.quantity =
		sums.quantity === null ? line.quantity : addDecimals(sums.quantity, line.quantity);
}

function emptySums(key: string | null, line: BillLine): RunningSums {
	const none = {
		list: null,
		unblended: null,
		netUnblended: null,
		amortized: null,
		netAmortized: null,
		contracted: null,
	};
	const silent = {
		list: 0,
		unblended: 0,
		netUnblended: 0,
		amortized: 0,
		netAmortized: 0,
		contracted: 0,
	};
	const { currency, unit } = line;
	return { key, currency, lines: 0, costs: none, silent, quantity: null, unit, mixedUnits: false };
}

/** The rows of one split, in the order of their keys; lines without a value come last. */
export function tallyRows(tally: Tally, group: TallyKey): TallyRow[] {
	return rowsOf(tally.rows.get(groupName(group)) ?? new Map());
}

/** Sums per kind of line, so that credits, refunds, tax and commitments are seen apart. */
export function kindRows(tally: Tally): (TallyRow & { readonly key: LineKind })[] {
	const rows = rowsOf(tally.kinds);
	return lineKinds.flatMap((kind) =>
		rows.filter((row) => row.key === kind).map((row) => ({ ...row, key: kind })),
	);
}

/** Ours, one row per currency. */
export function totalRows(tally: Tally): TallyRow[] {
	return rowsOf(tally.totals);
}

/** All other services, one row per currency. */
export function otherRows(tally: Tally): TallyRow[] {
	return rowsOf(tally.others);
}

function rowsOf(rows: ReadonlyMap<string, RunningSums>): TallyRow[] {
	return [...rows.values()]
		.map(({ mixedUnits: _mixed, ...sums }) => sums)
		.sort((left, right) => order(left.key, right.key) || order(left.currency, right.currency));
}

function order(left: string | null, right: string | null): number {
	if (left === right) return 0;
	if (left === null) return 1;
	if (right === null) return -1;
	return left < right ? -1 : 1;
}

/** A cost of the sums on the basis asked for, else on the nearest one that the bill states. */
export function costOn(sums: Sums, currency: string, fields: readonly CostField[]): Money {
	for (const field of fields) {
		const amount = sums.costs[field];
		if (amount !== null) return amount;
	}
	return zero(currency);
}
