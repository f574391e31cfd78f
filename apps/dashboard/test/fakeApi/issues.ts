import type { IssuePage, IssueRow } from '@lamplight/api/contract/issues';

import { daily, iso, nowMs, rangeFor, hourMs } from './figures.ts';
import { fleet, label } from './fleet.ts';
import type { Handlers } from './handler.ts';

/** As many series and points as a chart may have: one page of the fake world is drawn to its limit. */
const versions = 20;
const points = 700;

function issue(id: string): IssueRow {
	const [row] = fleet;
	if (row === undefined) throw new Error('the fake fleet is empty');
	return {
		id: id as IssueRow['id'],
		state: 'open',
		title: 'LedgerTimeout: hold for <value> not confirmed',
		errorType: 'LedgerTimeout',
		kind: 'exception',
		function: label(row),
		functions: [{ function: label(row), count: 3908 }],
		count: 3908,
		countAll: 4100,
		share: 0.0684,
		firstSeen: iso(nowMs - 26 * hourMs),
		lastSeen: iso(nowMs - 40_000),
		versions: Array.from({ length: versions }, (_, index) => String(23 + index)),
		spark: daily(4, 24, hourMs, 160),
		ignoredUntil: null,
	};
}

const ids = ['iss_00000000000000000001', 'iss_00000000000000000002'];
/** What the errors page changes. */
const states = new Map<string, IssueRow['state']>();

export const issueHandlers: Handlers = {
	'GET /v1/w/{ws}/issues': ({ query }) => ({
		range: rangeFor(query).range,
		rows: ids.map((id) => ({ ...issue(id), state: states.get(id) ?? 'open' })),
		nextCursor: null,
		counts: { open: ids.length, resolved: 0, ignored: 0, regressed: 0 },
		errors: 4100,
		grouped: 4100,
		apps: [],
	}),
	'PATCH /v1/w/{ws}/issues': ({ body }) => {
		const { ids: asked, state } = body as { ids: IssueRow['id'][]; state: IssueRow['state'] };
		const changed = asked.map((id) => ({ id, before: states.get(id) ?? ('open' as const) }));
		for (const id of asked) states.set(id, state);
		return { changed, notFound: [] };
	},
	'GET /v1/w/{ws}/issues/{issueId}': ({ params, query }): IssuePage => ({
		range: rangeFor(query).range,
		issue: issue(params['issueId'] ?? ''),
		charts: {
			x: { from: iso(nowMs - points * 60_000), stepMs: 60_000, count: points },
			charts: [
				{
					id: 'occurrences',
					series: Array.from({ length: versions }, (_, index) => ({
						id: `v${23 + index}`,
						label: `v${23 + index}`,
						unit: 'count',
						values: daily(index + 1, points, 60_000, 40),
					})),
					limits: [],
					provenance: null,
					approximate: false,
				},
			],
			deploys: [],
			spans: [],
		},
		samples: [],
		textWithheld: false,
		firstSeenAfter: null,
		cost: null,
		costOf: 0,
		changed: null,
	}),
};
