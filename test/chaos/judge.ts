import type { Connection } from '@lamplight/core/connection/connection';
import { hourMs, minuteMs, type TimeRange, utcDay } from '@lamplight/core/time';

import { type Collector, testCtx } from '../support/collector.ts';
import { storedMinutes } from '../support/truth.ts';

/** What is left after a storm. */
export interface Verdict {
	readonly minutes: number;
	readonly complete: number;
	readonly partial: number;
	readonly missing: number;
	readonly provisional: number;
	/** Executions of the complete minutes, as they really ran. */
	readonly executions: number;
	/** Complete minutes that differ from what ran, each in a line. */
	readonly wrong: readonly string[];
	/** Executions that are kept more than once. */
	readonly keptTwice: number;
	/** Calls that were counted beyond those that AWS saw. */
	readonly overcounted: readonly string[];
}

/** Every minute of every region against the world: a complete one must equal it for all functions. */
export async function judge(
	collector: Collector,
	connection: Connection,
	range: TimeRange,
): Promise<Verdict> {
	const { sandbox, store } = collector;
	const counts = { minutes: 0, complete: 0, partial: 0, missing: 0, provisional: 0, executions: 0 };
	const wrong: string[] = [];
	const ran = sandbox.world.allFunctions(connection.accountId);
	for (const { region, spans } of await store.completeness.read(testCtx(), connection.id, range)) {
		const functions = ran.filter((fn) => fn.region === region);
		const stored = new Map(
			await Promise.all(
				functions.map(
					async ({ id }) =>
						[id, await storedMinutes(store, id, { range, stepMs: minuteMs })] as const,
				),
			),
		);
		for (const { fromMs, toMs, state } of spans) {
			counts[state] += (toMs - fromMs) / minuteMs;
			counts.minutes += (toMs - fromMs) / minuteMs;
			for (let at = fromMs; state === 'complete' && at < toMs; at += minuteMs) {
				for (const { id } of functions) {
					const truth = sandbox.world.totals(id, { fromMs: at, toMs: at + minuteMs });
					const point = stored.get(id)?.get(at);
					counts.executions += truth.invocations;
					const read = [point?.invocations ?? 0, point?.durationSumUs ?? 0];
					const want = [truth.invocations, truth.durationUs];
					if (read.join() === want.join()) continue;
					wrong.push(`${id} ${new Date(at).toISOString()} ${read.join()} not ${want.join()}`);
				}
			}
		}
	}
	return {
		...counts,
		wrong,
		keptTwice: await keptTwice(collector, connection, range),
		overcounted: await overcounted(collector, connection),
	};
}

async function keptTwice(
	collector: Collector,
	connection: Connection,
	range: TimeRange,
): Promise<number> {
	let twice = 0;
	for (const { id } of await collector.functions(connection)) {
		const { executions } = await collector.store.executions.list(testCtx(), id, {
			range: { fromMs: range.fromMs - hourMs, toMs: range.toMs },
			limit: 2_000,
		});
		const keys = executions.map((one) => `${one.logStream} ${one.requestId} ${one.attempt}`);
		twice += keys.length - new Set(keys).size;
	}
	return twice;
}

/** A worker that is killed loses count of its last calls; but nothing may count one twice. */
async function overcounted(collector: Collector, connection: Connection): Promise<string[]> {
	const { sandbox, store, deps } = collector;
	const day = utcDay(deps.clock());
	const counted = new Map<string, number>();
	const usages = await store.watchCosts.read(testCtx(), connection.id, {
		fromDay: day,
		toDay: day,
	});
	for (const { region, action, calls } of usages) {
		const key = `${region} ${action}`;
		counted.set(key, (counted.get(key) ?? 0) + calls);
	}
	const seen = new Map(
		sandbox
			.calls()
			.filter(({ accountId }) => accountId === connection.accountId)
			.map(({ region, action, calls }) => [`${region} ${action}`, calls]),
	);
	return [...counted]
		.filter(([key, calls]) => calls > (seen.get(key) ?? 0))
		.map(([key, calls]) => `${key}: ${calls} counted, ${seen.get(key) ?? 0} made`);
}
