import { LamplightError } from '@lamplight/core/errors';
import type { Context } from 'hono';

import { contract, type RouteKey } from '../contract/contract.ts';
import type { RouteContract } from '../contract/define.ts';
import { compress, type Encoded, etagOf, matchesEtag } from '../middleware/headers.ts';
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
		...(route.fileName === undefined
			? {}
			: { 'content-disposition': `attachment; filename="${route.fileName}"` }),
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
	checkSize(encoded);
	return new Response(encoded.body, { status, headers });
}

// A Function URL answers at most 6 MB, compressed bodies as base64 (Lambda quotas, "Invocation
// payload", read 2026-11); some of it is for headers and the envelope.
const maxAnswerBytes = 5_500_000;

/** Refuses what Lambda would not carry, in words, before it does so without any. */
function checkSize({ body, encoding }: Encoded): void {
	const bytes = Buffer.byteLength(body);
	const carried = encoding === null ? bytes : Math.ceil(bytes / 3) * 4;
	if (carried <= maxAnswerBytes) return;
	const how = encoding === null ? ', or let it be compressed (Accept-Encoding: gzip)' : '';
	throw new LamplightError(
		'too_large',
		`This answer would be ${(carried / 1e6).toFixed(1)} MB; one holds ${maxAnswerBytes / 1e6} MB. Choose a shorter range, an account or an app${how}.`,
		{ details: { limit: 'answerBytes', max: maxAnswerBytes, bytes: carried } },
	);
}
