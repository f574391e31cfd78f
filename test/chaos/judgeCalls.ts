import type { Connection } from '@lamplight/core/connection/connection';
import { dayMs, utcDay } from '@lamplight/core/time';
import { untold } from '@lamplight/core/watchcost/watchcost';
import type { CallCount } from '@lamplight/sandbox/sandbox';

import { type Collector, testCtx } from '../support/collector.ts';

/** Calls by `region action`. */
export type Calls = ReadonlyMap<string, number>;

/** What AWS was asked in one account. */
export function madeCalls(calls: readonly CallCount[], accountId: string): Calls {
	return new Map(
		calls
			.filter((call) => call.accountId === accountId)
			.map(({ region, action, calls: count }) => [`${region} ${action}`, count]),
	);
}

/** What the product counted of a connection, today and yesterday. */
export async function countedCalls(
	{ store, deps }: Collector,
	connection: Connection,
): Promise<Calls> {
	const nowMs = deps.clock();
	const days = { fromDay: utcDay(nowMs - dayMs), toDay: utcDay(nowMs) };
	const counted = new Map<string, number>();
	for (const { region, action, calls } of await store.watchCosts.read(
		testCtx(),
		connection.id,
		days,
	)) {
		const key = `${region} ${action}`;
		counted.set(key, (counted.get(key) ?? 0) + calls);
	}
	return counted;
}

/** What came on top, by key; nothing where nothing did. */
export function callsSince(before: Calls, after: Calls): Map<string, number> {
	const added = new Map<string, number>();
	for (const [key, calls] of after) {
		const more = calls - (before.get(key) ?? 0);
		if (more !== 0) added.set(key, more);
	}
	return added;
}

/** Adds calls to a sum. */
export function addCalls(sum: Map<string, number>, calls: Calls): void {
	for (const [key, more] of calls) sum.set(key, (sum.get(key) ?? 0) + more);
}

/** Calls that are not counted as AWS saw them, each in a line. */
export interface Miscounted {
	/** Counted beyond what AWS saw: somebody would pay twice on paper. */
	readonly overcounted: readonly string[];
	/** Absent, though nobody who was killed had them in its hands. */
	readonly uncounted: readonly string[];
}

/**
 * The rule: every call that AWS saw is counted once. A worker that is killed has not told of the calls
 * of the messages in its hands: `cutOff` has what AWS was asked from the moment the oldest of these
 * was begun until the worker's death, and no more than that may be absent.
 */
export function miscounted(counted: Calls, made: Calls, cutOff: Calls): Miscounted {
	const overcounted: string[] = [];
	const uncounted: string[] = [];
	for (const key of [...new Set([...counted.keys(), ...made.keys()])].sort()) {
		const [told = 0, seen = 0, cut = 0] = [counted, made, cutOff].map((calls) => calls.get(key));
		const line = `${key}: ${told} counted, ${seen} made, ${cut} cut off`;
		if (told > seen) overcounted.push(line);
		else if (seen - told > cut) uncounted.push(line);
	}
	return { overcounted, uncounted };
}

/** What is absent beyond what the product says may be: so many calls of each part that was cut off. */
export function notSaid(uncounted: number, partsCutOff: number): string[] {
	const most = partsCutOff * untold.calls;
	return uncounted <= most ? [] : [`${uncounted} calls uncounted, at most ${most} said`];
}
