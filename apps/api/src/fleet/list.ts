import type { AppRef } from '@lamplight/core/function/function';
import { invalidField } from '@lamplight/core/errors';
import { toNumber } from '@lamplight/core/money';
import type * as z from 'zod';

import type {
	functionFilterSchema,
	functionGroupings,
	functionSorts,
} from '../contract/functions.ts';
import type { Fleet, FleetItem } from './fleet.ts';
import { memo } from './memo.ts';

export type FunctionFilter = z.output<typeof functionFilterSchema>;
export type FunctionSort = (typeof functionSorts)[number];
export type FunctionGrouping = (typeof functionGroupings)[number];

/** The key of what has no value: functions without an app, an owner, a tag. */
export const noValue = '-';

const activities: Readonly<Record<string, (item: FleetItem) => boolean>> = {
	ran: ({ now }) => (now?.invocations ?? 0) > 0,
	idle: ({ now }) => (now?.invocations ?? 0) === 0,
	failed: ({ now }) => (now?.errors ?? 0) > 0,
	throttled: ({ now }) => (now?.throttles ?? 0) > 0,
	timedOut: ({ now }) => (now?.timeouts ?? 0) > 0,
	gone: ({ fn }) => fn.goneMs !== null,
};

/** The functions that every filter lets through. Throws `invalid_input` for an unknown activity. */
export function filterItems(items: readonly FleetItem[], filter: FunctionFilter): FleetItem[] {
	const q = filter.q?.toLowerCase() ?? '';
	const tests: ((item: FleetItem) => boolean)[] = [];
	if (q !== '') tests.push((item) => textOf(item).includes(q));
	const oneOf = (wanted: readonly string[] | undefined, value: (item: FleetItem) => string) => {
		if (wanted === undefined || wanted.length === 0) return;
		const set = new Set(wanted);
		tests.push((item) => set.has(value(item)));
	};
	oneOf(filter.app, ({ fn }) => fn.app?.id ?? noValue);
	oneOf(filter.owner, ({ fn }) => fn.owner ?? noValue);
	oneOf(filter.account, ({ place }) => place.accountId);
	oneOf(filter.region, ({ place }) => place.region);
	oneOf(filter.runtime, ({ fn }) => fn.runtime ?? noValue);
	oneOf(filter.architecture, ({ fn }) => fn.architecture);
	if (filter.tag !== undefined && filter.tag.length > 0) {
		const wanted = filter.tag;
		tests.push(({ fn }) => wanted.some((one) => hasTag(fn.tags, one)));
	}
	if (filter.activity !== undefined && filter.activity.length > 0) {
		const wanted = filter.activity.map((name) => {
			const test = activities[name];
			if (test === undefined) {
				const known = Object.keys(activities).join(', ');
				throw invalidField('query.activity', `expected one of ${known}`, name);
			}
			return test;
		});
		tests.push((item) => wanted.some((test) => test(item)));
	}
	return items.filter((item) => tests.every((test) => test(item)));
}

function textOf({ fn, place }: FleetItem): string {
	return `${place.name} ${fn.app?.name ?? ''} ${place.accountId}`.toLowerCase();
}

function hasTag(tags: Readonly<Record<string, string>>, wanted: string): boolean {
	const at = wanted.indexOf('=');
	if (at < 0) return wanted in tags;
	return tags[wanted.slice(0, at)] === wanted.slice(at + 1);
}

type Value = number | string | null;
const quotient = (part: number | null | undefined, whole: number | undefined): number | null =>
	part === null || part === undefined || whole === undefined || whole === 0 ? null : part / whole;

const sortValues: Readonly<Record<FunctionSort, (item: FleetItem) => Value>> = {
	name: ({ place }) => place.name.toLowerCase(),
	app: ({ fn }) => fn.app?.name.toLowerCase() ?? null,
	owner: ({ fn }) => fn.owner?.toLowerCase() ?? null,
	account: ({ place }) => place.accountId,
	region: ({ place }) => place.region,
	runtime: ({ fn }) => fn.runtime,
	memory: ({ fn }) => fn.memoryMib,
	invocations: ({ now }) => now?.invocations ?? 0,
	errors: ({ now }) => now?.errors ?? null,
	errorShare: ({ now }) => quotient(now?.errors, now?.errorsKnownInvocations),
	throttles: ({ now }) => now?.throttles ?? null,
	throttleShare: ({ now }) =>
		quotient(now?.throttles, (now?.invocations ?? 0) + (now?.throttles ?? 0)),
	p50: ({ now }) => now?.p50Us ?? null,
	p95: ({ now }) => now?.p95Us ?? null,
	p99: ({ now }) => now?.p99Us ?? null,
	p99OfTimeout: ({ fn, now }) => quotient(now?.p99Us, fn.timeoutSeconds),
	coldStartShare: ({ now }) => quotient(now?.coldStarts, now?.recordedInvocations),
	memoryUsedShare: ({ fn, now }) => quotient(now?.maxMemoryUsedMib, fn.memoryMib),
	peakConcurrency: ({ now }) => now?.concurrencyMax ?? null,
	lastDeploy: ({ fn }) => fn.lastModifiedMs,
	cost: (item) => costNumber(item),
	costPerThousand: (item) => quotient(costNumber(item), item.now?.invocations),
};

const costNumbers = new WeakMap<FleetItem, number | null>();

/** An item's cost as a double, for sorting and shares; worked out once. */
export function costNumber(item: FleetItem): number | null {
	const known = costNumbers.get(item);
	if (known !== undefined) return known;
	const value = item.cost.total === null ? null : toNumber(item.cost.total);
	costNumbers.set(item, value);
	return value;
}

const textSorts: ReadonlySet<FunctionSort> = new Set([
	'name',
	'app',
	'owner',
	'account',
	'region',
	'runtime',
]);

/** The items in order; what is not known comes last either way, and equals stay in order of id. */
export function sortItems<T extends FleetItem>(
	items: readonly T[],
	sort: FunctionSort,
	order: 'asc' | 'desc' | undefined,
): T[] {
	const direction = (order ?? (textSorts.has(sort) ? 'asc' : 'desc')) === 'asc' ? 1 : -1;
	const value = sortValues[sort];
	return items
		.map((item) => ({ item, value: value(item) }))
		.sort(
			(a, b) =>
				compareValues(a.value, b.value, direction) || compareText(a.item.fn.id, b.item.fn.id),
		)
		.map(({ item }) => item);
}

function compareValues(a: Value, b: Value, direction: number): number {
	if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
	if (typeof a === 'number' && typeof b === 'number') return (a - b) * direction;
	return compareText(String(a), String(b)) * direction;
}

function compareText(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

/** The functions that a list of a range shows: those that are there, and those that ran in it. */
export function listedIn(fleet: Fleet): readonly FleetItem[] {
	return memo(fleet, 'listed', () =>
		fleet.items.filter(({ fn, now }) => fn.goneMs === null || now !== null),
	);
}

export interface GroupChoice {
	readonly groupBy?: FunctionGrouping | undefined;
	readonly group?: string | undefined;
	readonly tagKey?: string | undefined;
}

/** The items group by group, of one group alone where it is named; ungrouped as they are. */
export function inGroups<T extends FleetItem>(
	items: readonly T[],
	{ groupBy, group, tagKey }: GroupChoice,
): { readonly groups: readonly ItemGroup[] | null; readonly chosen: readonly FleetItem[] } {
	if (groupBy === undefined) return { groups: null, chosen: items };
	const groups = groupItems(items, groupBy, tagKey);
	const shown = group === undefined ? groups : groups.filter(({ key }) => key === group);
	return { groups, chosen: shown.flatMap((one) => one.items) };
}

/** The functions that share a value. */
export interface ItemGroup {
	readonly key: string;
	readonly label: string | null;
	readonly app: AppRef | null;
	readonly items: readonly FleetItem[];
}

/** The key of an item's group. `tagKey` is needed when grouped by tag. */
export function groupKey(
	item: FleetItem,
	by: FunctionGrouping,
	tagKey: string | undefined,
): string {
	switch (by) {
		case 'app':
			return item.fn.app?.id ?? noValue;
		case 'owner':
			return item.fn.owner ?? noValue;
		case 'account':
			return item.place.accountId;
		case 'region':
			return item.place.region;
		case 'runtime':
			return item.fn.runtime ?? noValue;
		case 'architecture':
			return item.fn.architecture;
		case 'tag':
			return item.fn.tags[tagKey ?? ''] ?? noValue;
	}
}

/** The most groups that one answer carries. */
export const maxGroups = 500;

/** Items by group, the dearest first. Throws `invalid_input` when grouped by tag without a key. */
export function groupItems(
	items: readonly FleetItem[],
	by: FunctionGrouping,
	tagKey: string | undefined,
): ItemGroup[] {
	if (by === 'tag' && (tagKey === undefined || tagKey === '')) {
		throw invalidField('query.tagKey', 'expected the key of the tag to group by');
	}
	const groups = new Map<string, FleetItem[]>();
	for (const item of items) {
		const key = groupKey(item, by, tagKey);
		const members = groups.get(key);
		if (members === undefined) groups.set(key, [item]);
		else members.push(item);
	}
	const costOf = (members: readonly FleetItem[]) =>
		members.reduce((total, item) => total + (costNumber(item) ?? 0), 0);
	return [...groups]
		.map(([key, members]) => ({ key, members, cost: costOf(members) }))
		.sort((a, b) => b.cost - a.cost || compareText(a.key, b.key))
		.map(({ key, members }) => ({
			key,
			label: key === noValue ? null : labelOfGroup(by, members[0], key),
			app: by === 'app' ? (members[0]?.fn.app ?? null) : null,
			items: members,
		}));
}

function labelOfGroup(by: FunctionGrouping, first: FleetItem | undefined, key: string): string {
	return by === 'app' ? (first?.fn.app?.name ?? key) : key;
}
