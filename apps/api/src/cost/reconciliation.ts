import { type Money, parseMoney, subtract, sum, zero } from '@lamplight/core/money';
import { plural } from '@lamplight/core/plural';
import { type DifferenceLine, reconcile } from '@lamplight/core/reconcile/reconcile';
import type { CostPart, MeasuredSide } from '@lamplight/core/reconcile/sides';

import type { Reconciliation, ReconciliationLine } from '../contract/costs.ts';
import type { CostBasis } from '../contract/shared.ts';
import { instant } from '../fleet/range.ts';
import { type AccountDay, accountsOn } from './accountDays.ts';
import { billedOf, type BillReading, connectedRegions, coreBasis } from './billed.ts';
import type { CostDay } from './days.ts';
import { knownMoney } from './wire.ts';

/** What stays off the functions and off the billed figure: it is shown beside it. */
const apartNames = new Set(['credits', 'refunds', 'tax']);

export interface ReconcileOptions {
	/** Days that are over, ascending. */
	readonly days: readonly CostDay[];
	readonly bill: BillReading;
	readonly basis: CostBasis;
}

/** From the estimate over the measurement to the bill, all accounts together. */
export function reconciliationOf({ days, bill, basis }: ReconcileOptions): Reconciliation {
	const billedDays = new Set(bill.rows.map(({ day }) => day));
	const both = days.filter(({ day }) => billedDays.has(day));
	const first = both[0]?.day;
	const last = both.at(-1)?.day;
	if (first === undefined || last === undefined) return withoutBill(days, bill);
	const span = { from: first, to: last, days: both.length };
	const dayNames = new Set(both.map(({ day }) => day));
	const regions = connectedRegions(days);
	const results = accountsOf(both).map((accountId) => {
		const { estimated, measured } = overDays(both, accountId);
		const billed = billedOf(bill, { accountId, days: dayNames, basis, connectedRegions: regions });
		return {
			billed,
			result: reconcile({
				accountId,
				period: `${first.slice(0, 7)}`,
				basis: coreBasis(basis),
				estimated,
				measured,
				billed,
				payerEffects: { freeTier: null, volumeTiers: null },
			}),
		};
	});
	const known = results.filter(({ billed }) => billed !== null);
	const currency = known[0]?.billed?.currency ?? 'USD';
	const ours = known
		.filter(({ result }) => result.currency === currency)
		.map(({ result }) => result);
	return {
		...waterfall(ours, { currency, basis, accounts: ours.length }),
		span,
		billProvisional: !known.every(({ billed }) => billed?.final === true),
		billReadAt: bill.readMs === null ? null : instant(bill.readMs),
		reason: null,
	};
}

function accountsOf(days: readonly CostDay[]): string[] {
	return [...new Set(days.flatMap((day) => [...accountsOn(day).accounts.keys()]))];
}

function overDays(days: readonly CostDay[], accountId: string) {
	const own = days.flatMap((day) => {
		const one = accountsOn(day).accounts.get(accountId);
		return one === undefined ? [] : [one];
	});
	const measured = own.flatMap((one) => one.measured ?? []);
	const isMeasured = measured.length === own.length && own.some(({ hasRun }) => hasRun);
	return {
		estimated: { parts: joinParts(own.map((one) => one.estimated.parts)), unpriced: [] },
		measured: isMeasured ? joinMeasured(measured) : null,
	};
}

function joinMeasured(sides: readonly MeasuredSide[]): MeasuredSide {
	const [first] = sides;
	const currency = first?.roundingCost.currency ?? 'USD';
	return {
		parts: joinParts(sides.map(({ parts }) => parts)),
		roundingCost: sum(
			sides.map(({ roundingCost }) => roundingCost),
			currency,
		),
		unpriced: [],
	};
}

function joinParts(
	all: readonly AccountDay['estimated']['parts'][],
): Partial<Record<CostPart, Money>> {
	const joined: Partial<Record<CostPart, Money>> = {};
	for (const parts of all) {
		for (const [name, amount] of Object.entries(parts)) {
			const known = joined[name as CostPart];
			joined[name as CostPart] =
				known === undefined ? amount : sum([known, amount], amount.currency);
		}
	}
	return joined;
}

type Result = ReturnType<typeof reconcile>;

interface WaterfallOptions {
	readonly currency: string;
	readonly basis: CostBasis;
	readonly accounts: number;
}

function waterfall(
	results: readonly Result[],
	{ currency, basis, accounts }: WaterfallOptions,
): Pick<
	Reconciliation,
	'state' | 'lines' | 'unexplained' | 'unexplainedShare' | 'tolerance' | 'apart'
> {
	const total = (pick: (result: Result) => Money | null) =>
		sum(
			results.flatMap((result) => pick(result) ?? []),
			currency,
		);
	const measured = results.filter((one) => one.measured !== null).length;
	const steps = (pick: (result: Result) => readonly DifferenceLine[]) =>
		joinLines(results.flatMap(pick), currency);
	const first = steps((one) => one.estimatedToMeasured?.lines ?? []);
	// An account whose records are not read goes from its estimate to its bill: it stays what it is between.
	const second = steps(
		(one) => (one.measured === null ? one.estimatedToBilled : one.measuredToBilled)?.lines ?? [],
	);
	const apart = second.filter(({ name }) => apartNames.has(name));
	const shown = second.filter(({ name }) => !apartNames.has(name) && name !== 'unexplained');
	const unexplained = second.find(({ name }) => name === 'unexplained')?.amount ?? zero(currency);
	const billed = subtract(
		total((one) => one.billed),
		sum(
			apart.map(({ amount }) => amount),
			currency,
		),
	);
	// The product's rule: at most max(1 %, $1) per account may stay unexplained.
	const tolerance = Math.max(0.01 * Math.abs(dollars(billed)), accounts);
	const lines: ReconciliationLine[] = [
		anchor(
			'estimated',
			total((one) => one.estimated),
			'estimated',
			'list',
		),
		...first.map(stepLine),
		...(measured === 0 ? [] : [measuredAnchor(results, measured, currency)]),
		...shown.map(stepLine),
		{ ...stepLine({ name: 'unexplained', amount: unexplained, pieces: [] }), kind: 'unexplained' },
		anchor('billed', billed, 'billed', basis === 'list' ? 'netUnblended' : basis),
	];
	return {
		state: Math.abs(dollars(unexplained)) <= tolerance ? 'reconciled' : 'unexplained',
		lines,
		unexplained: knownMoney(unexplained, 'billed'),
		unexplainedShare:
			dollars(billed) === 0 ? null : Math.abs(dollars(unexplained)) / Math.abs(dollars(billed)),
		tolerance: knownMoney(moneyOf(tolerance, currency), 'estimated'),
		apart: apart.map(({ name, amount }) => ({ kind: name, amount: knownMoney(amount, 'billed') })),
	};
}

/** What is measured, with the estimate of accounts whose records are not read: the note says of how many. */
function measuredAnchor(
	results: readonly Result[],
	measured: number,
	currency: string,
): ReconciliationLine {
	const amounts = results.flatMap((one) => one.measured ?? one.estimated ?? []);
	const line = anchor('measured', sum(amounts, currency), 'measured', 'list');
	if (measured === results.length) return line;
	const note = `from REPORT records of ${measured} of ${plural(results.length, 'account')}, the others as estimated`;
	return { ...line, note };
}

function anchor(
	id: 'estimated' | 'measured' | 'billed',
	amount: Money,
	provenance: 'estimated' | 'measured' | 'billed',
	basis: CostBasis,
): ReconciliationLine {
	const notes = {
		estimated: 'from metrics, list price',
		measured: 'from REPORT records, list price',
		billed: basis === 'netAmortized' ? 'net amortized' : 'net unblended',
	};
	return {
		id,
		kind: 'anchor',
		label: id,
		note: notes[id],
		amount: knownMoney(amount, provenance, basis),
	};
}

function stepLine({ name, amount, pieces }: DifferenceLine): ReconciliationLine {
	return {
		id: name,
		kind: 'step',
		label: name.replaceAll('-', ' '),
		note:
			pieces.length === 0
				? null
				: pieces
						.slice(0, 3)
						.map(({ label }) => label)
						.join(', '),
		amount: knownMoney(amount, 'billed'),
	};
}

function joinLines(lines: readonly DifferenceLine[], currency: string): DifferenceLine[] {
	const joined = new Map<DifferenceLine['name'], DifferenceLine>();
	for (const line of lines) {
		const known = joined.get(line.name);
		joined.set(line.name, {
			name: line.name,
			amount: sum([...(known === undefined ? [] : [known.amount]), line.amount], currency),
			pieces: [...(known?.pieces ?? []), ...line.pieces],
		});
	}
	return [...joined.values()];
}

function dollars(amount: Money): number {
	return Number(knownMoney(amount, 'billed').amount);
}

function moneyOf(value: number, currency: string): Money {
	return parseMoney(value.toFixed(6), currency);
}

function withoutBill(days: readonly CostDay[], bill: BillReading): Reconciliation {
	return {
		state: 'noBill',
		span: null,
		lines: [],
		unexplained: null,
		unexplainedShare: null,
		tolerance: null,
		apart: [],
		billProvisional: null,
		billReadAt: bill.readMs === null ? null : instant(bill.readMs),
		reason:
			bill.sources === 0
				? 'No billing source is connected.'
				: days.length === 0
					? 'No day of this period is over.'
					: 'No bill has been read for this period yet.',
	};
}
