import type { BodyOf, QueryOf } from '@lamplight/api/contract/client';

import { call, liveIntervalMs } from '#lib/api/client.ts';
import type { RangeSearch } from '#lib/nav/paths.ts';
import { isLive } from '#lib/state/range.ts';

type Ask = { signal: AbortSignal };
export type IssuesRequest = QueryOf<'GET /v1/w/{ws}/issues'>;
export type IssueChange = BodyOf<'PATCH /v1/w/{ws}/issues'>;

/** Issues of a workspace, an app or a function. */
export const issuesQuery = (ws: string, query: IssuesRequest) => ({
	queryKey: ['issues', ws, query],
	queryFn: ({ signal }: Ask) =>
		call('GET /v1/w/{ws}/issues', { params: { ws }, query }, { signal }),
	refetchInterval: isLive(query) ? liveIntervalMs : (false as const),
});

/** One issue: when it happened, in which versions, with samples. */
export const issueQuery = (ws: string, id: string, range: RangeSearch) => ({
	queryKey: ['issue', ws, id, range],
	queryFn: ({ signal }: Ask) =>
		call(
			'GET /v1/w/{ws}/issues/{issueId}',
			{ params: { ws, issueId: id }, query: { ...range } },
			{ signal },
		),
});

/** Changes the state of issues; answers what each was before. */
export const changeIssues = (
	ws: string,
	ids: readonly string[],
	change: Omit<IssueChange, 'ids'>,
) => call('PATCH /v1/w/{ws}/issues', { params: { ws }, body: { ids: [...ids], ...change } });
