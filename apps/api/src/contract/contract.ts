import { appRoutes } from './apps.ts';
import { billingRoutes } from './billing.ts';
import { concurrencyRoutes } from './concurrency.ts';
import { connectionRoutes } from './connections.ts';
import { enrolmentRoutes } from './enrolments.ts';
import { costRoutes } from './costs.ts';
import { deployRoutes } from './deploys.ts';
import { executionRoutes } from './executions.ts';
import { exportRoutes } from './exports.ts';
import { functionPageRoutes } from './functionPages.ts';
import { functionRoutes } from './functions.ts';
import { issueRoutes } from './issues.ts';
import { logRoutes } from './logs.ts';
import { overviewRoutes } from './overview.ts';
import { peopleRoutes } from './people.ts';
import { sessionRoutes } from './session.ts';
import { workspaceRoutes } from './workspace.ts';

/**
 * Every route of the API by method and path. What a route takes and gives, the OpenAPI document,
 * the authorization table, the fuzz run and the client's types all come from this one record.
 */
export const contract = {
	...sessionRoutes,
	...workspaceRoutes,
	...overviewRoutes,
	...functionRoutes,
	...functionPageRoutes,
	...executionRoutes,
	...logRoutes,
	...issueRoutes,
	...appRoutes,
	...costRoutes,
	...deployRoutes,
	...concurrencyRoutes,
	...billingRoutes,
	...connectionRoutes,
	...enrolmentRoutes,
	...peopleRoutes,
	...exportRoutes,
};

export type Contract = typeof contract;
/** Such as `GET /v1/w/{ws}/overview`. */
export type RouteKey = keyof Contract;
