import { LamplightError } from '@lamplight/core/errors';
import { type Context, Hono } from 'hono';

import { access } from './access.ts';
import { contract, type RouteKey } from './contract/contract.ts';
import type { ApiDeps } from './deps.ts';
import { documentRoutes } from './document.ts';
import { answer } from './http/answer.ts';
import { readRequest } from './http/read.ts';
import type { ApiEnv } from './http/env.ts';
import type { ApiRequest, Handler } from './http/handlers.ts';
import { problemOf, problemResponse } from './http/problem.ts';
import { authorize, type AuthorizeDeps } from './middleware/authorize.ts';
import { apiContentPolicy, securityHeaders } from './middleware/headers.ts';
import { createRateLimit, type RateLimit } from './middleware/rateLimit.ts';
import { observe, requestIdOf } from './middleware/observe.ts';
import { checkOrigin } from './middleware/originSecret.ts';
import { allHandlers } from './routes/all.ts';
import { createOidc } from './session/oidc.ts';
import { createPeople } from './session/people.ts';

/**
 * The API over its dependencies. Every route of the contract is mounted with the row of the
 * authorization table that belongs to it; there is no other way in.
 */
export function createApp(deps: ApiDeps): Hono<ApiEnv> {
	const { settings } = deps;
	const oidc = createOidc({
		settings: settings.oidc,
		clock: deps.wallClock,
		fetch: deps.fetch ?? fetch,
	});
	const people = createPeople({
		store: deps.store,
		clock: deps.wallClock,
		issuer: settings.oidc.issuer,
	});
	const using: AuthorizeDeps = { deps, oidc, people };
	const rateLimit = deps.rateLimit ?? createRateLimit(deps.wallClock);
	const headers = Object.entries(securityHeaders(settings.publicUrl.startsWith('https:')));

	const app = new Hono<ApiEnv>();
	app.use('*', async (context: Context<ApiEnv>, next) => {
		context.set('requestId', requestIdOf(context.req.header('x-request-id')));
		context.set('routeKey', 'none');
		const startedMs = performance.now();
		await next();
		for (const [name, value] of headers) context.res.headers.set(name, value);
		context.res.headers.set('x-request-id', context.get('requestId'));
		observe(deps.log, context, performance.now() - startedMs);
	});
	app.use('/v1/*', async (context, next) => {
		checkOrigin(settings.originSecret, context.req.header('x-lamplight-origin'));
		await next();
		if (!context.res.headers.has('content-security-policy')) {
			context.res.headers.set('content-security-policy', apiContentPolicy);
		}
	});
	app.onError((error, context) => {
		const problem = problemOf(error, context.get('requestId'));
		if (problem.status >= 500) {
			deps.log.error(
				'request failed',
				{ requestId: problem.requestId, route: context.get('routeKey') },
				error,
			);
		}
		return problemResponse(problem);
	});
	const handlers = allHandlers({ ...deps, oidc, people });
	for (const key of Object.keys(contract) as RouteKey[]) {
		mount(app, { key, handler: handlers[key] as Handler<RouteKey>, using, rateLimit, deps });
	}
	// Prometheus asks for this path by itself.
	app.get('/metrics', (context) =>
		app.request('/v1/metrics', { headers: context.req.raw.headers }),
	);
	documentRoutes(app);
	app.all('/v1/*', (context) => {
		const error = new LamplightError('not_found', 'There is no such route.');
		return problemResponse(problemOf(error, context.get('requestId')));
	});
	return app;
}

interface Mounted {
	readonly key: RouteKey;
	readonly handler: Handler<RouteKey>;
	readonly using: AuthorizeDeps;
	readonly rateLimit: RateLimit;
	readonly deps: ApiDeps;
}

function mount(app: Hono<ApiEnv>, { key, handler, using, rateLimit, deps }: Mounted): void {
	const [method = '', template = ''] = key.split(' ');
	const rule = access[key];
	const path = template.replace(/\{(\w+)\}/g, ':$1');
	app.on(method, path, async (context) => {
		context.set('routeKey', key);
		// The address counts before anybody is known, so that guessing tokens is limited too.
		await authorize(using, rule, context);
		if (rule.rate !== undefined) rateLimit(rule.rate, callerOf(context));
		const { params, query, body } = await readRequest(key, context);
		const ctx = context.get('ctx');
		const request: ApiRequest<RouteKey> = {
			params: params as ApiRequest<RouteKey>['params'],
			query: query as ApiRequest<RouteKey>['query'],
			body: body as ApiRequest<RouteKey>['body'],
			get ctx() {
				if (ctx === null) throw new Error(`${key} has no workspace`);
				return ctx;
			},
			actor: context.get('actor'),
			signedIn: context.get('signedIn'),
			may: (permission) => context.get('permissions').has(permission),
			requestId: context.get('requestId'),
			http: context,
		};
		return answer(key, await handler(request), { context, check: deps.checkAnswers ?? false });
	});
}

function callerOf(context: {
	get(key: 'actor'): ApiEnv['Variables']['actor'];
	get(key: 'signedIn'): ApiEnv['Variables']['signedIn'];
	req: { header(name: string): string | undefined };
}): string {
	const actor = context.get('actor');
	if (actor?.kind === 'token') return actor.tokenId;
	const person = context.get('signedIn');
	if (person !== null) return person.userId;
	// CloudFront appends the viewer's own address last; what comes before it anybody can write.
	return context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() ?? 'local';
}
