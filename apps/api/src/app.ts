import { LamplightError } from '@lamplight/core/errors';
import { type Context, Hono } from 'hono';

import { type Access, access } from './access.ts';
import { contract, type RouteKey } from './contract/contract.ts';
import type { ApiDeps, ApiSettings } from './deps.ts';
import { documentRoutes } from './document.ts';
import { answer } from './http/answer.ts';
import { readRequest } from './http/read.ts';
import type { ApiEnv } from './http/env.ts';
import type { ApiRequest, Handler } from './http/handlers.ts';
import { problemOf, problemResponse } from './http/problem.ts';
import { authorize, type AuthorizeDeps } from './middleware/authorize.ts';
import { apiContentPolicy, securityHeaders } from './middleware/headers.ts';
import { createRateLimit, type RateLimit, takeShared } from './middleware/rateLimit.ts';
import { observe, requestIdOf } from './middleware/observe.ts';
import { createWatched, type Watched } from './middleware/watched.ts';
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
	const shared = { using, rateLimit, watched: createWatched(deps), deps };
	const handlers = allHandlers({ ...deps, oidc, people });
	for (const key of Object.keys(contract) as RouteKey[]) {
		mount(app, { key, handler: handlers[key] as Handler<RouteKey>, ...shared });
	}
	// Prometheus asks for this path by itself.
	app.get('/metrics', (context) => app.request('/v1/metrics', { headers: withId(context) }));
	documentRoutes(app);
	app.all('/v1/*', (context) => {
		const error = new LamplightError('not_found', 'There is no such route.');
		return problemResponse(problemOf(error, context.get('requestId')));
	});
	return app;
}

/** The headers as they came, under the id that this request has been given. */
function withId(context: Context<ApiEnv>): Headers {
	const headers = new Headers(context.req.raw.headers);
	headers.set('x-request-id', context.get('requestId'));
	return headers;
}

interface Mounted {
	readonly key: RouteKey;
	readonly handler: Handler<RouteKey>;
	readonly using: AuthorizeDeps;
	readonly rateLimit: RateLimit;
	readonly watched: Watched;
	readonly deps: ApiDeps;
}

function mount(app: Hono<ApiEnv>, mounted: Mounted): void {
	const { key, handler, using, rateLimit, watched, deps } = mounted;
	const [method = '', template = ''] = key.split(' ');
	const rule = access[key];
	const path = template.replace(/\{(\w+)\}/g, ':$1');
	app.on(method, path, async (context) => {
		context.set('routeKey', key);
		await authorize(using, rule, context).catch((error: unknown) => {
			// Nobody is known yet: the address counts, so that guessing tokens is limited too.
			const refused = error instanceof LamplightError && error.code === 'unauthenticated';
			// On this machine there is one address, and nobody to guess.
			if (refused && deps.settings.originSecret !== null) {
				rateLimit('refusals', addressOf(context, deps.settings));
			}
			throw error;
		});
		await limit(context, { rule, rateLimit, deps });
		await watched(context.get('ctx'));
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

interface Limited extends Pick<Mounted, 'rateLimit' | 'deps'> {
	readonly rule: Access;
}

async function limit(context: Context<ApiEnv>, { rule, rateLimit, deps }: Limited): Promise<void> {
	if (rule.rate === undefined) return;
	const when = rule.to === 'members' ? rule.ratedWhen : undefined;
	if (when !== undefined && !(context.req.queries(when.query) ?? []).includes(when.is)) return;
	const actor = context.get('actor');
	const known = actor?.kind === 'token' ? actor.tokenId : context.get('signedIn')?.userId;
	const who = known ?? addressOf(context, deps.settings);
	rateLimit(rule.rate, who);
	const ctx = context.get('ctx');
	if (ctx !== null && deps.rateLimit === undefined) {
		await takeShared(deps, ctx, { rate: rule.rate, who });
	}
}

/**
 * Where a call comes from. Behind CloudFront our own distribution says so, over whatever the caller
 * wrote; without it, on this machine, nobody does.
 */
function addressOf(context: Context<ApiEnv>, { originSecret }: ApiSettings): string {
	if (originSecret === null) return 'local';
	return context.req.header('x-lamplight-viewer') ?? 'unknown';
}
