import { appHandlers } from './apps.ts';
import { concurrencyHandlers } from './concurrency.ts';
import { connectionHandlers } from './connections.ts';
import { costHandlers } from './costs.ts';
import { deployHandlers } from './deploys.ts';
import { executionHandlers } from './executions.ts';
import { frameHandlers } from './frame.ts';
import { functionPageHandlers } from './functionPage.ts';
import { functionHandlers } from './functions.ts';
import type { Handlers } from './handler.ts';
import { issueHandlers } from './issues.ts';
import { logHandlers } from './logs.ts';
import { peopleHandlers } from './people.ts';

/** All that the fake API answers. */
export const handlers: Handlers = {
	...frameHandlers,
	...functionHandlers,
	...functionPageHandlers,
	...executionHandlers,
	...issueHandlers,
	...connectionHandlers,
	...appHandlers,
	...concurrencyHandlers,
	...costHandlers,
	...deployHandlers,
	...logHandlers,
	...peopleHandlers,
};
