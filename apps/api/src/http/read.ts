import { LamplightError } from '@lamplight/core/errors';
import type { Context } from 'hono';

import { contract, type RouteKey } from '../contract/contract.ts';
import type { RouteContract } from '../contract/define.ts';
import type { ApiEnv } from './env.ts';
import { parsePart } from './problem.ts';

/** The most bytes of a body, but for uploads. */
export const maxBodyBytes = 64 * 1_024;
// A Function URL takes 6 MB in all (Lambda quotas, "Invocation payload", read 2026-11).
export const maxUploadBytes = 5 * 1_024 * 1_024;

const uploads: ReadonlySet<RouteKey> = new Set([
	'POST /v1/w/{ws}/billing-sources/{sourceId}/imports',
]);

/** A request's parts, each parsed by its schema; throws `invalid_input` with every field named. */
export async function readRequest(key: RouteKey, context: Context<ApiEnv>) {
	const route: RouteContract = contract[key];
	const params =
		route.params === undefined
			? undefined
			: parsePart<unknown>('path', route.params, context.req.param());
	const query =
		route.query === undefined
			? undefined
			: parsePart<unknown>('query', route.query, queryOf(context));
	const body =
		route.body === undefined
			? undefined
			: parsePart<unknown>('body', route.body, await jsonBody(key, context));
	return { params, query, body };
}

/** A parameter given once is text, given again a list. */
function queryOf(context: Context<ApiEnv>): Record<string, string | string[]> {
	const single: Record<string, string | string[]> = {};
	for (const [name, values] of Object.entries(context.req.queries())) {
		const [first] = values;
		if (values.length > 1) single[name] = values;
		else if (first !== undefined) single[name] = first;
	}
	return single;
}

async function jsonBody(key: RouteKey, context: Context<ApiEnv>): Promise<unknown> {
	const type = context.req.header('content-type') ?? '';
	if (!/^application\/json(\s*;|$)/i.test(type)) {
		throw new LamplightError('invalid_input', 'header.content-type: expected application/json', {
			fields: [
				{
					path: 'header.content-type',
					message: 'expected application/json',
					received: type.slice(0, 60),
				},
			],
		});
	}
	const text = await bodyText(context, uploads.has(key) ? maxUploadBytes : maxBodyBytes);
	try {
		return JSON.parse(text) as unknown;
	} catch {
		throw new LamplightError('invalid_input', 'body: expected JSON', {
			fields: [{ path: 'body', message: 'expected JSON', received: text.slice(0, 60) }],
		});
	}
}

async function bodyText(context: Context<ApiEnv>, maxBytes: number): Promise<string> {
	const tooLarge = () =>
		new LamplightError('too_large', `A body may hold ${maxBytes} bytes.`, {
			details: { limit: 'bodyBytes', max: maxBytes },
		});
	const stream = context.req.raw.body;
	if (stream === null) return '';
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) {
		bytes += chunk.byteLength;
		if (bytes > maxBytes) throw tooLarge();
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString('utf8');
}
