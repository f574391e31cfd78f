import { type FunctionId, functionParts } from '@lamplight/core/ids';
import { add, type Money, subtract, toNumber } from '@lamplight/core/money';
import type { DirectoryFunction } from '@lamplight/store/series/rollups';

import type { costDimensions, CostRow } from '../contract/costs.ts';
import type { CostProvenance, Unpriced } from '../contract/shared.ts';
import { appLabel, labelOf } from '../fleet/connections.ts';
import { share } from '../fleet/figures.ts';
import { noValue } from '../fleet/list.ts';
import type { CostDayReading, DayUse } from './days.ts';
import { componentLabels, type ComponentCost } from './functionCost.ts';
import { mixedProvenance, wireMoney } from './wire.ts';

export type CostDimension = (typeof costDimensions)[number];

/** What a breakdown is made from, beside the days. */
export interface BreakdownView {
	readonly by: CostDimension;
	readonly tagKey: string | undefined;
	readonly byId: ReadonlyMap<FunctionId, DirectoryFunction>;
	readonly names: ReadonlyMap<string, string>;
}

/** An amount by row and by day. */
export interface Slice {
	readonly key: string;
	total: Money | null;
	readonly perDay: Map<string, Money>;
	readonly provenances: Set<CostProvenance>;
	readonly unpriced: Map<string, ComponentCost>;
}

/** The rows' keys of one part of a function's cost. */
function keyOf(view: BreakdownView, id: FunctionId, part: ComponentCost): string {
	const place = functionParts(id);
	const fn = view.byId.get(id);
	switch (view.by) {
		case 'component':
			return part.component;
		case 'app':
			return fn?.app?.id ?? noValue;
		case 'function':
			return id;
		case 'account':
			return place.accountId;
		case 'region':
			return place.region;
		case 'tag':
			return fn?.tags[view.tagKey ?? ''] ?? noValue;
	}
}

/** Adds up the days' costs by row. Every cent is in exactly one row, so rows sum to the days. */
export function slicesOf(
	days: readonly CostDayReading[],
	view: BreakdownView,
	wanted: (use: DayUse) => boolean,
): Map<string, Slice> {
	const slices = new Map<string, Slice>();
	for (const { day, uses } of days) {
		for (const use of uses) {
			if (!wanted(use)) continue;
			for (const part of use.parts) {
				const key = keyOf(view, use.functionId, part);
				let slice = slices.get(key);
				if (slice === undefined) {
					slice = {
						key,
						total: null,
						perDay: new Map(),
						provenances: new Set(),
						unpriced: new Map(),
					};
					slices.set(key, slice);
				}
				addPart(slice, day, part);
			}
		}
	}
	return slices;
}

function addPart(slice: Slice, day: string, part: ComponentCost): void {
	const { cost } = part;
	if (cost === null || (slice.total !== null && slice.total.currency !== cost.currency)) {
		const known = slice.unpriced.get(part.component);
		slice.unpriced.set(part.component, {
			...part,
			quantity: part.quantity + (known?.quantity ?? 0n),
			explanation: part.explanation ?? (cost === null ? 'no rate' : `charged in ${cost.currency}`),
		});
		return;
	}
	slice.total = slice.total === null ? cost : add(slice.total, cost);
	const known = slice.perDay.get(day);
	slice.perDay.set(day, known === undefined ? cost : add(known, cost));
	slice.provenances.add(part.provenance);
}

/** All slices as one. */
export function totalSlice(slices: Iterable<Slice>): Slice {
	const total: Slice = {
		key: 'total',
		total: null,
		perDay: new Map(),
		provenances: new Set(),
		unpriced: new Map(),
	};
	for (const slice of slices) {
		if (
			slice.total !== null &&
			(total.total === null || total.total.currency === slice.total.currency)
		) {
			total.total = total.total === null ? slice.total : add(total.total, slice.total);
			for (const [day, amount] of slice.perDay) {
				const known = total.perDay.get(day);
				total.perDay.set(day, known === undefined ? amount : add(known, amount));
			}
		}
		for (const provenance of slice.provenances) total.provenances.add(provenance);
		for (const [component, part] of slice.unpriced) {
			const known = total.unpriced.get(component);
			const quantity = part.quantity + (known?.quantity ?? 0n);
			total.unpriced.set(component, { ...part, quantity });
		}
	}
	return total;
}

export interface RowInput {
	readonly slice: Slice;
	readonly previous: Slice | undefined;
	readonly whole: Money | null;
}

/** A slice as a row of the page. */
export function rowOf(view: BreakdownView, { slice, previous, whole }: RowInput): CostRow {
	const provenance = mixedProvenance(slice.provenances);
	const fn = view.by === 'function' ? view.byId.get(slice.key as FunctionId) : undefined;
	const appFn =
		view.by === 'app'
			? [...view.byId.values()].find(({ app }) => app?.id === slice.key)
			: undefined;
	const before = previous?.total ?? null;
	const now = slice.total;
	const change =
		now !== null && before !== null && now.currency === before.currency
			? subtract(now, before)
			: null;
	return {
		key: slice.key,
		label: labelOfRow(view, slice.key, appFn ?? fn),
		app: appFn === undefined || appFn.app === null ? null : appLabel(appFn.app),
		function: fn === undefined ? null : labelOf(fn, view.names),
		owner: (fn ?? appFn)?.owner ?? null,
		cost: {
			value: wireMoney(slice.total, provenance),
			previous: wireMoney(before, mixedProvenance(previous?.provenances ?? [])),
		},
		change: wireMoney(change, provenance),
		share: share(
			slice.total === null ? null : toNumber(slice.total),
			whole === null ? null : toNumber(whole),
		),
		unpriced: unpricedOf(slice),
	};
}

function labelOfRow(
	view: BreakdownView,
	key: string,
	fn: DirectoryFunction | undefined,
): string | null {
	if (key === noValue) return null;
	switch (view.by) {
		case 'component':
			return key in componentLabels ? componentLabels[key as keyof typeof componentLabels] : 'All';
		case 'app':
			return fn?.app?.name ?? key;
		case 'function':
			return functionParts(key as FunctionId).name || key;
		case 'account':
			return view.names.get(key) ?? key;
		case 'region':
		case 'tag':
			return key;
	}
}

/** Usage of a slice that has no rate. */
export function unpricedOf(slice: Slice): Unpriced[] {
	return [...slice.unpriced.values()].map((part) => ({
		what: componentLabels[part.component],
		quantity: part.quantity.toString(),
		unit: 'base units',
		reason: part.explanation ?? 'no rate is known',
	}));
}
