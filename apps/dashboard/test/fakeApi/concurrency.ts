import type { ConcurrencyArea } from '@lamplight/api/contract/concurrency';

import { axisFor, chart, daily, hourMs, iso, nowMs, rangeFor } from './figures.ts';
import { fleet, label } from './fleet.ts';
import type { Handlers } from './handler.ts';

const [first, second] = fleet.map(label);
if (first === undefined || second === undefined) throw new Error('the fake fleet is too small');

const area: ConcurrencyArea = {
	accountId: '111122223333',
	accountName: 'shop-prod',
	region: 'eu-west-1',
	limit: 1_000,
	reserved: 150,
	unreserved: 850,
	provisioned: 0,
	peak: 870,
	peakAt: iso(nowMs - 3 * hourMs),
	peakShare: 0.87,
	throttles: 2_052,
	chartId: 'concurrency:111122223333:eu-west-1',
	takers: [
		{ function: first, peak: 148, average: 61, reserved: 150, provisioned: 0 },
		{ function: second, peak: null, average: 12.4, reserved: null, provisioned: 0 },
	],
	starved: [{ function: first, throttles: 2_052, reserved: 150, because: 'ownReserve' }],
};

export const concurrencyHandlers: Handlers = {
	'GET /v1/w/{ws}/concurrency': ({ query }) => {
		const x = axisFor(query);
		return {
			range: rangeFor(query).range,
			areas: [area],
			charts: {
				x,
				charts: [chart(area.chartId, 'concurrent', { claimed: daily(9, x.count, x.stepMs, 870) })],
				deploys: [],
				spans: [],
			},
			limits: [],
		};
	},
};
