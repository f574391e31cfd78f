import type { LivingWorld } from '../../world/create.ts';
import type { Member } from '../../world/fleet.ts';
import { spentMs, stretches } from '../../world/run/rows.ts';
import type { TimeRange } from '../../world/world.ts';
import type { GaugeMetric } from './metrics.ts';
import type { Source } from './source.ts';

interface Level {
	readonly atMs: number;
	readonly level: number;
}

const minuteMs = 60_000;
const hourMs = 3_600_000;
/** Longer than any execution with its init: 15 minutes (Lambda quotas, read 2026-11) and some seconds. */
const longestMs = 16 * minuteMs;

/** The level of each whole minute in a range in which something ran, ascending. */
export function gaugeMinutes(
	world: LivingWorld,
	source: Source,
	asked: { gauge: GaugeMetric['gauge']; range: TimeRange },
): Level[] {
	const { gauge, range } = asked;
	const levels: Level[] = [];
	const first = Math.floor(range.fromMs / hourMs);
	for (let hour = first; hour * hourMs < range.toMs; hour++) {
		const values = hourOf(world, source, { gauge, hour });
		for (let minute = 0; minute < 60; minute++) {
			const atMs = hour * hourMs + minute * minuteMs;
			const level = values[minute] ?? 0;
			if (level > 0 && atMs >= range.fromMs && atMs < range.toMs) levels.push({ atMs, level });
		}
	}
	return levels;
}

const hoursKept = 4_000;
const kept = new WeakMap<LivingWorld, Map<string, Float64Array>>();

function hourOf(
	world: LivingWorld,
	source: Source,
	asked: { gauge: GaugeMetric['gauge']; hour: number },
): Float64Array {
	const cache = kept.get(world) ?? new Map<string, Float64Array>();
	kept.set(world, cache);
	const key = `${source.key}\u0000${asked.gauge}\u0000${asked.hour}`;
	const known = cache.get(key);
	if (known !== undefined) return known;
	const fromMs = asked.hour * hourMs;
	const values = levelsOf(world, source.members, { gauge: asked.gauge, fromMs });
	if (cache.size >= hoursKept) cache.clear();
	cache.set(key, values);
	return values;
}

function levelsOf(
	world: LivingWorld,
	members: readonly Member[],
	asked: { gauge: GaugeMetric['gauge']; fromMs: number },
): Float64Array {
	const { gauge, fromMs } = asked;
	switch (gauge) {
		case 'concurrent':
			return peaks(world, members, { fromMs, keeps: () => true });
		case 'unreserved':
			return peaks(world, members.filter(isUnreserved), { fromMs, keeps: () => true });
		case 'claimed': {
			// Reserved and provisioned environments are claimed whether they run or not (Lambda developer
			// guide, "Understanding and visualizing concurrency", read 2026-04).
			const claimed = members.reduce(
				(sum, { blueprint }) =>
					sum + (blueprint.reservedConcurrency ?? blueprint.provisionedConcurrency ?? 0),
				0,
			);
			const free = peaks(world, members.filter(isUnreserved), {
				fromMs,
				keeps: (provisioned) => !provisioned,
			});
			const busy = peaks(world, members, { fromMs, keeps: () => true });
			return free.map((level, minute) => ((busy[minute] ?? 0) > 0 ? level + claimed : 0));
		}
		case 'provisioned':
			return peaks(world, members, { fromMs, keeps: (provisioned) => provisioned });
		case 'provisionedShare': {
			const most = members[0]?.blueprint.provisionedConcurrency ?? 0;
			const used = peaks(world, members, { fromMs, keeps: (provisioned) => provisioned });
			return most === 0 ? new Float64Array(60) : used.map((level) => level / most);
		}
	}
}

function isUnreserved(member: Member): boolean {
	return member.blueprint.reservedConcurrency === null;
}

/** The highest number of executions at once in each minute of an hour. */
function peaks(
	world: LivingWorld,
	members: readonly Member[],
	asked: { fromMs: number; keeps: (provisioned: boolean) => boolean },
): Float64Array {
	const { fromMs, keeps } = asked;
	const toMs = fromMs + hourMs;
	// Times doubled; the lowest bit is set for starts, so that an end at the same instant comes first.
	const edges: number[] = [];
	for (const member of members) {
		const range = { fromMs: fromMs - longestMs, toMs };
		for (const { block, from, to } of stretches(world.blocks, member, range)) {
			for (let row = from; row < to; row++) {
				if (!keeps(block.provisioned[row] === 1)) continue;
				const startMs = block.startMs + (block.offsetMs[row] ?? 0);
				const end = startMs + spentMs(block, row);
				if (end <= fromMs) continue;
				edges.push((Math.max(startMs, fromMs) - fromMs) * 2 + 1, (end - fromMs) * 2);
			}
		}
	}
	return sweep(Float64Array.from(edges).sort());
}

function sweep(edges: Float64Array): Float64Array {
	const highest = new Float64Array(60);
	let level = 0;
	let minute = 0;
	for (const edge of edges) {
		const at = Math.floor(edge / 2 / minuteMs);
		while (minute < Math.min(at, 59)) {
			minute++;
			highest[minute] = level;
		}
		if (at > 59) break;
		level += edge % 2 === 1 ? 1 : -1;
		if (level > (highest[minute] ?? 0)) highest[minute] = level;
	}
	return highest;
}
