import type { Hono } from 'hono';

import type { ApiEnv } from './http/env.ts';

export function documentRoutes(_app: Hono<ApiEnv>): void {}
