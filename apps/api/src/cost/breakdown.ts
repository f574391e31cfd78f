import { type FunctionId, functionParts } from '@lamplight/core/ids';
import { add, type Money, subtract, toNumber } from '@lamplight/core/money';
import type { DirectoryFunction } from '@lamplight/store/series/rollups';

import type { costDimensions, CostRow } from '../contract/costs.ts';
import type { CostProvenance, Unpriced } from '../contract/shared.ts';
import { appLabel, labelOf } from '../fleet/connections.ts';
import { share } from '../fleet/figures.ts';
import { noValue } from '../fleet/list.ts';
import { memo } from '../fleet/memo.ts';
import { componentLabels, type ComponentCost, type SampledUse } from './functionCost.ts';
import type { PeriodUse } from './periodUse.ts';
import type { PricedDays } from './pricedDays.ts';
import { sampledShareOf } from './sampledShare.ts';
import { mixedProvenance, wireMoney } from './wire.ts';

export type CostDimension = (typeof costDimensions)[number];
/** Whether the function at a place of the directory is asked for. */
export type Wanted = (place: number) => boolean;

/** What a breakdown is made from, beside the days. */
export interface BreakdownView {
	readonly by: CostDimension;
	readonly tagKey: string | undefined;
	readonly byId: ReadonlyMap<FunctionId, DirectoryFunction>;
	readonly names: ReadonlyMap<string, string>;
}

/** An amount by row. */
export interface Slice {
	readonly key: string;
	total: Money | null;
	readonly provenances: Set<CostProvenance>;
	readonly unpriced: Map<string, ComponentCost>;
	/** What of the total is sampled; `null` for nothing. */
	sampledTotal: Money | null;
	readonly sampled: SampledUse;
}

/** The row that a function's cost is in; a breakdown by component has it by the part instead. */
function keyOf(view: BreakdownView, id: FunctionId): string {
	const fn = view.byId.get(id);
	switch (view.by) {
		case 'component':
			return '';
		case 'app':
			return fn?.app?.id ?? noValue;
		case 'function':
			return id;
		case 'account':
			return functionParts(id).accountId;
		case 'region':
			return functionParts(id).region;
		case 'tag':
			return fn?.tags[view.tagKey ?? ''] ?? noValue;
	}
}

/** Adds up costs by row. Every cent is in exactly one row, so rows sum to the whole. */
export function slicesOf(
	uses: readonly PeriodUse[],
	view: BreakdownView,
	wanted: Wanted,
): Map<string, Slice> {
	const slices = new Map<string, Slice>();
	for (const { functionId, place, parts, sampled } of uses) {
		if (!wanted(place)) continue;
		const own = keyOf(view, functionId);
		for (const part of parts) {
			const key = view.by === 'component' ? part.component : own;
			const slice = slices.get(key) ?? emptySlice(key);
			slices.set(key, slice);
			addPart(slice, part);
		}
		// Longer or shorter runs cost more or less compute.
		const slice = slices.get(view.by === 'component' ? 'compute' : own);
		if (slice !== undefined) addSampled(slice.sampled, sampled);
	}
	return slices;
}

function emptySlice(key: string): Slice {
	return {
		key,
		total: null,
		provenances: new Set(),
		unpriced: new Map(),
		sampledTotal: null,
		sampled: { varianceUsd2: 0, executions: 0 },
	};
}

function addSampled(to: SampledUse, { varianceUsd2, executions }: SampledUse): void {
	to.varianceUsd2 += varianceUsd2;
	to.executions += executions;
}

function addPart(slice: Slice, part: ComponentCost): void {
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
	slice.provenances.add(part.provenance);
	if (part.provenance === 'sampled') {
		slice.sampledTotal = slice.sampledTotal === null ? cost : add(slice.sampledTotal, cost);
	}
}

/** All slices as one. */
export function totalSlice(slices: Iterable<Slice>): Slice {
	const total = emptySlice('total');
	for (const slice of slices) {
		if (
			slice.total !== null &&
			(total.total === null || total.total.currency === slice.total.currency)
		) {
			total.total = total.total === null ? slice.total : add(total.total, slice.total);
			const { sampledTotal: known } = total;
			const own = slice.sampledTotal;
			total.sampledTotal = known === null || own === null ? (known ?? own) : add(known, own);
			addSampled(total.sampled, slice.sampled);
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

/** Costs by day of some rows: each row's key by the name of the line that it is drawn in. */
export interface Lines {
	readonly view: BreakdownView;
	readonly wanted: Wanted;
	/** The line of a row, and the currency of the line; `null` for rows of no line. */
	readonly lineOf: (key: string) => { readonly line: string; readonly currency: string } | null;
}

/** The amount of each day by line, by the days' places; a day without a cost is absent. */
export function linesByDay(
	costs: PricedDays,
	functions: readonly DirectoryFunction[],
	{ view, wanted, lineOf }: Lines,
): Map<string, Map<string, Money>> {
	const keys = new Map<string, number>();
	const groupOf = Int32Array.from(functions, ({ id }, place) => {
		if (!wanted(place)) return -1;
		const key = keyOf(view, id);
		const group = keys.get(key) ?? keys.size;
		keys.set(key, group);
		return group;
	});
	const names = [...keys.keys()];
	const lines = new Map<string, Map<string, Money>>();
	costs.eachDay(groupOf, (day, group, { component, cost }) => {
		const found = lineOf(view.by === 'component' ? component : (names[group] ?? ''));
		if (found === null || cost === null || cost.currency !== found.currency) return;
		const line = lines.get(found.line) ?? new Map<string, Money>();
		lines.set(found.line, line);
		const known = line.get(day);
		line.set(day, known === undefined ? cost : add(known, cost));
	});
	return lines;
}

export interface RowInput {
	readonly slice: Slice;
	readonly previous: Slice | undefined;
	/** The part of the slice that `previous` is held against; left out where it is all of it. */
	readonly comparable?: Slice | undefined;
	readonly whole: Money | null;
}

/** A slice as a row of the page. */
export function rowOf(view: BreakdownView, input: RowInput): CostRow {
	const { slice, previous, whole } = input;
	const isPart = 'comparable' in input;
	const provenance = mixedProvenance(slice.provenances);
	const fn = view.by === 'function' ? view.byId.get(slice.key as FunctionId) : undefined;
	const app = view.by === 'app' ? appsOf(view.byId).get(slice.key) : undefined;
	const before = previous?.total ?? null;
	const now = (isPart ? input.comparable?.total : slice.total) ?? null;
	const change =
		now !== null && before !== null && now.currency === before.currency
			? subtract(now, before)
			: null;
	return {
		key: slice.key,
		label: labelOfRow(view, slice.key, app?.app.name),
		app: app === undefined ? null : appLabel(app.app),
		function: fn === undefined ? null : labelOf(fn, view.names),
		owner: fn?.owner ?? app?.owner ?? null,
		cost: {
			value: wireMoney(slice.total, provenance),
			previous: wireMoney(before, mixedProvenance(previous?.provenances ?? [])),
			...(isPart ? { comparable: wireMoney(now, provenance) } : {}),
		},
		change: wireMoney(change, provenance),
		share: share(
			slice.total === null ? null : toNumber(slice.total),
			whole === null ? null : toNumber(whole),
		),
		...sampledShareOf(slice.total, { total: slice.sampledTotal, ...slice.sampled }),
		unpriced: unpricedOf(slice),
	};
}

interface AppOfFleet {
	readonly app: NonNullable<DirectoryFunction['app']>;
	/** `null` where its functions have none, or not the same. */
	readonly owner: string | null;
}

/** The apps by id, found once for each directory. */
function appsOf(byId: BreakdownView['byId']): ReadonlyMap<string, AppOfFleet> {
	return memo(byId, 'apps', () => {
		const apps = new Map<string, AppOfFleet>();
		for (const { app, owner } of byId.values()) {
			if (app === null) continue;
			const known = apps.get(app.id);
			if (known === undefined) apps.set(app.id, { app, owner });
			else if (known.owner !== owner) apps.set(app.id, { ...known, owner: null });
		}
		return apps;
	});
}

function labelOfRow(view: BreakdownView, key: string, appName: string | undefined): string | null {
	if (key === noValue) return null;
	switch (view.by) {
		case 'component':
			return key in componentLabels ? componentLabels[key as keyof typeof componentLabels] : 'All';
		case 'app':
			return appName ?? key;
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
