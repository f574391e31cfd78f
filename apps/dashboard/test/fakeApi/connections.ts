import { money } from './figures.ts';
import type { Handlers } from './handler.ts';

/** Only what pages other than that of connections ask of it: nobody's past is still being read. */
export const connectionHandlers: Handlers = {
	'GET /v1/w/{ws}/connections': () => ({
		rows: [],
		waiting: [],
		totals: {
			connections: 3,
			needYou: 1,
			functions: 1_200,
			completeShare: 0.9981,
			delayP95Ms: 156_000,
			watchMonthToDate: money(21.72),
			watchForecast: null,
			watchCapUsdPerMonth: '38',
		},
		calls: [],
		watchDays: [],
		limits: [],
	}),
};
