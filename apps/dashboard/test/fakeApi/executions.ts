import type { ExecutionPage, ExecutionRow } from '@lamplight/api/contract/executions';

import { iso, money, nowMs, rangeFor } from './figures.ts';
import { label, rowOf } from './fleet.ts';
import type { Handlers } from './handler.ts';

const minuteMs = 60_000;

/** Kept executions, the newest first: every other one failed. */
const kept: readonly ExecutionRow[] = Array.from({ length: 6 }, (_, index) => ({
	requestId: `7d1e4f0a-52c8-4b19-9d3e-00000000000${index}`,
	attempt: 1,
	at: iso(nowMs - (index + 1) * minuteMs),
	status: index % 2 === 0 ? ('error' as const) : ('ok' as const),
	errorType: index % 2 === 0 ? 'LedgerTimeout' : null,
	durationMs: 100 + index,
	billedMs: 101 + index,
	initMs: null,
	restoreMs: null,
	memoryMib: 512,
	memoryUsedMib: 128,
	logStream: '2026/11/23/[42]9a1c',
	version: '42',
	cost: money(0.000_002),
}));

function listed(query: URLSearchParams): readonly ExecutionRow[] {
	const status = query.get('status');
	return kept.filter((row) => status === null || row.status === status);
}

function executionPage(functionId: string, requestId: string): ExecutionPage {
	const row = kept.find((one) => one.requestId === requestId) ?? kept[0];
	if (row === undefined) throw new Error('the fake API keeps no execution');
	return {
		function: label(rowOf(functionId)),
		execution: {
			...row,
			startedAt: row.at,
			endedAt: null,
			attempts: [{ attempt: 1, at: row.at }],
			xrayTraceId: null,
		},
		phases: [{ kind: 'run', fromMs: 0, toMs: row.durationMs ?? 0, billed: true, label: null }],
		lines: null,
		linesWithheld: 'expired',
		lineCount: null,
		lineBytes: null,
		cost: { total: row.cost, lines: [] },
		usual: null,
		deploy: null,
		issue: null,
		completeness: 'complete',
		links: { console: 'https://eu-west-1.console.aws.amazon.com/cloudwatch/home', xray: null },
		limits: [],
	};
}

const list = 'GET /v1/w/{ws}/functions/{functionId}/executions';

export const executionHandlers: Handlers = {
	[list]: ({ params, query }) => ({
		range: rangeFor(query).range,
		function: label(rowOf(params['functionId'] ?? '')),
		rows: [...listed(query)],
		nextCursor: null,
		inRange: 561_420,
		source: 'store',
		sampled: true,
		limits: [],
	}),
	[`${list}/{requestId}`]: ({ params }) =>
		executionPage(params['functionId'] ?? '', params['requestId'] ?? ''),
	[`${list}/{requestId}/neighbours`]: ({ params, query }) => {
		const rows = listed(query);
		const at = rows.findIndex(({ requestId }) => requestId === params['requestId']);
		return {
			previous: rows[at - 1] ?? null,
			next: rows[at + 1] ?? null,
			place: at + 1,
			count: rows.length,
		};
	},
};
