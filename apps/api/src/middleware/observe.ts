import { randomUUID } from 'node:crypto';

import type { Context } from 'hono';

import type { ApiEnv } from '../http/env.ts';
import type { Log } from '../http/log.ts';

/** The caller's request id when it is a plain one, else a new one. */
export function requestIdOf(given: string | undefined): string {
	return given !== undefined && /^[A-Za-z0-9-]{8,64}$/.test(given) ? given : randomUUID();
}

/** One line a request: what was asked, by which kind of caller, how it went. No path, no query. */
export function observe(log: Log, context: Context<ApiEnv>, durationMs: number): void {
	const routeKey = context.get('routeKey');
	if (routeKey === 'none' && context.res.status < 400) return;
	log.info('request', {
		requestId: context.get('requestId'),
		route: routeKey,
		method: context.req.method,
		status: context.res.status,
		durationMs: Math.round(durationMs * 10) / 10,
		workspaceId: context.get('ctx')?.workspaceId ?? null,
		actor: context.get('actor')?.kind ?? (context.get('signedIn') ? 'member' : null),
	});
}
