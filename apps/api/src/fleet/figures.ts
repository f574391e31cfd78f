import type { Aggregate } from '@lamplight/core/bucket/aggregate';
import type { Completeness } from '@lamplight/core/bucket/bucket';
import { add, type Money } from '@lamplight/core/money';

import type { Figures } from '../contract/functions.ts';
import type { CostProvenance, Unpriced } from '../contract/shared.ts';
import { componentLabels, type SampledUse } from '../cost/functionCost.ts';
import { mixedProvenance, perThousand, wireMoney } from '../cost/wire.ts';
import type { FleetItem } from './fleet.ts';
import { nothing, sumOf } from './sum.ts';

/** A share, rounded so that an answer holds no digits nobody reads; `null` without a whole. */
export function share(part: number | null, whole: number | null): number | null {
	if (part === null || whole === null || whole === 0) return null;
	return Math.round((part / whole) * 1e6) / 1e6;
}

/** Microseconds as milliseconds with two decimals, as AWS prints them. */
export function ms(us: number): number;
export function ms(us: number | null): number | null;
export function ms(us: number | null): number | null {
	return us === null ? null : Math.round(us / 10) / 100;
}

export interface FigureOptions {
	readonly cost: { readonly total: Money | null; readonly provenance: CostProvenance };
	readonly completeness: Completeness;
	/** Given for one function, whose limits its figures are held against. */
	readonly limits?: { readonly memoryMib: number; readonly timeoutSeconds: number };
}

/** Figures as a page shows them. */
export function figuresOf(figures: Aggregate, options: FigureOptions): Figures {
	const { cost, limits } = options;
	const attempts = figures.invocations + (figures.throttles ?? 0);
	const p99Ms = ms(figures.p99Us);
	return {
		invocations: figures.invocations,
		errors: figures.errors,
		errorShare: share(figures.errors, figures.errorsKnownInvocations),
		throttles: figures.throttles,
		throttleShare: share(figures.throttles, attempts),
		meanMs: figures.invocations === 0 ? null : ms(figures.durationSumUs / figures.invocations),
		p50Ms: ms(figures.p50Us),
		p95Ms: ms(figures.p95Us),
		p99Ms,
		maxMs: ms(figures.durationMaxUs),
		p99OfTimeout: limits === undefined ? null : share(p99Ms, limits.timeoutSeconds * 1_000),
		timeouts: figures.timeouts,
		coldStarts: figures.coldStarts,
		coldStartShare: share(figures.coldStarts, figures.recordedInvocations),
		initMeanMs:
			figures.initUs === null || (figures.coldStarts ?? 0) === 0
				? null
				: ms(figures.initUs / (figures.coldStarts ?? 1)),
		memoryUsedMib: figures.maxMemoryUsedMib,
		memoryUsedShare:
			limits === undefined ? null : share(figures.maxMemoryUsedMib, limits.memoryMib),
		peakConcurrency: figures.concurrencyMax,
		logBytes: figures.logBytes,
		cost: wireMoney(cost.total, cost.provenance),
		costPerThousand: perThousand(cost.total, figures.invocations, cost.provenance),
		completeness: options.completeness,
	};
}

/** Costs of several functions together. Amounts in another currency than the first's are left out. */
export function sumCost(items: Iterable<Pick<FleetItem, 'cost'>>): {
	readonly total: Money | null;
	readonly provenance: CostProvenance;
	/** What of it is sampled. */
	readonly sampled: SampledUse & { readonly total: Money | null };
} {
	let total: Money | null = null;
	const sampled: SampledUse & { total: Money | null } = {
		...{ total: null, varianceUsd2: 0, executions: 0 },
	};
	const provenances = new Set<CostProvenance>();
	for (const { cost } of items) {
		if (cost.total === null) continue;
		if (cost.provenance === 'sampled' && (total ?? cost.total).currency === cost.total.currency) {
			sampled.total = sampled.total === null ? cost.total : add(sampled.total, cost.total);
			sampled.varianceUsd2 += cost.sampled.varianceUsd2;
			sampled.executions += cost.sampled.executions;
		}
		if (cost.isOfRuns) provenances.add(cost.provenance);
		if (total === null) total = cost.total;
		else if (total.currency === cost.total.currency) total = add(total, cost.total);
	}
	return { total, provenance: mixedProvenance(provenances), sampled };
}

/** Figures of several functions together. */
export function figuresOfMany(items: readonly FleetItem[], completeness: Completeness): Figures {
	const figures = sumOf(items.flatMap(({ now }) => (now === null ? [] : [now])));
	return figuresOf(figures, { cost: sumCost(items), completeness });
}

/** Figures of one function. */
export function figuresOfItem(item: FleetItem, completeness: Completeness): Figures {
	return figuresOf(item.now ?? nothing, { cost: item.cost, completeness, limits: item.fn });
}

/** Use without a rate, and amounts in a second currency, which are never added. */
export function unpricedOf(items: Iterable<Pick<FleetItem, 'cost' | 'fn'>>): Unpriced[] {
	const found = new Map<string, { quantity: bigint; reason: string; what: string }>();
	let currency: string | null = null;
	for (const { cost } of items) {
		currency ??= cost.total?.currency ?? null;
		for (const part of cost.parts) {
			const reason =
				part.cost === null
					? (part.explanation ?? 'no rate is known')
					: part.cost.currency === currency
						? null
						: `charged in ${part.cost.currency}`;
			if (reason === null) continue;
			const key = `${part.component} ${reason}`;
			const known = found.get(key);
			if (known === undefined) {
				const what = componentLabels[part.component];
				found.set(key, { quantity: part.quantity, reason, what });
			} else known.quantity += part.quantity;
		}
	}
	return [...found.values()].slice(0, 50).map(({ what, quantity, reason }) => ({
		what,
		quantity: quantity.toString(),
		unit: 'base units',
		reason,
	}));
}

/** A line of at most 48 points: the mean of the steps that share one. */
export function sparkOf(values: readonly (number | null)[] | null): (number | null)[] {
	if (values === null) return [];
	const per = Math.ceil(values.length / 48);
	if (per <= 1) return values.map((value) => round(value));
	const points: (number | null)[] = [];
	for (let at = 0; at < values.length; at += per) {
		const known = values.slice(at, at + per).filter((value) => value !== null);
		points.push(known.length === 0 ? null : round(known.reduce((a, b) => a + b, 0) / known.length));
	}
	return points;
}

function round(value: number | null): number | null {
	return value === null ? null : Math.round(value * 1_000) / 1_000;
}
