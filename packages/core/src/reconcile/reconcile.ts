import { add, isZero, subtract, sum, zero } from '../money.ts';
import type { Money } from '../money.ts';
import type {
	BilledSide,
	CostBasis,
	CostPart,
	EstimatedSide,
	MeasuredSide,
	PartCosts,
	PayerEffects,
	Side,
} from './sides.ts';

/**
 * The named lines a difference is split into, in the order of the page. `logs` and
 * `data-transfer` are ours to name because the bill counts them; `unexplained` is always last and
 * is whatever the others leave.
 */
export const differenceNames = [
	'init',
	'millisecond-rounding',
	'provisioned-concurrency',
	'ephemeral-storage',
	'snapstart',
	'streaming',
	'logs',
	'free-tier',
	'volume-tiers',
	'savings-plan',
	'discounts',
	'credits',
	'refunds',
	'tax',
	'unconnected-regions',
	'unpriced',
	'unexplained',
] as const;
export type DifferenceName = (typeof differenceNames)[number];

export interface Piece {
	readonly label: string;
	readonly amount: Money;
}

/** One named line of a difference; positive where the second side is dearer. */
export interface DifferenceLine {
	readonly name: DifferenceName;
	readonly amount: Money;
	/** Smaller pieces that sum to `amount`, such as one per region or usage type; may be empty. */
	readonly pieces: readonly Piece[];
}

/** The way from one figure to another: `from` + the sum of `lines` is exactly `to`. */
export interface Difference {
	readonly from: Side;
	readonly to: Side;
	readonly fromAmount: Money;
	readonly toAmount: Money;
	readonly lines: readonly DifferenceLine[];
	/** The `unexplained` line again, because pages and the month close ask for it. */
	readonly unexplained: Money;
}

/** Figures of one account and one UTC day (or month); `null` where a side is not known. */
export interface ReconcileInput {
	readonly accountId: string;
	/** UTC day `YYYY-MM-DD` or month `YYYY-MM`. */
	readonly period: string;
	readonly basis: CostBasis;
	readonly estimated: EstimatedSide | null;
	readonly measured: MeasuredSide | null;
	readonly billed: BilledSide | null;
	readonly payerEffects: PayerEffects;
}

/** The three figures side by side and the way between each pair that is known. */
export interface Reconciliation {
	readonly accountId: string;
	readonly period: string;
	readonly basis: CostBasis;
	readonly currency: string;
	readonly estimated: Money | null;
	readonly measured: Money | null;
	readonly billed: Money | null;
	readonly estimatedToMeasured: Difference | null;
	readonly measuredToBilled: Difference | null;
	readonly estimatedToBilled: Difference | null;
}

/**
 * Puts the three figures side by side and names what lies between each two. Each difference sums
 * exactly: what no line explains is in `unexplained`, whichever sign. Lines of nothing are left out,
 * except `unexplained`. Throws `invalid_input` when two sides have different currencies.
 */
export function reconcile(input: ReconcileInput): Reconciliation {
	const { estimated, measured, billed } = input;
	const currency = currencyOf(input);
	const figures = {
		estimated: estimated === null ? null : partsTotal(estimated.parts, currency),
		measured: measured === null ? null : partsTotal(measured.parts, currency),
		billed: billed?.total ?? null,
	};
	const way = (from: Side, to: Side, lines: readonly DifferenceLine[]): Difference | null => {
		const [fromAmount, toAmount] = [figures[from], figures[to]];
		return fromAmount === null || toAmount === null
			? null
			: difference({ from, to, fromAmount, toAmount }, lines);
	};
	const recorded = measured === null ? [] : recordedLines(estimated?.parts ?? {}, measured);
	return {
		accountId: input.accountId,
		period: input.period,
		basis: input.basis,
		currency,
		...figures,
		estimatedToMeasured: way('estimated', 'measured', [
			...recorded,
			...partLines(estimated?.parts ?? {}, measured?.parts ?? {}),
		]),
		measuredToBilled: way('measured', 'billed', billedLines(measured?.parts ?? {}, input)),
		estimatedToBilled: way('estimated', 'billed', [
			...recorded,
			...billedLines(estimated?.parts ?? {}, input),
		]),
	};
}

function currencyOf({ estimated, measured, billed }: ReconcileInput): string {
	const priced = [
		...Object.values(estimated?.parts ?? {}),
		...Object.values(measured?.parts ?? {}),
	];
	return billed?.currency ?? priced[0]?.currency ?? 'USD';
}

function partsTotal(parts: PartCosts, currency: string): Money {
	return sum(Object.values(parts), currency);
}

/** What only records know: billed init, and the rounding up to whole milliseconds. */
function recordedLines(estimated: PartCosts, measured: MeasuredSide): DifferenceLine[] {
	const init = change(estimated.init, measured.parts.init);
	return [
		...(init === null ? [] : [line('init', init)]),
		line('millisecond-rounding', measured.roundingCost),
	];
}

/** Parts with a line of their own: whatever the sides say differently about them. */
const namedParts = {
	'provisioned-concurrency': 'provisioned-concurrency',
	'ephemeral-storage': 'ephemeral-storage',
	snapstart: 'snapstart',
	streaming: 'streaming',
	logs: 'logs',
} as const satisfies Partial<Record<CostPart, DifferenceName>>;

function partLines(from: PartCosts, to: PartCosts): DifferenceLine[] {
	return Object.entries(namedParts).flatMap(([part, name]) => {
		const amount = change(from[part as CostPart], to[part as CostPart]);
		return amount === null ? [] : [line(name, amount)];
	});
}

function change(from: Money | undefined, to: Money | undefined): Money | null {
	if (from === undefined) return to ?? null;
	return subtract(to ?? zero(from.currency), from);
}

/** From our list prices to the bill: its own parts at list, then what takes list to billed. */
function billedLines(from: PartCosts, { billed, payerEffects }: ReconcileInput): DifferenceLine[] {
	if (billed === null) return [];
	const freeTier = isZero(billed.freeTier) ? payerEffects.freeTier : billed.freeTier;
	const nothing = zero(billed.currency);
	return [
		...partLines(from, billed.listParts),
		line('free-tier', freeTier ?? nothing),
		line('volume-tiers', payerEffects.volumeTiers ?? nothing),
		line('savings-plan', billed.savingsPlan),
		line('discounts', billed.discounts),
		line('credits', billed.credits),
		line('refunds', billed.refunds),
		line('tax', billed.tax),
		lineOf(
			'unconnected-regions',
			pieces(billed.unconnected, (each) => each.region),
			billed.currency,
		),
		lineOf(
			'unpriced',
			pieces(billed.unpriced, (each) => each.usageType),
			billed.currency,
		),
	];
}

function pieces<T extends { readonly amount: Money }>(
	rows: readonly T[],
	label: (row: T) => string,
): Piece[] {
	return rows.map((row) => ({ label: label(row), amount: row.amount }));
}

function line(name: DifferenceName, amount: Money): DifferenceLine {
	return { name, amount, pieces: [] };
}

function lineOf(name: DifferenceName, parts: readonly Piece[], currency: string): DifferenceLine {
	return {
		name,
		amount: sum(
			parts.map((piece) => piece.amount),
			currency,
		),
		pieces: parts,
	};
}

type Ends = Pick<Difference, 'from' | 'to' | 'fromAmount' | 'toAmount'>;

/** Orders the lines and adds what they leave unexplained. */
function difference(ends: Ends, lines: readonly DifferenceLine[]): Difference {
	const whole = subtract(ends.toAmount, ends.fromAmount);
	const explained = sum(
		lines.map((each) => each.amount),
		whole.currency,
	);
	const unexplained = subtract(whole, explained);
	const shown = lines.filter((each) => !isZero(each.amount) || each.pieces.length > 0);
	const ordered = [...shown, line('unexplained', unexplained)].sort(
		(left, right) => differenceNames.indexOf(left.name) - differenceNames.indexOf(right.name),
	);
	return { ...ends, lines: ordered, unexplained };
}

/** The sum of a difference's lines, which is `to - from`. */
export function explainedChange(of: Difference): Money {
	return of.lines.reduce((all, each) => add(all, each.amount), zero(of.toAmount.currency));
}
