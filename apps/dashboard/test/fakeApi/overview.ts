import type { Overview } from '@lamplight/api/contract/overview';
import type { TroubledConnection } from '@lamplight/api/contract/workspace';

import { axisFor, compared, daily, dayMs, hourMs, iso, money, nowMs, rangeFor } from './figures.ts';
import { accounts, fleet, label } from './fleet.ts';

export const connectionId = 'con_00000000000000000001' as TroubledConnection['connectionId'];

export const freshness = {
	lamp: 'lit' as const,
	newestMinute: iso(nowMs - 120_000),
	lagMs: 138_000,
	connectionsRead: 2,
	connections: 3,
	waiting: 0,
	paused: 0,
};

export const troubled: TroubledConnection = {
	connectionId,
	accountId: accounts[2]?.id ?? '',
	accountName: null,
	state: 'degraded',
	reason: 'AccessDenied logs:FilterLogEvents. Metrics still arrive; log lines do not.',
	action: 'logs:FilterLogEvents',
	since: iso(nowMs - 17 * 60_000),
};

const monthStart = Date.parse(`${new Date(nowMs).toISOString().slice(0, 7)}-01`);
export const dayOfMonth = Math.floor((nowMs - monthStart) / dayMs) + 1;

export function monthCurve() {
	const perDay = 371;
	const days = Array.from({ length: 30 }, (_, index) => {
		const weekend = [6, 0].includes(new Date(monthStart + index * dayMs).getUTCDay());
		return {
			day: iso(monthStart + index * dayMs).slice(0, 10),
			cost: weekend ? perDay * 0.7 : perDay * 1.06,
		};
	});
	let total = 0;
	return {
		days: days.map(({ day, cost }, index) => {
			total += cost;
			const past = index < dayOfMonth;
			return {
				day,
				cumulativeUsd: past ? total : null,
				previousCumulativeUsd: total * 0.9,
				forecastUsd: past ? null : total,
				forecastLowUsd: past ? null : total * 0.98,
				forecastHighUsd: past ? null : total * 1.02,
			};
		}),
		forecast: {
			total: money(11_074, 'estimated'),
			low: money(10_851, 'estimated'),
			high: money(11_297, 'estimated'),
			share: 0.8,
		},
	};
}

const first = fleet[0];
const second = fleet[1];
if (first === undefined || second === undefined) throw new Error('the fake fleet is too small');
const checkout = label(first);
export const deploy = {
	id: 'dep_00000000000000000042',
	at: iso(nowMs - 42 * 60_000),
	app: 'checkout',
	label: 'v42',
	functions: 5,
};
export const olderDeploy = {
	id: 'dep_00000000000000000041',
	at: iso(nowMs - 5 * hourMs),
	app: 'tracking',
	label: 'v118',
	functions: 12,
};

function trafficCharts(query: URLSearchParams): Overview['charts'] {
	const x = axisFor(query);
	const invocations = daily(1, x.count, x.stepMs, 900_000);
	const errors = invocations.map((value, index) =>
		Math.round(value * (index > x.count - 4 ? 0.0019 : 0.000_35)),
	);
	return {
		x,
		charts: [
			{
				id: 'traffic',
				series: [
					{ id: 'invocations', label: 'invocations', unit: 'count', values: invocations },
					{ id: 'errors', label: 'errors', unit: 'count', values: errors },
				],
				limits: [],
				provenance: null,
				approximate: false,
			},
		],
		deploys: [olderDeploy, deploy],
		spans: [{ from: iso(nowMs - 20 * 60_000), to: iso(nowMs), state: 'provisional', reason: null }],
	};
}

const figures: Overview['figures'] = {
	invocations: { value: 56_688_023, previous: 54_400_000 },
	errors: { value: 28_640, previous: 24_000 },
	errorShare: { value: 0.000_51, previous: 0.000_44 },
	throttles: { value: 52, previous: 0 },
	p50Ms: { value: 88, previous: 86 },
	p95Ms: { value: 341, previous: 319 },
	p99Ms: { value: 1038, previous: 1001 },
	coldStartShare: { value: 0.0061, previous: 0.0063 },
	initMeanMs: 486,
	costToday: compared(259.15, 239.1),
	costMonth: compared(8229.36, 7440.6, 'mixed'),
};

const sparks: Overview['sparks'] = {
	invocations: daily(1, 48, 1_800_000, 100),
	errorShare: daily(2, 48, 1_800_000, 10).map((value, index) => (index > 45 ? value * 5 : value)),
	p95Ms: daily(3, 48, 1_800_000, 340),
	coldStartShare: daily(4, 48, 1_800_000, 6),
	costDays: daily(5, 30, dayMs, 300),
};

const attention: Overview['attention'] = [
	{
		kind: 'failing',
		function: checkout,
		errorShare: 0.0684,
		previousErrorShare: 0.0018,
		errors: 3920,
		since: deploy.at,
		deploy,
	},
	{
		kind: 'throttled',
		function: label(second),
		throttles: 2052,
		reservedConcurrency: 180,
		since: iso(nowMs - 4 * hourMs),
	},
	{ kind: 'connection', connection: troubled },
];

const movers: Overview['movers'] = fleet.slice(0, 5).map((row, index) => ({
	function: label(row),
	measure: index === 0 ? 'errorShare' : 'p95Ms',
	before: index === 0 ? 0.0018 : 61,
	after: index === 0 ? 0.0684 : 48 - index,
	better: index > 0,
	spark: daily(8 + index, 24, hourMs, 10),
	cause: index === 0 ? { kind: 'deploy', deployId: deploy.id, at: deploy.at, text: 'v42' } : null,
}));

const appNames = ['rates', 'labels', 'tracking', 'customs-docs', 'checkout', 'ledger'];
const apps: Overview['apps'] = [
	...appNames.map((name, index) => ({
		app: { id: `sst:${name}/prod`, name, stage: 'prod', kind: 'sst', framework: null },
		rest: null,
		owner: 'Pricing',
		share: 0.36 / (index + 1),
		cost: compared(2923.79 / (index + 1), (2923.79 / (index + 1)) * (index % 2 === 0 ? 0.9 : 1.02)),
	})),
	{ app: null, rest: 10, owner: null, share: 0.1, cost: compared(788.97, 771.9) },
];

/** The overview of the fake world over the range asked for. */
export function overview(query: URLSearchParams): Overview {
	return {
		...rangeFor(query),
		figures,
		comparedWithout: [],
		monthKnownFrom: null,
		sparks,
		charts: trafficCharts(query),
		month: monthCurve(),
		attention,
		movers,
		apps,
		data: {
			freshness,
			completeShare: 0.9981,
			provisionalShare: 0,
			partialShare: 0.0017,
			missingShare: 0.0002,
			regionsEqual: 13,
			regions: 14,
			watchMonthToDate: money(21.72),
			watchCapUsdPerMonth: '38',
		},
		functionsTotal: fleet.length,
		functionsRan: fleet.length - 40,
		unpriced: [],
		limits: [],
	};
}
