import type { DeployRow } from '@lamplight/api/contract/deploys';
import type { Comparison } from '@lamplight/api/contract/functionPages';

import { hourMs, iso, money, nowMs, rangeFor } from './figures.ts';
import { fleet, label } from './fleet.ts';
import type { Handlers } from './handler.ts';
import { deploy } from './overview.ts';

const atMs = Date.parse(deploy.at);

export const comparison: Comparison = {
	deploy,
	commit: '4f0c1d2',
	actor: 'mira',
	before: { from: iso(atMs - hourMs), to: deploy.at },
	after: { from: deploy.at, to: iso(nowMs) },
	invocations: { before: 61_000, after: 42_000 },
	errorShare: { before: 0.0018, after: 0.0684 },
	p95Ms: { before: 318, after: 341 },
	p99Ms: { before: 940, after: 1_038 },
	costPerThousand: { before: money(0.0034), after: money(0.0036) },
	verdict: 'worse',
	because: ['errors rose from 0.18 % to 6.84 %'],
	changes: [{ field: 'memory', before: '512 MB', after: '1,024 MB' }],
};

const functions = fleet.slice(0, 5).map(label);
const row: DeployRow = {
	id: deploy.id as DeployRow['id'],
	at: deploy.at,
	app: deploy.app,
	version: '42',
	commit: '4f0c1d2',
	actor: 'mira',
	url: null,
	source: 'api',
	functions,
	functionsTotal: functions.length,
	comparison,
};

export const deployHandlers: Handlers = {
	'GET /v1/w/{ws}/deploys': ({ query }) => ({
		range: rangeFor(query).range,
		rows: [row],
		nextCursor: null,
		counts: { better: 0, same: 0, worse: 1, tooLittleData: 0 },
		limits: [],
	}),
	'GET /v1/w/{ws}/deploys/{deployId}': () => ({
		deploy: row,
		functions: functions.map((one) => ({ function: one, comparison })),
	}),
};
