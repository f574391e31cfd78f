import type { Connection } from '@lamplight/core/connection/connection';
import { dayMs, utcDay } from '@lamplight/core/time';
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

/**
 * The rule: every call that AWS saw is counted once. A worker that is killed has not told of the calls
 * of the messages in its hands: `cutOff` has what AWS was asked from the moment the oldest of these
 * was begun until the worker's death, and no more than that may be absent. Nothing is ever counted
 * beyond what AWS saw. Returns what breaks the rule, each in a line.
 */
export function miscounted(counted: Calls, made: Calls, cutOff: Calls): string[] {
	const keys = new Set([...counted.keys(), ...made.keys()]);
	return [...keys].sort().flatMap((key) => {
		const [told, seen, cut] = [counted, made, cutOff].map((calls) => calls.get(key) ?? 0);
		const absent = (seen ?? 0) - (told ?? 0);
		return absent >= 0 && absent <= (cut ?? 0)
			? []
			: [`${key}: ${told} counted, ${seen} made, ${cut} cut off`];
	});
}
