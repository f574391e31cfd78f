import type { FunctionPage } from '@lamplight/api/contract/functionPages';

import { axisFor, chart, compared, daily, hourMs, iso, money, nowMs, rangeFor } from './figures.ts';
import { comparison } from './deploys.ts';
import { rowOf } from './fleet.ts';
import type { Handlers } from './handler.ts';
import { deploy } from './overview.ts';

/** When the fake collector could not read: what lies in it is not known. */
export const gap = { fromMs: nowMs - 14 * hourMs, toMs: nowMs - 11 * hourMs };

type Axis = ReturnType<typeof axisFor>;

/** Values with the gap that nobody may fill with zeros. */
function known(x: Axis, values: readonly number[]): (number | null)[] {
	const fromMs = Date.parse(x.from);
	return values.map((value, index) => {
		const at = fromMs + index * x.stepMs;
		return at >= gap.fromMs && at < gap.toMs ? null : value;
	});
}

function charts(query: URLSearchParams): FunctionPage['charts'] {
	const x = axisFor(query);
	const series = (seed: number, top: number) => known(x, daily(seed, x.count, x.stepMs, top));
	const nothing = Array.from({ length: x.count }, () => null);
	return {
		x,
		charts: [
			chart('invocations', 'count', { invocations: series(1, 9_000), errors: series(2, 40) }),
			chart('duration', 'ms', { p50: series(3, 210), p95: series(4, 600), p99: series(5, 1_200) }),
			chart('coldStarts', 'share', { share: series(6, 1).map((one) => one && one * 0.01) }),
			chart('concurrency', 'concurrent', { peak: nothing }),
			chart('memory', 'mib', { used: series(7, 608) }),
			chart('costPerThousand', 'usdPerThousand', { compute: series(8, 1) }),
		],
		deploys: [deploy],
		spans: [
			{ from: iso(gap.fromMs), to: iso(gap.toMs), state: 'missing', reason: null },
			{ from: iso(nowMs - hourMs), to: iso(nowMs), state: 'provisional', reason: null },
		],
	};
}

function functionPage(id: string, query: URLSearchParams): FunctionPage {
	const row = rowOf(id);
	const { figures, spark: _spark, group: _group, ...rest } = row;
	const { range, previousRange } = rangeFor(query);
	return {
		range,
		previousRange,
		function: {
			...rest,
			accountId: row.accountId,
			arn: `arn:aws:lambda:${row.region}:${row.accountId}:function:${row.name}`,
			packageType: 'Zip',
			handler: 'index.handler',
			ephemeralStorageMib: 512,
			codeSizeBytes: 4_900_000,
			version: '42',
			aliases: [],
			snapStart: false,
			tracing: false,
			provisionedConcurrency: [],
			eventSources: [],
			layers: [],
			logGroup: `/aws/lambda/${row.name}`,
			logFormat: 'Text',
			logClass: null,
			logRetentionDays: 30,
			logStoredBytes: null,
			tags: {},
			consoleUrl: 'https://eu-west-1.console.aws.amazon.com/lambda/home',
			estimatedBecause: null,
		},
		figures,
		previous: figures,
		failureCost: money(0.2),
		costPerDay: compared(7.74, 7.1),
		charts: charts(query),
		completeTo: iso(nowMs - hourMs),
		lastDeploy: null,
		counts: { openIssues: 2, deploys: 1, storedExecutions: 0 },
		topIssue: null,
		unpriced: [],
		limits: [],
	};
}

export const functionPageHandlers: Handlers = {
	'GET /v1/w/{ws}/functions/{functionId}': ({ params, query }) =>
		functionPage(params['functionId'] ?? '', query),
	'GET /v1/w/{ws}/functions/{functionId}/heatmap': ({ query }) => {
		const x = axisFor(query);
		const rows = [0, 0, 40, 300, 60, 4, 0].map((top, row) =>
			top === 0 ? Array.from({ length: x.count }, () => 0) : daily(row + 1, x.count, x.stepMs, top),
		);
		return {
			range: rangeFor(query).range,
			heatmap: {
				x,
				edgesMs: [1, 4, 16, 64, 256, 1_024, 4_096, 16_384],
				cells: rows,
				sampled: true,
			},
		};
	},
	'GET /v1/w/{ws}/functions/{functionId}/cost': ({ query }) => {
		const x = axisFor(query);
		return {
			range: rangeFor(query).range,
			total: compared(7.74, 7.1),
			costPerThousand: compared(0.0034, 0.0033),
			components: [
				{
					component: 'compute',
					label: 'Compute',
					quantity: '412000',
					unit: 'GB-s',
					rate: '0.0000133334',
					rateUnit: 'GB-second',
					rateSource: 'https://aws.amazon.com/lambda/pricing/',
					cost: money(5.49),
					previous: money(5.1),
				},
			],
			charts: {
				x,
				charts: [chart('cost', 'usd', { compute: daily(8, x.count, x.stepMs, 1) })],
				deploys: [],
				spans: [],
			},
			unpriced: [],
		};
	},
	'GET /v1/w/{ws}/functions/{functionId}/history': () => ({
		deploys: [comparison],
		nextCursor: null,
	}),
};
