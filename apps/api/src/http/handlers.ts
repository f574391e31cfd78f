import type { Actor, Ctx } from '@lamplight/core/ctx';
import type { Context } from 'hono';
import type * as z from 'zod';

import type { Contract, RouteKey } from '../contract/contract.ts';
import type { Permission } from '../contract/session.ts';
import type { ApiEnv, SignedIn } from './env.ts';

type Output<K extends RouteKey, Part extends string> = Part extends keyof Contract[K]
	? Contract[K][Part] extends z.ZodType
		? z.output<Contract[K][Part]>
		: undefined
	: undefined;

/** A request as its handler sees it: parsed, and allowed. */
export interface ApiRequest<K extends RouteKey> {
	readonly params: Output<K, 'params'>;
	readonly query: Output<K, 'query'>;
	readonly body: Output<K, 'body'>;
	/** The workspace and actor. Reading it on a route without a workspace is a fault. */
	readonly ctx: Ctx;
	readonly actor: Actor | null;
	readonly signedIn: SignedIn | null;
	readonly may: (permission: Permission) => boolean;
	readonly requestId: string;
	readonly http: Context<ApiEnv>;
}

type Answer<K extends RouteKey> = Contract[K]['response'] extends z.ZodType
	? z.output<Contract[K]['response']>
	: null;

/** A route's handler: its answer as data, or a `Response` for redirects and cookies. */
export type Handler<K extends RouteKey> = (request: ApiRequest<K>) => Promise<Answer<K> | Response>;

export type Handlers<K extends RouteKey = RouteKey> = { readonly [Key in K]: Handler<Key> };
