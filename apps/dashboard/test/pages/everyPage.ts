import type { RouteKey } from '@lamplight/api/contract/client';

import { enrolmentId } from '../fakeApi/connections.ts';
import { fleet } from '../fakeApi/fleet.ts';
import { connectionId, deploy } from '../fakeApi/overview.ts';

/** A page that reads something, with what it says when that fails and when it is there. */
export interface ReadPage {
	/** Its folder within a workspace's routes. */
	readonly route: string;
	readonly path: string;
	/** What it cannot be drawn without. */
	readonly key: RouteKey;
	/** By what name that is said to be unreadable. */
	readonly what: string;
	/** Its title before anything is read. */
	readonly title: string;
	/** A heading, or words in bold, that only the answer brings. */
	readonly brings: string;
}

const base = 'GET /v1/w/{ws}';
const functionKey = `${base}/functions/{functionId}` as const;
const functionPath = `/functions/${encodeURIComponent(fleet[0]?.id ?? '')}`;
const functionName = fleet[0]?.name ?? '';
const execution = '7d1e4f0a-52c8-4b19-9d3e-000000000001';
const tabs = 'functions/[id]/(tabs)';

/** Every page of a workspace that reads from the API; `more` is a list of links. */
export const readPages: readonly ReadPage[] = [
	page('', '', `${base}/overview`, 'the overview', 'Overview', 'Invocations and errors'),
	page('functions', '/functions', `${base}/functions`, 'functions', 'Functions', 'Fleet, 1,200'),
	page(tabs, functionPath, functionKey, 'this function', functionName, 'Cold starts'),
	page(
		`${tabs}/invocations`,
		`${functionPath}/invocations`,
		`${functionKey}/executions`,
		'executions',
		functionName,
		'kept: failures, extremes and a sample',
	),
	page(
		`${tabs}/errors`,
		`${functionPath}/errors`,
		`${base}/issues`,
		'issues',
		functionName,
		'failures that happened the same way',
	),
	page(
		`${tabs}/cost`,
		`${functionPath}/cost`,
		`${functionKey}/cost`,
		'the cost',
		functionName,
		'Component by component',
	),
	page(
		`${tabs}/configuration`,
		`${functionPath}/configuration`,
		functionKey,
		'this function',
		functionName,
		'Versions and scaling',
	),
	page(
		`${tabs}/logs`,
		`${functionPath}/logs?run=yes`,
		'POST /v1/w/{ws}/logs/searches',
		'log lines',
		functionName,
		'Lines by time',
	),
	page(
		'functions/[id]/invocations/[requestId]',
		`${functionPath}/invocations/${execution}`,
		`${functionKey}/executions/{requestId}`,
		'this execution',
		'Execution 7d1e4f0a',
		'Where it belongs',
	),
	page('apps', '/apps', `${base}/apps`, 'apps', 'Apps', 'No app'),
	page('apps/[id]', '/apps/sst:rates%2Fprod', `${base}/apps/{appId}`, 'this app', 'App', 'Issues'),
	page(
		'logs',
		'/logs?app=sst:rates%2Fprod&run=yes',
		'POST /v1/w/{ws}/logs/searches',
		'log lines',
		'Logs',
		'Lines by time',
	),
	page('errors', '/errors', `${base}/issues`, 'issues', 'Errors', 'Last 24 hours'),
	page(
		'errors/[id]',
		'/errors/iss_00000000000000000001',
		`${base}/issues/{issueId}`,
		'this issue',
		'Issue',
		'When it happened',
	),
	page('deploys', '/deploys', `${base}/deploys`, 'deploys', 'Deploys', 'checkout'),
	page(
		'deploys/[id]',
		`/deploys/${deploy.id}`,
		`${base}/deploys/{deployId}`,
		'this deploy',
		'Deploy',
		'Function by function',
	),
	page(
		'concurrency',
		'/concurrency',
		`${base}/concurrency`,
		'concurrency',
		'Concurrency',
		'Who starved',
	),
	page('costs', '/costs', `${base}/costs`, 'costs', 'Costs', 'Cost per day'),
	page(
		'watch-cost',
		'/watch-cost',
		`${base}/watch-cost`,
		'the watch cost',
		'Watch cost',
		'By account',
	),
	page(
		'connections',
		'/connections',
		`${base}/connections`,
		'connections',
		'Connections',
		'Accounts',
	),
	page(
		'connections/[id]',
		`/connections/${connectionId}`,
		`${base}/connections/{connectionId}`,
		'this connection',
		'Connection',
		'What to change',
	),
	page(
		'connections/new',
		'/connections/new',
		`${base}/enrolments/estimate`,
		'the estimate',
		'Connect an account',
		'Every function runs at least once an hour.',
	),
	page(
		'connections/new/[enrolment]',
		`/connections/new/${enrolmentId}`,
		`${base}/enrolments/{enrolmentId}`,
		'this enrolment',
		'Make the role',
		'Accounts',
	),
	page('settings', '/settings', base, 'the settings', 'Settings', 'How long data is kept'),
	page(
		'settings/members',
		'/settings/members',
		`${base}/members`,
		'members',
		'Settings',
		'mira@example.com',
	),
	page(
		'settings/tokens',
		'/settings/tokens',
		`${base}/tokens`,
		'tokens',
		'Settings',
		'nightly export',
	),
	page(
		'settings/audit',
		'/settings/audit',
		`${base}/audit`,
		'the audit log',
		'Settings',
		'settings.changed',
	),
];

function page(
	route: string,
	path: string,
	key: RouteKey,
	what: string,
	title: string,
	brings: string,
): ReadPage {
	return { route, path, key, what, title, brings };
}
