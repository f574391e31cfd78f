import type { RouteKey } from '../contract/contract.ts';
import type { ApiRequest, Handler, Handlers } from '../http/handlers.ts';
import type { RouteDeps } from './context.ts';

/**
 * The files of routes, each loaded when one of its routes is first called: a cold start should not
 * wait for pages that nobody asked for.
 */
const files = {
	apps: () => import('./apps.ts').then(({ appHandlers }) => appHandlers),
	billing: () => import('./billing.ts').then(({ billingHandlers }) => billingHandlers),
	concurrency: () =>
		import('./concurrency.ts').then(({ concurrencyHandlers }) => concurrencyHandlers),
	connections: () =>
		import('./connections.ts').then(({ connectionHandlers }) => connectionHandlers),
	costs: () => import('./costs.ts').then(({ costHandlers }) => costHandlers),
	deploys: () => import('./deploys.ts').then(({ deployHandlers }) => deployHandlers),
	enrolments: () => import('./enrolments.ts').then(({ enrolmentHandlers }) => enrolmentHandlers),
	executions: () => import('./executions.ts').then(({ executionHandlers }) => executionHandlers),
	exportJobs: () => import('./exportJobs.ts').then(({ exportJobHandlers }) => exportJobHandlers),
	exports: () => import('./exports.ts').then(({ exportHandlers }) => exportHandlers),
	function: () => import('./function.ts').then(({ functionHandlers }) => functionHandlers),
	functions: () =>
		import('./functions.ts').then(({ functionListHandlers }) => functionListHandlers),
	issues: () => import('./issues.ts').then(({ issueHandlers }) => issueHandlers),
	logs: () => import('./logs.ts').then(({ logHandlers }) => logHandlers),
	me: () => import('./me.ts').then(({ meHandlers }) => meHandlers),
	metrics: () => import('./metrics.ts').then(({ metricsHandlers }) => metricsHandlers),
	overview: () => import('./overview.ts').then(({ overviewHandlers }) => overviewHandlers),
	people: () => import('./people.ts').then(({ peopleHandlers }) => peopleHandlers),
	session: () => import('./session.ts').then(({ sessionHandlers }) => sessionHandlers),
	tokens: () => import('./tokens.ts').then(({ tokenHandlers }) => tokenHandlers),
	watchCost: () => import('./watchCost.ts').then(({ watchCostHandlers }) => watchCostHandlers),
	workspace: () => import('./workspace.ts').then(({ workspaceHandlers }) => workspaceHandlers),
};
type File = keyof typeof files;
type KeysOf<F extends File> = keyof ReturnType<Awaited<ReturnType<(typeof files)[F]>>>;

/** Where each route is; naming a file that does not handle it does not compile. */
const fileOf: { readonly [K in RouteKey]: { [F in File]: K extends KeysOf<F> ? F : never }[File] } =
	{
		'GET /v1/session/sign-in': 'session',
		'GET /v1/session/callback': 'session',
		'POST /v1/session/refresh': 'session',
		'POST /v1/session/sign-out': 'session',
		'GET /v1/me': 'me',
		'POST /v1/workspaces': 'me',
		'GET /v1/invitations/{token}': 'me',
		'POST /v1/invitations/{token}/accept': 'me',
		'GET /v1/w/{ws}': 'workspace',
		'PATCH /v1/w/{ws}': 'workspace',
		'DELETE /v1/w/{ws}': 'workspace',
		'GET /v1/w/{ws}/search': 'workspace',
		'GET /v1/w/{ws}/views': 'workspace',
		'POST /v1/w/{ws}/views': 'workspace',
		'DELETE /v1/w/{ws}/views/{viewId}': 'workspace',
		'GET /v1/w/{ws}/overview': 'overview',
		'GET /v1/w/{ws}/functions': 'functions',
		'GET /v1/w/{ws}/functions/{functionId}': 'function',
		'GET /v1/w/{ws}/functions/{functionId}/series': 'function',
		'GET /v1/w/{ws}/functions/{functionId}/heatmap': 'function',
		'GET /v1/w/{ws}/functions/{functionId}/cost': 'function',
		'GET /v1/w/{ws}/functions/{functionId}/history': 'function',
		'GET /v1/w/{ws}/functions/{functionId}/executions': 'executions',
		'GET /v1/w/{ws}/functions/{functionId}/executions/{requestId}': 'executions',
		'GET /v1/w/{ws}/functions/{functionId}/executions/{requestId}/neighbours': 'executions',
		'POST /v1/w/{ws}/logs/estimate': 'logs',
		'POST /v1/w/{ws}/logs/searches': 'logs',
		'GET /v1/w/{ws}/logs/searches/{searchId}': 'logs',
		'GET /v1/w/{ws}/logs/tail': 'logs',
		'GET /v1/w/{ws}/logs/context': 'logs',
		'GET /v1/w/{ws}/issues': 'issues',
		'PATCH /v1/w/{ws}/issues': 'issues',
		'GET /v1/w/{ws}/issues/{issueId}': 'issues',
		'PATCH /v1/w/{ws}/issues/{issueId}': 'issues',
		'GET /v1/w/{ws}/apps': 'apps',
		'GET /v1/w/{ws}/apps/{appId}': 'apps',
		'GET /v1/w/{ws}/costs': 'costs',
		'GET /v1/w/{ws}/watch-cost': 'watchCost',
		'GET /v1/w/{ws}/deploys': 'deploys',
		'POST /v1/w/{ws}/deploys': 'deploys',
		'GET /v1/w/{ws}/deploys/{deployId}': 'deploys',
		'GET /v1/w/{ws}/concurrency': 'concurrency',
		'GET /v1/w/{ws}/billing-sources': 'billing',
		'POST /v1/w/{ws}/billing-sources': 'billing',
		'DELETE /v1/w/{ws}/billing-sources/{sourceId}': 'billing',
		'POST /v1/w/{ws}/billing-sources/{sourceId}/imports': 'billing',
		'GET /v1/w/{ws}/billing-sources/{sourceId}/imports': 'billing',
		'GET /v1/w/{ws}/connections': 'connections',
		'GET /v1/w/{ws}/connections/{connectionId}': 'connections',
		'PATCH /v1/w/{ws}/connections/{connectionId}': 'connections',
		'DELETE /v1/w/{ws}/connections/{connectionId}': 'connections',
		'POST /v1/w/{ws}/connections/{connectionId}/check': 'connections',
		'GET /v1/w/{ws}/enrolments/estimate': 'enrolments',
		'POST /v1/w/{ws}/enrolments': 'enrolments',
		'GET /v1/w/{ws}/enrolments/{enrolmentId}': 'enrolments',
		'GET /v1/w/{ws}/enrolments/{enrolmentId}/template': 'enrolments',
		'POST /v1/w/{ws}/enrolments/{enrolmentId}/verify': 'enrolments',
		'DELETE /v1/w/{ws}/enrolments/{enrolmentId}': 'enrolments',
		'GET /v1/w/{ws}/members': 'people',
		'PATCH /v1/w/{ws}/members/{userId}': 'people',
		'DELETE /v1/w/{ws}/members/{userId}': 'people',
		'POST /v1/w/{ws}/invitations': 'people',
		'DELETE /v1/w/{ws}/invitations/{invitationId}': 'people',
		'GET /v1/w/{ws}/tokens': 'tokens',
		'POST /v1/w/{ws}/tokens': 'tokens',
		'DELETE /v1/w/{ws}/tokens/{tokenId}': 'tokens',
		'GET /v1/w/{ws}/audit': 'people',
		'GET /v1/w/{ws}/exports/functions.csv': 'exports',
		'GET /v1/w/{ws}/exports/costs.csv': 'exports',
		'GET /v1/w/{ws}/exports/costs.json': 'exports',
		'GET /v1/w/{ws}/exports/focus.csv': 'exports',
		'POST /v1/w/{ws}/exports': 'exportJobs',
		'GET /v1/w/{ws}/exports': 'exportJobs',
		'GET /v1/w/{ws}/exports/{exportId}': 'exportJobs',
		'GET /v1/metrics': 'metrics',
	};

/** The handler of every route of the contract; its file is loaded with its first call. */
export function allHandlers(deps: RouteDeps): Handlers {
	const loaded = new Map<File, Promise<Partial<Handlers>>>();
	const load = (file: File) => {
		const known = loaded.get(file);
		if (known !== undefined) return known;
		const loading = files[file]().then((make): Partial<Handlers> => make(deps));
		// A file that could not be read is tried again by the next call.
		loading.catch(() => loaded.delete(file));
		loaded.set(file, loading);
		return loading;
	};
	const handlerOf =
		<K extends RouteKey>(key: K): Handler<K> =>
		async (request: ApiRequest<K>) => {
			const handler = (await load(fileOf[key]))[key];
			if (handler === undefined) throw new Error(`${key} has no handler`);
			return handler(request);
		};
	const keys = Object.keys(fileOf) as RouteKey[];
	return Object.fromEntries(keys.map((key) => [key, handlerOf(key)])) as unknown as Handlers;
}
