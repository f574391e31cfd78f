import type { FunctionFigures } from '@lamplight/core/collection/failures';
import type { PlannedFunction, ReadingPlan } from '@lamplight/core/collection/plan';
import { countShard } from '@lamplight/core/collection/shards';
import {
	type Activity,
	longestQuietSeconds,
	quietOf,
	turnCount,
	turnOf,
	type Turns,
} from '@lamplight/core/collection/turns';

import type { Figures } from './figures.ts';
import { type Reading, settledTo } from './reading.ts';

/** Names of the functions of each turn that was read now and may wait for the next time. */
export type QuietByTurn = ReadonlyMap<number, ReadonlySet<string>>;

/** Decides, of every turn that was read, which functions may wait for it the next time. */
export function quietByTurn(
	reading: Reading,
	of: {
		readonly plan: ReadingPlan;
		readonly figures: Figures;
		readonly filled: readonly FunctionFigures[];
		/** Functions that erred or were throttled lately. */
		readonly erring: ReadonlySet<string>;
	},
): QuietByTurn {
	const { plan, figures, filled, erring } = of;
	const { recordWindow, nowMs, due, shard } = reading;
	const buckets = new Map(filled.map((fn) => [fn.name, fn.buckets]));
	const activityOf = ({ name, known }: PlannedFunction): Activity[] => {
		const own = buckets.get(name);
		if (own === undefined) return [];
		const minutes = [...own.values()].filter(({ minuteMs }) => minuteMs >= recordWindow.fromMs);
		const mustNotWait =
			known === null ||
			known.timeoutSeconds > longestQuietSeconds ||
			erring.has(name) ||
			(figures.state.busy[name] ?? 0) > nowMs ||
			minutes.some(({ errors, throttles }) => (errors ?? 0) + (throttles ?? 0) > 0);
		const executions = minutes.reduce((sum, { invocations }) => sum + invocations, 0);
		return [{ name, executions, mustNotWait }];
	};
	const later = figures.hasReadLater ? [...plan.later.records, ...plan.later.metrics] : [];
	const read = [...plan.records, ...plan.metrics, ...later];
	const turns = turnCount(shard.of);
	const byTurn = Map.groupBy(read, ({ name }) => turnOf(name, turns));
	return new Map(
		[...due].map((turn) => [turn, new Set(quietOf((byTurn.get(turn) ?? []).flatMap(activityOf)))]),
	);
}

/** The turns as the next reading finds them. Where AWS did not answer for some, all are due again. */
export function turnsAfter(
	reading: Reading,
	of: {
		readonly figures: Figures;
		readonly filled: readonly FunctionFigures[];
		readonly quiet: QuietByTurn;
	},
): Turns {
	const { figures, filled, quiet } = of;
	if (figures.unread.size > 0) return {};
	const turns: Record<string, Turns[string]> = { ...reading.state.turns };
	for (const [turn, names] of quiet) {
		const own = filled.filter(({ name }) => names.has(name));
		turns[turn] = {
			readMs: reading.nowMs,
			names: [...names],
			counted: countShard(own, settledTo(reading)),
		};
	}
	return turns;
}
