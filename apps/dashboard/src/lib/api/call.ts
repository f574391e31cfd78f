import type { Call, RequestOf, ResponseOf, RouteKey } from '@lamplight/api/contract/client';

import { ApiProblem, asProblem, readProblem } from './problem.ts';

/** How long a call may take; the server's own limit is 60 s. */
const callTimeoutMs = 60_000;

export interface CallDeps {
	readonly fetch: typeof fetch;
	/** The access token; `fresh` asks for a new one. `null` when there is no session. */
	accessToken(fresh: boolean): Promise<string | null>;
}

/** Routes that answer without a session. */
const open: ReadonlySet<string> = new Set(['GET /v1/invitations/{token}']);

type Values = Readonly<Record<string, unknown>>;

/** The path and query of a route: `{ws}` and its like replaced, undefined left out, lists repeated. */
export function requestPath(key: string, params: Values = {}, query: Values = {}): string {
	const template = key.slice(key.indexOf(' ') + 1);
	const path = template.replace(/\{(\w+)\}/g, (_, name: string) =>
		encodeURIComponent(textOf(params[name])),
	);
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) {
		for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
			if (one !== undefined && one !== null) search.append(name, textOf(one));
		}
	}
	const text = search.toString();
	return text === '' ? path : `${path}?${text}`;
}

function textOf(value: unknown): string {
	if (typeof value === 'string') return value;
	return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** A typed client of the API. A 401 is tried once more with a fresh token; failures are `ApiProblem`s. */
export function createCall(deps: CallDeps): Call {
	return async function call<K extends RouteKey>(
		key: K,
		request: RequestOf<K>,
		options: { readonly signal?: AbortSignal } = {},
	): Promise<ResponseOf<K>> {
		const response = await send(deps, key, request, options.signal);
		if (!response.ok) throw await readProblem(response);
		if (response.status === 204) return null as ResponseOf<K>;
		const isJson = response.headers.get('content-type')?.includes('json') ?? false;
		return (isJson ? await response.json() : await response.text()) as ResponseOf<K>;
	};
}

/** The answer as it came, for downloads whose body is a file. */
export async function send<K extends RouteKey>(
	deps: CallDeps,
	key: K,
	request: RequestOf<K>,
	signal?: AbortSignal,
): Promise<Response> {
	const { params, query, body } = request as Partial<Record<'params' | 'query' | 'body', Values>>;
	const path = requestPath(key, params, query);
	const attempt = async (token: string | null) =>
		deps.fetch(path, {
			method: key.slice(0, key.indexOf(' ')),
			headers: {
				accept: 'application/json',
				...(token === null ? {} : { authorization: `Bearer ${token}` }),
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
			signal: AbortSignal.any([
				AbortSignal.timeout(callTimeoutMs),
				...(signal === undefined ? [] : [signal]),
			]),
		});
	try {
		const token = await deps.accessToken(false);
		if (token === null && !open.has(key)) {
			throw new ApiProblem(401, { detail: 'Nobody is signed in.' });
		}
		const response = await attempt(token);
		return response.status === 401 ? await attempt(await deps.accessToken(true)) : response;
	} catch (error) {
		if (signal?.aborted === true) throw error;
		throw asProblem(error);
	}
}
