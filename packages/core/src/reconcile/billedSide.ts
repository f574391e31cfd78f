import { add, isZero, parseMoney, subtract, sum, zero } from '../money.ts';
import type { Money } from '../money.ts';
import type { BillDayRow } from '../bill/day.ts';
import type { BillLine, CostField } from '../bill/line.ts';
import { usageOfMeter } from '../bill/usageType.ts';
import type { BillComponent } from '../bill/usageType.ts';
import type { BilledSide, CostBasis, CostPart } from './sides.ts';

/** Which part of a function's cost a bill's component is; the rest has no counterpart to compare with. */
const partOfComponent: Readonly<Partial<Record<BillComponent, CostPart>>> = {
	requests: 'requests',
	'edge-requests': 'requests',
	duration: 'duration',
	'edge-duration': 'duration',
	'provisioned-concurrency': 'provisioned-concurrency',
	'provisioned-duration': 'provisioned-concurrency',
	'ephemeral-storage': 'ephemeral-storage',
	'snapstart-cache': 'snapstart',
	'snapstart-restore': 'snapstart',
	streaming: 'streaming',
	'log-ingestion': 'logs',
	'log-storage': 'logs',
};

export interface BilledSideOptions {
	readonly basis: Exclude<CostBasis, 'list'>;
	readonly currency: string;
	/** Regions that are watched; a charge without a region counts as connected. */
	readonly connectedRegions: ReadonlySet<string>;
}

/** What is asked of a line: a bill's own one, or a kept day row. */
export type BilledCharge = Pick<
	BillLine,
	| 'service'
	| 'kind'
	| 'sourceKind'
	| 'region'
	| 'usageType'
	| 'meaning'
	| 'description'
	| 'costs'
	| 'currency'
	| 'invoiceId'
>;

/** A kept day row as a charge. `final` says whether its statement is. */
export function chargeOfDayRow(row: BillDayRow, final: boolean): BilledCharge {
	const money = (field: CostField): Money | null => {
		const text = row.costs[field];
		return text === null ? null : parseMoney(text, row.currency);
	};
	return {
		service: row.service,
		kind: row.kind,
		sourceKind: row.kind,
		region: row.region,
		usageType: row.usageType,
		meaning: row.service === 'other' ? null : usageOfMeter(row.service, row.usageType),
		description: row.serviceName,
		costs: {
			list: money('list'),
			unblended: money('unblended'),
			netUnblended: money('netUnblended'),
			amortized: money('amortized'),
			netAmortized: money('netAmortized'),
			contracted: money('contracted'),
		},
		currency: row.currency,
		invoiceId: final ? 'final' : null,
	};
}

interface Running {
	readonly listParts: Partial<Record<CostPart, Money>>;
	readonly unconnected: Map<string, Money>;
	readonly unpriced: Map<string, Money>;
	freeTier: Money;
	savingsPlan: Money;
	discounts: Money;
	credits: Money;
	refunds: Money;
	tax: Money;
	total: Money;
	final: boolean;
}

/**
 * One account's lines of Lambda and logs summed by what each is, for `reconcile`. Every cent of the
 * lines is in exactly one place, so that the places sum to `total`. Lines of other services and
 * of other currencies must have been left out; throws `invalid_input` for the latter.
 */
export function billedSide(lines: Iterable<BilledCharge>, options: BilledSideOptions): BilledSide {
	const nothing = zero(options.currency);
	const running: Running = {
		listParts: {},
		unconnected: new Map(),
		unpriced: new Map(),
		freeTier: nothing,
		savingsPlan: nothing,
		discounts: nothing,
		credits: nothing,
		refunds: nothing,
		tax: nothing,
		total: nothing,
		final: true,
	};
	let any = false;
	for (const line of lines) {
		if (line.service === 'other') continue;
		any = true;
		addLine(running, line, options);
	}
	return {
		currency: options.currency,
		...running,
		final: any && running.final,
		unconnected: [...running.unconnected].map(([region, amount]) => ({ region, amount })),
		unpriced: [...running.unpriced].map(([usageType, amount]) => ({ usageType, amount })),
	};
}

/** The cost on a basis; where the bill does not state it, the nearest that it does. */
function costOf(line: BilledCharge, basis: BilledSideOptions['basis']): Money {
	const { unblended, netUnblended, amortized, netAmortized } = line.costs;
	const billed = netUnblended ?? unblended;
	const found = basis === 'net-unblended' ? billed : (netAmortized ?? amortized ?? billed);
	return found ?? zero(line.currency);
}

function addLine(running: Running, line: BilledCharge, options: BilledSideOptions): void {
	const cost = costOf(line, options.basis);
	running.total = add(running.total, cost);
	if (line.invoiceId === null) running.final = false;
	switch (line.kind) {
		case 'tax':
			running.tax = add(running.tax, cost);
			return;
		case 'credit':
			running.credits = add(running.credits, cost);
			return;
		case 'refund':
			running.refunds = add(running.refunds, cost);
			return;
		case 'discount':
			running.discounts = add(running.discounts, cost);
			return;
		case 'savings-plan-negation':
		case 'savings-plan-fee':
			running.savingsPlan = add(running.savingsPlan, cost);
			return;
		case 'support':
		case 'rounding':
		case 'other':
			addTo(running.unpriced, line.sourceKind, cost);
			return;
		case 'usage':
		case 'savings-plan-covered':
			addUsage(running, line, { cost, options });
	}
}

interface Charged {
	readonly cost: Money;
	readonly options: BilledSideOptions;
}

function addUsage(running: Running, line: BilledCharge, { cost, options }: Charged): void {
	if (line.region !== null && !options.connectedRegions.has(line.region)) {
		addTo(running.unconnected, line.region, cost);
		return;
	}
	const part = line.meaning === null ? undefined : partOfComponent[line.meaning.component];
	if (part === undefined) {
		addTo(running.unpriced, line.usageType ?? line.meaning?.component ?? line.description, cost);
		return;
	}
	const onDemand = line.costs.unblended ?? line.costs.contracted ?? cost;
	const list = line.costs.list ?? onDemand;
	running.listParts[part] = add(running.listParts[part] ?? zero(line.currency), list);
	const takenOff = subtract(cost, list);
	if (line.kind === 'savings-plan-covered') {
		running.savingsPlan = add(running.savingsPlan, takenOff);
	} else if (isZero(onDemand) && isZero(cost)) {
		running.freeTier = add(running.freeTier, takenOff);
	} else {
		running.discounts = add(running.discounts, takenOff);
	}
}

function addTo(amounts: Map<string, Money>, key: string, amount: Money): void {
	const before = amounts.get(key);
	amounts.set(key, before === undefined ? amount : add(before, amount));
}

/** The sum of a side's places, which is its total. */
export function placesTotal(side: BilledSide): Money {
	return sum(
		[
			...Object.values(side.listParts),
			...side.unconnected.map((each) => each.amount),
			...side.unpriced.map((each) => each.amount),
			side.freeTier,
			side.savingsPlan,
			side.discounts,
			side.credits,
			side.refunds,
			side.tax,
		],
		side.currency,
	);
}
