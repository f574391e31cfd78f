import type { Pace } from '@lamplight/core/collection/state';
import { minuteMs, monthRange, utcMonth } from '@lamplight/core/time';
import { invalidField } from '@lamplight/core/errors';
import { picoToUsd, untold } from '@lamplight/core/watchcost/watchcost';

import {
	capOf,
	readMonthWatch,
	readPartsCutOff,
	watchCalls,
	watchDays,
	watchForecast,
	watchMoney,
} from '../cost/watch.ts';
import { readConnections } from '../fleet/connections.ts';
import { readCollectionState } from '../fleet/delay.ts';
import type { Handlers } from '../http/handlers.ts';
import type { RouteDeps } from './context.ts';

function fresherView(fresher: Pace['fresher']) {
	if (fresher === null) return null;
	const everyMinutes = fresher.readsEveryMs / minuteMs;
	return { everyMinutes, monthUsd: fresher.forecastUsd.toFixed(2) };
}

/** Each part of work that was cut off is bounded by what a worker may hold untold. */
function uncountedView(parts: number) {
	if (parts === 0) return null;
	const costAtMost = watchMoney(untold.picoUsd * BigInt(parts));
	return { callsAtMost: untold.calls * parts, costAtMost };
}

const key = 'GET /v1/w/{ws}/watch-cost';

/** What Lamplight itself makes the customer pay AWS. */
export function watchCostHandlers(deps: RouteDeps): Handlers<typeof key> {
	return {
		[key]: async ({ ctx, query }) => {
			const nowMs = deps.clock();
			const month = query.month ?? utcMonth(nowMs);
			if (monthRange(month).fromMs > nowMs) {
				throw invalidField('query.month', 'expected a month that has begun', month);
			}
			const all = await readConnections(deps, ctx);
			const connections =
				query.connection === undefined ? all : all.filter(({ id }) => id === query.connection);
			const [watch, partsCutOff] = await Promise.all([
				readMonthWatch(deps, ctx, { month, connections }),
				readPartsCutOff(deps, ctx, { month, connections }),
			]);
			const forecast = watchForecast(watch, nowMs);
			const states = await Promise.all(
				connections.map(({ id }) => readCollectionState(deps, ctx, id)),
			);
			return {
				month,
				total: watchMoney(watch.picoUsd),
				capUsd: capOf(connections),
				forecast: forecast === null ? null : { ...watchMoney(forecast), provenance: 'estimated' },
				calls: watchCalls(watch.connections.flatMap(({ usages }) => usages)),
				connections: watch.connections.map(({ connection, picoUsd }, at) => ({
					connectionId: connection.id,
					accountId: connection.accountId,
					accountName: connection.accountName,
					cost: watchMoney(picoUsd),
					capUsd: connection.watchBudgetUsdPerMonth.toFixed(2),
					usedShare:
						connection.watchBudgetUsdPerMonth === 0
							? null
							: picoToUsd(picoUsd) / connection.watchBudgetUsdPerMonth,
					slowed: (states[at]?.pace?.slowedFromMs ?? null) !== null,
					fresher: fresherView(states[at]?.pace?.fresher ?? null),
				})),
				uncounted: uncountedView(partsCutOff),
				days: watchDays(watch, nowMs).map(({ day, picoUsd, cumulativePicoUsd }) => ({
					day,
					cost: watchMoney(picoUsd),
					cumulativeUsd: picoToUsd(cumulativePicoUsd),
				})),
			};
		},
	};
}
