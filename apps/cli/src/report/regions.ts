import { GroupStats } from './stats.ts';

/** A group with the region it is priced in. */
export interface PlacedGroup {
	readonly stats: GroupStats;
	readonly region: string;
}

export interface PlacedGroups {
	readonly groups: readonly PlacedGroup[];
	/** How many executions are in a region that no line names; those are priced in the fallback. */
	readonly assumed: number;
	readonly fallback: string;
}

/** AWS's oldest and most used region: what is priced in when nothing says where. */
const defaultRegion = 'us-east-1';

/**
 * Decides the region of every group: the one asked for, else the one its lines name, else the only
 * one that any line names, else us-east-1. Groups of one key and region become one.
 */
export function placeGroups(
	groups: Iterable<GroupStats>,
	asked: string | null,
	keepDearest: number,
): PlacedGroups {
	const all = [...groups];
	const named = new Set(all.flatMap(({ region }) => (region === null ? [] : [region])));
	const only = named.size === 1 ? [...named][0] : undefined;
	const fallback = asked ?? only ?? defaultRegion;
	const byKey = new Map<string, Set<string>>();
	for (const { key, region } of all) {
		if (region !== null) byKey.set(key, (byKey.get(key) ?? new Set()).add(region));
	}
	const placed = new Map<string, PlacedGroup>();
	let assumed = 0;
	for (const stats of all) {
		const own = byKey.get(stats.key);
		const ofKey = own?.size === 1 ? [...own][0] : undefined;
		const known = asked ?? stats.region ?? ofKey ?? only;
		if (known === undefined) assumed += stats.invocations;
		const region = known ?? fallback;
		const id = `${region} ${stats.key}`;
		const target = placed.get(id) ?? {
			stats: new GroupStats(stats.key, region, keepDearest),
			region,
		};
		target.stats.merge(stats);
		placed.set(id, target);
	}
	return { groups: [...placed.values()], assumed, fallback };
}
