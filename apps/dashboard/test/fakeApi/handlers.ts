import { connectionHandlers } from './connections.ts';
import { executionHandlers } from './executions.ts';
import { frameHandlers } from './frame.ts';
import { functionPageHandlers } from './functionPage.ts';
import { functionHandlers } from './functions.ts';
import type { Handlers } from './handler.ts';
import { issueHandlers } from './issues.ts';

/** All that the fake API answers. */
export const handlers: Handlers = {
	...frameHandlers,
	...functionHandlers,
	...functionPageHandlers,
	...executionHandlers,
	...issueHandlers,
	...connectionHandlers,
};
