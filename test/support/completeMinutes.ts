import type { Connection } from '@lamplight/core/connection/connection';
import type { Ctx } from '@lamplight/core/ctx';
import { minuteMs, type TimeRange } from '@lamplight/core/time';
import type { World, WorldFunction } from '@lamplight/sandbox/world/world';
import type { InvocationTotals } from '@lamplight/sandbox/world/invocation';
import type { RegionTotals, SeriesPoint } from '@lamplight/store/series/series';
import type { Store } from '@lamplight/store/store';

import { storedMinutes } from './truth.ts';

/** Minutes of a connection's regions by their state, and whether the complete ones are. */
export interface MinutesVerdict {
	readonly minutes: number;
	readonly complete: number;
	readonly partial: number;
	readonly missing: number;
	readonly provisional: number;
	/** What really ran, failed and was throttled in the complete minutes. */
	readonly executions: number;
	readonly errors: number;
	readonly throttles: number;
	/** Executions of function-minutes whose records were all read: what they were billed is compared. */
	readonly recorded: number;
	/** Of complete minutes: errors, throttles and sums of records that are told as unknown. */
	readonly unknown: number;
	/** Complete minutes that differ from what ran, each in a line. */
	readonly wrong: readonly string[];
}

interface Compared {
	readonly world: World;
	readonly store: Store;
	readonly ctx: Ctx;
}

type Counts = { -readonly [K in keyof MinutesVerdict]: MinutesVerdict[K] } & { wrong: string[] };

/** Every minute of every region against the world: a complete one must equal it in all that is told. */
export async function completeMinutes(
	compared: Compared,
	connection: Connection,
	range: TimeRange,
): Promise<MinutesVerdict> {
	const { world, store, ctx } = compared;
	const counts: Counts = {
		...{ minutes: 0, complete: 0, partial: 0, missing: 0, provisional: 0 },
		...{ executions: 0, errors: 0, throttles: 0, recorded: 0, unknown: 0, wrong: [] },
	};
	const ran = world.allFunctions(connection.accountId);
	for (const { region, spans } of await store.completeness.read(ctx, connection.id, range)) {
		const complete: number[] = [];
		for (const { fromMs, toMs, state } of spans) {
			counts[state] += (toMs - fromMs) / minuteMs;
			counts.minutes += (toMs - fromMs) / minuteMs;
			for (let at = fromMs; state === 'complete' && at < toMs; at += minuteMs) complete.push(at);
		}
		const sums = new Map<number, Sums>();
		// One function after the other: whatever the fleet's size, one is in memory at a time.
		for (const fn of ran.filter((one) => one.region === region)) {
			const stored = await storedMinutes(store, fn.id, { range, stepMs: minuteMs, ctx });
			for (const at of complete) {
				const truth = world.totals(fn.id, { fromMs: at, toMs: at + minuteMs });
				judgeFunction(counts, { world, fn, at, truth, point: stored.get(at) });
				addTo(sums, at, truth);
			}
		}
		const totals = await regionMinutes(compared, connection, { region, range });
		for (const at of complete) {
			judgeRegion(counts, { region, at, truth: sums.get(at) ?? noSums, point: totals.get(at) });
		}
	}
	return counts;
}

/** What all functions of a region did in one minute. */
type Sums = Readonly<Record<'invocations' | 'errors' | 'throttles' | 'durationUs', number>>;
const noSums: Sums = { invocations: 0, errors: 0, throttles: 0, durationUs: 0 };

function addTo(sums: Map<number, Sums>, at: number, truth: InvocationTotals): void {
	const before = sums.get(at) ?? noSums;
	sums.set(at, {
		invocations: before.invocations + truth.invocations,
		errors: before.errors + truth.errors,
		throttles: before.throttles + truth.throttles,
		durationUs: before.durationUs + truth.durationUs,
	});
}

/** How many steps one reading of totals returns at most. */
const stepsAtOnce = 600;

type RegionPoint = RegionTotals['points'][number];

async function regionMinutes(
	{ store, ctx }: Compared,
	connection: Connection,
	{ region, range }: { readonly region: string; readonly range: TimeRange },
): Promise<Map<number, RegionPoint>> {
	const found = new Map<number, RegionPoint>();
	for (let at = range.fromMs; at < range.toMs; at += stepsAtOnce * minuteMs) {
		const read = await store.series.readTotals(ctx, {
			range: { fromMs: at, toMs: Math.min(range.toMs, at + stepsAtOnce * minuteMs) },
			stepMs: minuteMs,
			connectionIds: [connection.id],
		});
		const own = read.find((one) => one.region === region);
		for (const point of own?.points ?? []) found.set(point.atMs, point);
	}
	return found;
}

function judgeFunction(
	counts: Counts,
	of: {
		readonly world: World;
		readonly fn: WorldFunction;
		readonly at: number;
		readonly truth: InvocationTotals;
		readonly point: SeriesPoint | undefined;
	},
): void {
	const { fn, at, truth, point } = of;
	counts.executions += truth.invocations;
	counts.errors += truth.errors;
	counts.throttles += truth.throttles;
	const compare = (name: string, read: number, want: number) => {
		if (read === want) return;
		counts.wrong.push(`${fn.id} ${new Date(at).toISOString()} ${name}: ${read} not ${want}`);
	};
	compare('invocations', point?.invocations ?? 0, truth.invocations);
	compare('durationUs', point?.durationSumUs ?? 0, truth.durationUs);
	// A minute without a point had nothing; with one, what is not known says so.
	const known = (name: string, read: number | null | undefined, want: number) => {
		if (read === null) counts.unknown += want === 0 ? 0 : 1;
		else compare(name, read ?? 0, want);
	};
	known('errors', point?.errors, truth.errors);
	known('throttles', point?.throttles, truth.throttles);
	if (point === undefined || point.recordedInvocations !== point.invocations) return;
	if (point.recordedInvocations === 0) return;
	counts.recorded += truth.invocations;
	// A restore of a snapshot is the init that it takes the place of.
	const startsUs = of.world
		.invocations(fn.id, { fromMs: at, toMs: at + minuteMs })
		.reduce((sum, one) => sum + (one.initUs ?? 0) + (one.restoreUs ?? 0), 0);
	known('billedMs', point.billedMs, truth.billedMs);
	known('billedMibMs', point.billedMibMs, truth.billedMibMs + truth.provisionedMibMs);
	known('initUs', point.initUs, startsUs);
	known('coldStarts', point.coldStarts, truth.coldStarts);
}

function judgeRegion(
	counts: Counts,
	of: {
		readonly region: string;
		readonly at: number;
		readonly truth: Sums;
		readonly point: RegionPoint | undefined;
	},
): void {
	const { region, at, truth, point } = of;
	const told: readonly [string, number | null | undefined, number][] = [
		['region invocations', point?.invocations, truth.invocations],
		['region errors', point?.errors, truth.errors],
		['region throttles', point?.throttles, truth.throttles],
		['region executions', point === undefined ? 0 : point.durationCount, truth.invocations],
		['region durationUs', point === undefined ? 0 : point.durationSumUs, truth.durationUs],
	];
	for (const [name, read, want] of told) {
		// Not asked for, or nothing but throttles happened.
		if (read === null || read === undefined || read === want) continue;
		counts.wrong.push(`${region} ${new Date(at).toISOString()} ${name}: ${read} not ${want}`);
	}
}
