import type * as z from 'zod';

import type { Contract, RouteKey } from './contract.ts';

export type { Contract, RouteKey } from './contract.ts';

type Input<K extends RouteKey, Part extends string> = Part extends keyof Contract[K]
	? Contract[K][Part] extends z.ZodType
		? z.input<Contract[K][Part]>
		: undefined
	: undefined;

/** The path parameters, query and body that a route takes; each `undefined` where it takes none. */
export type ParamsOf<K extends RouteKey> = Input<K, 'params'>;
export type QueryOf<K extends RouteKey> = Input<K, 'query'>;
export type BodyOf<K extends RouteKey> = Input<K, 'body'>;

/** What a route answers; `null` for one without a body. */
export type ResponseOf<K extends RouteKey> = Contract[K]['response'] extends z.ZodType
	? z.output<Contract[K]['response']>
	: null;

type Part<Name extends string, T> = [T] extends [undefined]
	? { readonly [K in Name]?: undefined }
	: Partial<T> extends T
		? { readonly [K in Name]?: T }
		: { readonly [K in Name]: T };

/** Everything a call needs: `{ params, query, body }`, each required only where the route needs it. */
export type RequestOf<K extends RouteKey> = Part<'params', ParamsOf<K>> &
	Part<'query', QueryOf<K>> &
	Part<'body', BodyOf<K>>;

/**
 * A typed client: `call('GET /v1/w/{ws}/overview', { params: { ws }, query: { from } })`. The key
 * holds the method and the path, so that a client needs these types and no code of ours.
 */
export type Call = <K extends RouteKey>(
	key: K,
	request: RequestOf<K>,
	options?: { readonly signal?: AbortSignal },
) => Promise<ResponseOf<K>>;
