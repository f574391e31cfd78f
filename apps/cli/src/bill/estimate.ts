import { addDecimals, zeroDecimal } from '@lamplight/core/bill/decimal';
import type { Decimal } from '@lamplight/core/bill/decimal';
import { estimateRow } from '@lamplight/core/bill/focusEstimate';
import type { FocusRow } from '@lamplight/core/bill/focusExport';
import type { BillLine } from '@lamplight/core/bill/line';
import type { BillComponent, UsageMeaning } from '@lamplight/core/bill/usageType';
import { parseMoney, scale } from '@lamplight/core/money';
import { plural } from '@lamplight/core/plural';
import { everywhere } from '@lamplight/pricing/rates/book';
import type { RateAnswer, RateBook } from '@lamplight/pricing/rates/book';
import { bundledRates } from '@lamplight/pricing/rates/bundled';

type PricedComponent = Parameters<RateBook['find']>[0]['component'];

/** What the bill's components are called in the price model, where the two count in the same unit. */
const priced: Readonly<Partial<Record<BillComponent, PricedComponent>>> = {
	requests: 'requests',
	duration: 'duration',
	'provisioned-concurrency': 'provisioned-concurrency',
	'provisioned-duration': 'provisioned-duration',
	'ephemeral-storage': 'ephemeral-storage',
	streaming: 'response-streaming',
	'snapstart-cache': 'snapstart-cache',
	'snapstart-restore': 'snapstart-restore',
	'edge-requests': 'edge-requests',
	'edge-duration': 'edge-duration',
	'log-ingestion': 'log-ingestion-standard',
	'log-storage': 'log-storage',
};

export interface Repricer {
	take(line: BillLine): void;
	/** What could not be priced: counted by usage type, never shown as 0. */
	notes(): string[];
}

/**
 * Prices the billed usage again with our own rates (list, first tier): what our estimate would say of
 * the same usage. Lines that are no usage have no estimate, and what has no rate is counted.
 */
export function newRepricer(write: (row: FocusRow) => void): Repricer {
	const rates = bundledRates();
	const notPriced = new Map<string, { lines: number; quantity: Decimal; why: string }>();
	const leave = (line: BillLine, why: string): void => {
		const key = line.usageType ?? line.meaning?.component ?? line.description;
		const before = notPriced.get(key) ?? { lines: 0, quantity: zeroDecimal, why };
		notPriced.set(key, {
			lines: before.lines + 1,
			quantity: addDecimals(before.quantity, line.quantity ?? zeroDecimal),
			why: before.why,
		});
	};
	return {
		take(line) {
			const isUsage = line.kind === 'usage' || line.kind === 'savings-plan-covered';
			if (line.service === 'other' || !isUsage) return;
			const answer = rateOf(rates, line);
			if (typeof answer === 'string') leave(line, answer);
			else write(rowOf(line, answer));
		},
		notes: () =>
			[...notPriced].map(
				([key, { lines, why }]) => `${key}: not priced in ${plural(lines, 'line')} (${why})`,
			),
	};
}

type Rate = Extract<RateAnswer, { found: true }>;

function rateOf(rates: RateBook, line: BillLine): Rate | string {
	const { meaning } = line;
	if (meaning === null || line.quantity === null) return 'the bill does not say what it counts';
	const component = componentOf(meaning, line);
	if (component === undefined) return 'the price model has no such component';
	const edge = component.startsWith('edge-');
	const region = edge ? everywhere : line.region;
	if (region === null) return 'the bill does not say the region';
	const { architecture } = meaning;
	const answer = rates.find({ component, region, architecture, atMs: line.chargeFromMs });
	return answer.found ? answer : answer.explanation;
}

function componentOf(meaning: UsageMeaning, line: BillLine): PricedComponent | undefined {
	const infrequent = /IA-Bytes/.test(line.usageType ?? '') || /Infrequent/.test(line.description);
	if (meaning.component === 'log-ingestion' && infrequent) return 'log-ingestion-infrequent';
	return priced[meaning.component];
}

function rowOf(line: BillLine, { row }: Rate): FocusRow {
	const unitPrice = parseMoney(row.tiers[0]?.price ?? '0', row.currency);
	const quantity = line.quantity ?? zeroDecimal;
	const listCost = scale(unitPrice, quantity.digits, 10n ** BigInt(quantity.places));
	return estimateRow({
		day: line.day,
		payerAccountId: line.payerAccountId,
		accountId: line.usageAccountId,
		accountName: line.usageAccountName,
		region: line.region ?? everywhere,
		service: line.service === 'logs' ? 'logs' : 'lambda',
		resourceArn: line.resourceId,
		app: null,
		owner: null,
		costCenter: null,
		tags: line.tags,
		provenance: 'estimated',
		meter: line.usageType ?? row.component,
		description: `${row.component} at list price, first tier`,
		quantity,
		unit: row.unit,
		unitPrice,
		listCost,
		effectiveCost: listCost,
	});
}
