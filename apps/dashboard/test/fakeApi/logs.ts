import type { LogLine, LogSearch } from '@lamplight/api/contract/logs';

import { hourMs, iso, money, nowMs, rangeFor } from './figures.ts';
import { label, rowOf } from './fleet.ts';
import type { Handlers } from './handler.ts';

const one = label(rowOf(''));

const lines: readonly LogLine[] = Array.from({ length: 6 }, (_, index) => ({
	id: `line-${index}`,
	at: iso(nowMs - (index + 1) * 60_000),
	functionId: one.id,
	logStream: '2026/11/23/[42]9a1c',
	requestId: `7d1e4f0a-52c8-4b19-9d3e-00000000000${index}`,
	offsetMs: 12,
	kind: 'line',
	level: index % 2 === 0 ? 'error' : 'info',
	message: index % 2 === 0 ? '{"message":"hold not confirmed","order":"A-17"}' : 'hold confirmed',
	cut: false,
	json: index % 2 === 0 ? { message: 'hold not confirmed', order: 'A-17' } : null,
}));

/** Half of a search: what comes next is asked for with `after`. */
function half(query: URLSearchParams, at: 0 | 1): LogSearch {
	return {
		searchId: 'srch_0000000000000001',
		state: at === 0 ? 'running' : 'done',
		engine: 'filter',
		insights: null,
		range: rangeFor(query).range,
		lines: lines.slice(at * 3, at * 3 + 3),
		after: at === 0 ? 'half' : null,
		histogram: {
			from: iso(nowMs - hourMs),
			stepMs: 60_000,
			counts: Array.from({ length: 60 }, () => ({ error: 1, warn: 0, info: 2, other: 0 })),
		},
		functions: [one],
		progress: { share: at === 0 ? 0.5 : 1, groupsDone: at, groups: 1, linesRead: 3 },
		failures: [],
		limits: [],
	};
}

export const logHandlers: Handlers = {
	'POST /v1/w/{ws}/logs/estimate': ({ query }) => ({
		range: rangeFor(query).range,
		functions: 1,
		logGroups: 1,
		scanBytes: 4_200_000_000,
		filter: { cost: money(0), calls: 40, slow: false },
		insights: {
			cost: money(0.021),
			rate: '0.005',
			rateSource: 'https://aws.amazon.com/cloudwatch/pricing/',
			refusal: null,
			budgetLeft: money(4.2),
		},
		engine: 'filter',
		limits: [],
	}),
	'POST /v1/w/{ws}/logs/searches': ({ query }) => half(query, 0),
	'GET /v1/w/{ws}/logs/searches/{searchId}': ({ query }) => half(query, 1),
	'GET /v1/w/{ws}/logs/tail': () => ({
		lines: lines.slice(0, 2).reverse(),
		cursor: 'next',
		pollAfterMs: 500,
		dropped: 0,
		failures: [],
		limits: [],
	}),
	'GET /v1/w/{ws}/logs/context': () => ({
		function: one,
		span: { from: iso(nowMs - hourMs), to: iso(nowMs) },
		lines: [...lines],
		limits: [],
	}),
};
