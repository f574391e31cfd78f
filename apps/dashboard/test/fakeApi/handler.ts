import type { ResponseOf, RouteKey } from '@lamplight/api/contract/client';

/** A request as a handler sees it. */
export interface Asked {
	readonly params: Readonly<Record<string, string>>;
	readonly query: URLSearchParams;
	readonly body: Readonly<Record<string, unknown>>;
}

/** Handlers of some routes; each answers what the contract says. */
export type Handlers = { [K in RouteKey]?: (asked: Asked) => ResponseOf<K> };
