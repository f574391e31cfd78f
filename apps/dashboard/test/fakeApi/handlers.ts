import type { ResponseOf, RouteKey } from '@lamplight/api/contract/client';

import { frameHandlers } from './frame.ts';
import { functionHandlers } from './functions.ts';
import { issueHandlers } from './issues.ts';

/** A request as a handler sees it. */
export interface Asked {
	readonly params: Readonly<Record<string, string>>;
	readonly query: URLSearchParams;
	readonly body: Readonly<Record<string, unknown>>;
}

/** Handlers of some routes; each answers what the contract says. */
export type Handlers = { [K in RouteKey]?: (asked: Asked) => ResponseOf<K> };

export const handlers: Handlers = { ...frameHandlers, ...functionHandlers, ...issueHandlers };
