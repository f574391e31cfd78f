import type { CostRow, CostsPage } from '@lamplight/api/contract/costs';

import { chart, compared, daily, dayMs, hourMs, iso, money, nowMs } from './figures.ts';
import type { Handlers } from './handler.ts';
import { connectionId, dayOfMonth, monthCurve } from './overview.ts';

const dayOf = (ms: number) => iso(ms).slice(0, 10);
const month = dayOf(nowMs).slice(0, 7);
const firstMs = Date.parse(`${month}-01`);

function row(key: string, label: string | null, cost: number): CostRow {
	return {
		key,
		label,
		app: null,
		function: null,
		owner: null,
		cost: compared(cost, cost * 0.9),
		change: money(cost * 0.1),
		share: cost / 7_970,
		unpriced: [],
	};
}

const rows = [row('compute', 'Compute', 6_900), row('requests', 'Requests', 1_070)];
const wholeDays = Math.max(1, dayOfMonth - 1);
const complete = {
	from: `${month}-01`,
	to: dayOf(firstMs + (wholeDays - 1) * dayMs),
	days: wholeDays,
};
const before = {
	from: dayOf(firstMs - 30 * dayMs),
	to: dayOf(firstMs - (31 - wholeDays) * dayMs),
	days: wholeDays,
};

function costsPage(): CostsPage {
	const days = Array.from({ length: dayOfMonth }, (_, index) => dayOf(firstMs + index * dayMs));
	return {
		period: { from: `${month}-01`, to: days.at(-1) ?? `${month}-01`, days: dayOfMonth },
		knownFrom: null,
		completePeriod: complete,
		previousPeriod: before,
		comparedWithout: [],
		basis: 'list',
		by: 'component',
		tagKeys: ['team'],
		figures: {
			soFar: money(8_229.36),
			today: money(259.15),
			complete: compared(7_970.21, 7_208.03),
			billed: null,
			perMillion: compared(4.57, 4.31),
		},
		month: monthCurve(),
		charts: {
			x: { from: iso(firstMs), stepMs: dayMs, count: dayOfMonth },
			charts: [chart('costPerDay', 'usd', { Compute: daily(3, dayOfMonth, dayMs, 330) })],
			deploys: [],
			spans: [],
		},
		previousPerDay: days.map(() => 240),
		rows,
		nextCursor: null,
		count: rows.length,
		total: row('all', 'All', 7_970.21),
		provenances: [{ provenance: 'measured', share: 1 }],
		drivers: [{ driver: 'volume', amount: money(762.18), evidence: [] }],
		difference: money(762.18),
		reconciliation: {
			state: 'noBill',
			span: null,
			lines: [],
			unexplained: null,
			unexplainedShare: null,
			tolerance: null,
			apart: [],
			billProvisional: null,
			billReadAt: null,
			reason: 'No billing source is connected.',
		},
		days: days.map((day, index) => ({
			day,
			estimated: money(260, 'estimated'),
			measured: money(265),
			billed: null,
			measuredOf: { accounts: 3, of: 3, estimated: money(260, 'estimated') },
			difference: null,
			complete: index < wholeDays,
		})),
		apps: [],
		unpriced: [],
		limits: [],
	};
}

export const costHandlers: Handlers = {
	'GET /v1/w/{ws}/costs': () => costsPage(),
	'GET /v1/w/{ws}/watch-cost': () => ({
		month,
		total: money(21.72),
		capUsd: '38',
		forecast: money(29.8, 'estimated'),
		calls: [
			{
				call: 'cloudwatch:GetMetricData',
				requests: 4_200,
				quantity: '1924000',
				unit: 'metrics',
				rate: '0.00001',
				rateSource: 'https://aws.amazon.com/cloudwatch/pricing/',
				cost: money(19.24),
			},
		],
		connections: [
			{
				connectionId,
				accountId: '333344445555',
				accountName: null,
				cost: money(21.72),
				capUsd: '38',
				usedShare: 0.57,
				slowed: false,
				fresher: null,
			},
		],
		uncounted: null,
		days: [{ day: dayOf(nowMs - 24 * hourMs), cost: money(0.96), cumulativeUsd: 20.76 }],
	}),
};
