import type { Connection } from '@lamplight/core/connection/connection';
import { minuteMs, type TimeRange } from '@lamplight/core/time';
import type { InvocationTotals, World, WorldFunction } from '@lamplight/sandbox/world/world';
import type { RegionTotals, SeriesPoint } from '@lamplight/store/series/series';

import { type Collector, testCtx } from '../support/collector.ts';
import { storedMinutes } from '../support/truth.ts';

/** The minutes that a storm left. */
export interface MinuteVerdict {
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

type Counts = { -readonly [K in keyof MinuteVerdict]: MinuteVerdict[K] } & { wrong: string[] };

/** Every minute of every region against the world: a complete one must equal it in all that is told. */
export async function judgeMinutes(
	{ sandbox, store }: Collector,
	connection: Connection,
	range: TimeRange,
): Promise<MinuteVerdict> {
	const counts: Counts = {
		...{ minutes: 0, complete: 0, partial: 0, missing: 0, provisional: 0 },
		...{ executions: 0, errors: 0, throttles: 0, recorded: 0, unknown: 0, wrong: [] },
	};
	const ran = sandbox.world.allFunctions(connection.accountId);
	for (const { region, spans } of await store.completeness.read(testCtx(), connection.id, range)) {
		const functions = ran.filter((fn) => fn.region === region);
		const stored = new Map<string, Map<number, SeriesPoint>>();
		for (const { id } of functions) {
			stored.set(id, await storedMinutes(store, id, { range, stepMs: minuteMs }));
		}
		const totals = await regionMinutes(store, connection, { region, range });
		for (const { fromMs, toMs, state } of spans) {
			counts[state] += (toMs - fromMs) / minuteMs;
			counts.minutes += (toMs - fromMs) / minuteMs;
			for (let at = fromMs; state === 'complete' && at < toMs; at += minuteMs) {
				const minute = { fromMs: at, toMs: at + minuteMs };
				const truths = functions.map((fn) => ({
					fn,
					truth: sandbox.world.totals(fn.id, minute),
				}));
				for (const { fn, truth } of truths) {
					const point = stored.get(fn.id)?.get(at);
					judgeFunction(counts, { world: sandbox.world, fn, at, truth, point });
				}
				judgeRegion(counts, { region, at, truths: truths.map((one) => one.truth), totals });
			}
		}
	}
	return counts;
}

/** How many steps one reading of totals returns at most. */
const stepsAtOnce = 600;

type RegionPoint = RegionTotals['points'][number];

async function regionMinutes(
	store: Collector['store'],
	connection: Connection,
	{ region, range }: { readonly region: string; readonly range: TimeRange },
): Promise<Map<number, RegionPoint>> {
	const found = new Map<number, RegionPoint>();
	for (let at = range.fromMs; at < range.toMs; at += stepsAtOnce * minuteMs) {
		const read = await store.series.readTotals(testCtx(), {
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
		readonly truths: readonly InvocationTotals[];
		readonly totals: ReadonlyMap<number, RegionPoint>;
	},
): void {
	const { region, at, truths, totals } = of;
	const sum = (field: 'invocations' | 'errors' | 'throttles' | 'durationUs') =>
		truths.reduce((total, truth) => total + truth[field], 0);
	const point = totals.get(at);
	const told: readonly [string, number | null | undefined, number][] = [
		['region invocations', point?.invocations, sum('invocations')],
		['region errors', point?.errors, sum('errors')],
		['region throttles', point?.throttles, sum('throttles')],
		['region executions', point === undefined ? 0 : point.durationCount, sum('invocations')],
		['region durationUs', point === undefined ? 0 : point.durationSumUs, sum('durationUs')],
	];
	for (const [name, read, want] of told) {
		// Not asked for, or nothing but throttles happened.
		if (read === null || read === undefined || read === want) continue;
		counts.wrong.push(`${region} ${new Date(at).toISOString()} ${name}: ${read} not ${want}`);
	}
}
