import type { AppRow } from '@lamplight/api/contract/apps';

import { axisFor, chart, compared, daily, hourMs, iso, money, nowMs, rangeFor } from './figures.ts';
import { fleet, groupRows, sumOf } from './fleet.ts';
import type { Handlers } from './handler.ts';
import { deploy } from './overview.ts';

const rows: readonly AppRow[] = groupRows(fleet, 'app').flatMap((group, index) =>
	group.app === null
		? []
		: [
				{
					app: group.app,
					owner: group.owner,
					accounts: ['111122223333'],
					regions: ['eu-west-1'],
					functions: group.count,
					openIssues: index === 0 ? 1 : 0,
					lastDeployAt: group.lastDeployAt,
					figures: group.figures,
					cost: { value: group.figures.cost, previous: money(100) },
					spark: group.spark,
				},
			],
);

export const appHandlers: Handlers = {
	'GET /v1/w/{ws}/apps': ({ query }) => ({
		...rangeFor(query),
		comparedWithout: [],
		rows: [...rows],
		withoutApp: { functions: 92, figures: sumOf(fleet.filter(({ app }) => app === null)) },
		total: sumOf(fleet),
		limits: [],
	}),
	'GET /v1/w/{ws}/apps/{appId}': ({ params, query }) => {
		const row = rows.find(({ app }) => app.id === params['appId']) ?? rows[0];
		if (row === undefined) throw new Error('the fake fleet has no app');
		const functions = fleet.filter(({ app }) => app?.id === row.app.id);
		const x = axisFor(query);
		const series = (seed: number, top: number) => daily(seed, x.count, x.stepMs, top);
		return {
			...rangeFor(query),
			app: { ...row, cost: compared(120, 110) },
			previous: row.figures,
			comparedWithout: [],
			charts: {
				x,
				charts: [
					chart('invocations', 'count', { invocations: series(1, 900), errors: series(2, 4) }),
					chart('duration', 'ms', { p50: series(3, 90), p95: series(4, 300) }),
					chart('cost', 'usd', { compute: series(5, 3) }),
				],
				deploys: [deploy],
				spans: [],
			},
			functions: functions.slice(0, 20),
			functionsTotal: functions.length,
			deploys: [deploy],
			issues: [
				{
					issueId: 'iss_00000000000000000001',
					title: 'LedgerTimeout: hold for <value> not confirmed',
					functionName: 'checkout-authorise',
					count: 3908,
					lastSeen: iso(nowMs - hourMs),
				},
			],
			unpriced: [],
			limits: [],
		};
	},
};
