import type { Architecture } from '@lamplight/core/function/function';
import { divide, multiply, parseMoney, sum, type Money } from '@lamplight/core/money';

import { componentInfo, type Component } from './components.ts';
import type {
	ExecutionPrice,
	NotPriced,
	PriceableExecution,
	PriceableUsage,
	PricedLine,
} from './model.ts';
import { everywhere, type RateAnswer, type RateBook } from './rates/book.ts';
import { bundledRates } from './rates/bundled.ts';

type Mode = NonNullable<PriceableExecution['mode']>;

/** /tmp up to this size is free (aws.amazon.com/lambda/pricing, 2026). */
export const freeEphemeralStorageMib = 512;

/** What a list price depends on besides the figures themselves. */
export interface ListPriceQuestion {
	readonly region: string;
	readonly architecture: Architecture;
	readonly mode?: Mode;
	readonly atMs: number;
}

/**
 * List prices of one region, architecture and mode around one moment, resolved once so that a
 * million executions cost two multiplications each. Tier 1: no free tier, no plan.
 */
export interface ListPrices {
	/** Epoch milliseconds, `[fromMs, toMs)`, in which these prices hold. */
	readonly fromMs: number;
	readonly toMs: number;
	/** Exact cost of so much use; `null` when a part of it has no price (see `price` for which). */
	cost(
		invocations: number,
		billedMibMs: number | bigint,
		storageMibMs?: number | bigint,
	): Money | null;
	/** The same with its lines, and what is not priced. */
	price(
		invocations: number,
		billedMibMs: number | bigint,
		storageMibMs?: number | bigint,
	): ExecutionPrice;
}

interface Part {
	readonly component: Component;
	readonly answer: RateAnswer;
	/** Per base unit; `null` when there is no rate. */
	readonly perUnit: Money | null;
}

const componentsOf: Readonly<
	Record<Mode, readonly [Component, Component | null, Component | null]>
> = {
	'on-demand': ['requests', 'duration', 'ephemeral-storage'],
	provisioned: ['requests', 'provisioned-duration', 'ephemeral-storage'],
	edge: ['edge-requests', 'edge-duration', null],
	'managed-instances': ['managed-instances-requests', null, null],
};

/** Resolves the list prices that hold at a moment. Never throws: what has no price says so when asked. */
export function listPrices(
	question: ListPriceQuestion,
	rates: RateBook = bundledRates(),
): ListPrices {
	const mode = question.mode ?? 'on-demand';
	const region = mode === 'edge' ? everywhere : question.region;
	const [requests, duration, storage] = componentsOf[mode];
	const part = (component: Component): Part => {
		const answer = rates.find({ ...question, component, region });
		return { component, answer, perUnit: answer.found ? unitPrice(component, answer) : null };
	};
	const parts = {
		requests: part(requests),
		duration: duration && part(duration),
		storage: storage && part(storage),
	};
	const answers = [parts.requests, parts.duration, parts.storage].flatMap((one) =>
		one?.answer.found === true ? [one.answer] : [],
	);
	return {
		fromMs: Math.max(Number.NEGATIVE_INFINITY, ...answers.map((answer) => answer.fromMs)),
		toMs: Math.min(Number.POSITIVE_INFINITY, ...answers.map((answer) => answer.toMs)),
		cost: (invocations, billedMibMs, storageMibMs = 0) =>
			quickCost(parts, invocations, billedMibMs, storageMibMs),
		price: (invocations, billedMibMs, storageMibMs = 0) =>
			fullPrice(
				[
					[parts.requests, invocations],
					[parts.duration, billedMibMs],
					[parts.storage, storageMibMs],
				],
				{ region, architecture: question.architecture, rates },
			),
	};
}

interface Parts {
	readonly requests: Part;
	readonly duration: Part | null;
	readonly storage: Part | null;
}

function quickCost(
	{ requests, duration, storage }: Parts,
	invocations: number,
	billedMibMs: number | bigint,
	storageMibMs: number | bigint,
): Money | null {
	if (requests.perUnit === null) return null;
	if (duration === null || duration.perUnit === null) return null;
	const { currency } = requests.perUnit;
	const requested = requests.perUnit.atoms;
	// One at a time is how a million executions a second come.
	let atoms = invocations === 1 ? requested : requested * BigInt(invocations);
	atoms += duration.perUnit.atoms * BigInt(billedMibMs);
	if (storageMibMs !== 0 && storageMibMs !== 0n) {
		if (storage === null || storage.perUnit === null) return null;
		atoms += storage.perUnit.atoms * BigInt(storageMibMs);
	}
	return { currency, atoms };
}

function unitPrice(component: Component, { row }: Extract<RateAnswer, { found: true }>): Money {
	const price = parseMoney(row.tiers[0]?.price ?? '0', row.currency);
	return divide(price, componentInfo[component].basePerPriced ?? 1n);
}

interface Place {
	readonly region: string;
	readonly architecture: Architecture;
	readonly rates: RateBook;
}

function fullPrice(
	uses: readonly (readonly [Part | null, number | bigint])[],
	{ region, architecture, rates }: Place,
): ExecutionPrice {
	const lines: PricedLine[] = [];
	const notPriced: NotPriced[] = [];
	uses.forEach(([part, amount], index) => {
		const quantity = BigInt(amount);
		if (quantity === 0n && index > 0) return;
		if (part === null) {
			if (index === 1) notPriced.push(byInstance(region, architecture, quantity));
			return;
		}
		const { component, answer, perUnit } = part;
		const line = { component, region, architecture, quantity };
		if (!answer.found || perUnit === null) {
			const { reason, explanation } = answer.found
				? { reason: 'no-rate' as const, explanation: 'no price is known' }
				: answer;
			notPriced.push({ ...line, key: null, reason, explanation });
			return;
		}
		lines.push({
			...line,
			tier: 1,
			unit: componentInfo[component].pricedUnit,
			rate: answer.row.tiers[0]?.price ?? '',
			cost: multiply(perUnit, quantity),
			...rates.source(answer.row.tiers[0]?.source ?? answer.row.source),
		});
	});
	return { lines, notPriced, cost: total(lines) };
}

function total(lines: readonly PricedLine[]): Money | null {
	const [first] = lines;
	return first === undefined
		? null
		: sum(
				lines.map((line) => line.cost),
				first.cost.currency,
			);
}

function byInstance(
	region: string,
	architecture: Architecture,
	quantity: bigint | null,
): NotPriced {
	return {
		key: null,
		component: 'duration',
		region,
		architecture,
		quantity,
		reason: 'billed-by-instance',
		explanation: 'on Managed Instances the instances are billed, not the duration',
	};
}

/**
 * The list price of one execution at a moment: tier 1, no free tier, no plan, with its lines. What
 * cannot be priced (unknown region, no billed duration) is in `notPriced`, never 0.
 */
export function priceExecution(
	execution: PriceableExecution,
	atMs: number,
	rates: RateBook = bundledRates(),
): ExecutionPrice {
	const { memoryMib, billedMs, region, architecture, mode = 'on-demand' } = execution;
	const storageMib =
		(execution.ephemeralStorageMib ?? freeEphemeralStorageMib) - freeEphemeralStorageMib;
	return priceUsage(
		{
			region,
			architecture,
			mode,
			invocations: 1,
			billedMibMs: billedMs === null || memoryMib === null ? null : billedMs * memoryMib,
			storageMibMs: Math.max(0, storageMib) * (billedMs ?? 0),
			...(billedMs !== null && memoryMib === null ? { missing: 'no-memory-size' as const } : {}),
		},
		atMs,
		rates,
	);
}

/** The list price of a bucket's sums, exactly what its executions' prices add up to. */
export function priceUsage(
	usage: PriceableUsage,
	atMs: number,
	rates: RateBook = bundledRates(),
): ExecutionPrice {
	const { region, architecture, mode = 'on-demand', invocations } = usage;
	const prices = listPrices({ region, architecture, mode, atMs }, rates);
	const priced = prices.price(invocations, usage.billedMibMs ?? 0, usage.storageMibMs ?? 0);
	if (usage.billedMibMs !== null) return priced;
	const reason = usage.missing ?? 'no-billed-duration';
	const missing: NotPriced =
		mode === 'managed-instances'
			? byInstance(region, architecture, null)
			: {
					key: null,
					component: componentsOf[mode][1] ?? 'duration',
					region,
					architecture,
					quantity: null,
					reason,
					explanation:
						reason === 'no-memory-size'
							? 'the record does not say the memory size'
							: 'the record does not say the billed duration',
				};
	return { ...priced, notPriced: [...priced.notPriced, missing] };
}
