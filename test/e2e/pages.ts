import type { AppsPage } from '@lamplight/api/contract/apps';
import type { ConnectionsPage } from '@lamplight/api/contract/connections';
import type { DeployRow } from '@lamplight/api/contract/deploys';
import type { ExecutionsPage } from '@lamplight/api/contract/executions';
import type { FunctionRow } from '@lamplight/api/contract/functions';
import type { IssuesPage } from '@lamplight/api/contract/issues';

import type { Paths } from '../../apps/dashboard/src/lib/nav/paths.ts';
import type { Visit } from '../support/dashboard.ts';

/** One of each kind that exists in the world and has something to show. */
export interface Seen {
	readonly functionId: string;
	readonly execution: { readonly requestId: string; readonly at: string };
	readonly appId: string;
	readonly issueId: string;
	readonly deployId: string;
	readonly connectionId: string;
	readonly enrolmentId: string;
}

export interface ProductPage {
	readonly name: string;
	/** Its folder under the dashboard's routes. */
	readonly route: string;
	readonly path: (to: Paths, seen: Seen) => string;
	/** A list of links or a form has figures to explain no more than a menu has. */
	readonly hasReading: boolean;
}

const ws = 'w/[ws]';
const tabs = `${ws}/functions/[id]/(tabs)`;

const figures = (
	name: string,
	route: string,
	path: (to: Paths, seen: Seen) => string,
): ProductPage => ({ name, route, path, hasReading: true });

const form = (
	name: string,
	route: string,
	path: (to: Paths, seen: Seen) => string,
): ProductPage => ({ name, route, path, hasReading: false });

/** Every page within a workspace. */
export const productPages: readonly ProductPage[] = [
	figures('overview', ws, (to) => to.overview()),
	figures('functions', `${ws}/functions`, (to) => to.functions()),
	figures('function', tabs, (to, { functionId }) => to.function(functionId)),
	figures('function-invocations', `${tabs}/invocations`, (to, { functionId }) =>
		to.function(functionId, 'invocations'),
	),
	figures('function-logs', `${tabs}/logs`, (to, { functionId }) => to.function(functionId, 'logs')),
	figures('function-errors', `${tabs}/errors`, (to, { functionId }) =>
		to.function(functionId, 'errors'),
	),
	figures('function-cost', `${tabs}/cost`, (to, { functionId }) => to.function(functionId, 'cost')),
	figures('function-configuration', `${tabs}/configuration`, (to, { functionId }) =>
		to.function(functionId, 'configuration'),
	),
	figures(
		'execution',
		`${ws}/functions/[id]/invocations/[requestId]`,
		(to, { functionId, execution: { requestId, at } }) =>
			to.execution(functionId, requestId, { at }),
	),
	figures('apps', `${ws}/apps`, (to) => to.apps()),
	figures('app', `${ws}/apps/[id]`, (to, { appId }) => to.app(appId)),
	figures('logs', `${ws}/logs`, (to) => to.logs()),
	figures('errors', `${ws}/errors`, (to) => to.errors()),
	figures('issue', `${ws}/errors/[id]`, (to, { issueId }) => to.issue(issueId)),
	figures('deploys', `${ws}/deploys`, (to) => to.deploys()),
	figures('deploy', `${ws}/deploys/[id]`, (to, { deployId }) => to.deploy(deployId)),
	figures('concurrency', `${ws}/concurrency`, (to) => to.concurrency()),
	figures('costs', `${ws}/costs`, (to) => to.costs()),
	figures('watch-cost', `${ws}/watch-cost`, (to) => to.watchCost()),
	figures('connections', `${ws}/connections`, (to) => to.connections()),
	figures('connection', `${ws}/connections/[id]`, (to, { connectionId }) =>
		to.connection(connectionId),
	),
	form('connect', `${ws}/connections/new`, (to) => to.connect()),
	form('enrolment', `${ws}/connections/new/[enrolment]`, (to, { enrolmentId }) =>
		to.enrolment(enrolmentId),
	),
	form('settings', `${ws}/settings`, (to) => to.settings()),
	form('settings-members', `${ws}/settings/members`, (to) => to.settings('members')),
	form('settings-tokens', `${ws}/settings/tokens`, (to) => to.settings('tokens')),
	form('settings-audit', `${ws}/settings/audit`, (to) => to.settings('audit')),
	form('more', `${ws}/more`, (to) => to.more()),
];

/** Pages that need no workspace: they have tests of their own. */
export const outerRoutes: readonly string[] = ['', 'sign-in', 'invitations/[token]'];

/**
 * Finds one of each kind to look at: the function that fails most, a failed execution of it, and so
 * on. `null` while the collector has not read enough of the past.
 */
export async function findSeen(get: Visit['get'], workspaceId: string): Promise<Seen | null> {
	const base = `/v1/w/${workspaceId}`;
	const functions = await get<{ rows: readonly FunctionRow[] }>(
		`${base}/functions?sort=errors&order=desc&limit=10`,
	);
	const apps = await get<AppsPage>(`${base}/apps`);
	const issues = await get<IssuesPage>(`${base}/issues`);
	const deploys = await get<{ rows: readonly DeployRow[] }>(`${base}/deploys?from=now-7d`);
	const connections = await get<ConnectionsPage>(`${base}/connections`);
	for (const { id } of functions.rows) {
		const executions = await get<ExecutionsPage>(
			`${base}/functions/${encodeURIComponent(id)}/executions`,
		);
		const execution = executions.rows.find(({ status }) => status !== 'ok') ?? executions.rows[0];
		const [app] = apps.rows;
		const [issue] = issues.rows;
		const [deploy] = deploys.rows;
		const connection =
			connections.rows.find(({ state }) => state === 'degraded') ?? connections.rows[0];
		if (!execution || !app || !issue || !deploy || !connection) continue;
		return {
			functionId: id,
			execution: { requestId: execution.requestId, at: execution.at },
			appId: app.app.id,
			issueId: issue.id,
			deployId: deploy.id,
			connectionId: connection.id,
			enrolmentId: connection.enrolmentId,
		};
	}
	return null;
}
