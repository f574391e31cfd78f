import type { Context } from 'hono';

import { contract, type RouteKey } from '../contract/contract.ts';
import type { RouteContract } from '../contract/define.ts';
import { compress, etagOf, matchesEtag } from '../middleware/headers.ts';
import type { ApiEnv } from './env.ts';

interface AnswerOptions {
	readonly context: Context<ApiEnv>;
	/** Holds the answer against its schema; an answer that does not fit is a fault of ours. */
	readonly check: boolean;
}

/** A handler's result as a response: tagged, compressed, never kept by anybody but the caller. */
export function answer(
	key: RouteKey,
	result: unknown,
	{ context, check }: AnswerOptions,
): Response {
	if (result instanceof Response) return result;
	const route: RouteContract = contract[key];
	const status = route.status ?? 200;
	if (route.response === null) return new Response(null, { status });
	if (check) route.response.parse(result);
	const body = typeof result === 'string' ? result : JSON.stringify(result);
	const headers = new Headers({
		'content-type': `${route.mediaType ?? 'application/json'}; charset=utf-8`,
		vary: 'authorization, accept-encoding',
	});
	if (context.req.method === 'GET' || context.req.method === 'HEAD') {
		const etag = etagOf(body);
		headers.set('etag', etag);
		headers.set('cache-control', 'private, no-cache');
		if (matchesEtag(context.req.header('if-none-match'), etag)) {
			return new Response(null, { status: 304, headers });
		}
	} else headers.set('cache-control', 'no-store');
	const encoded = compress(body, context.req.header('accept-encoding'));
	if (encoded.encoding !== null) headers.set('content-encoding', encoded.encoding);
	return new Response(encoded.body, { status, headers });
}
