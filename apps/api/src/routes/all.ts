import type { RouteKey } from '../contract/contract.ts';
import type { Handlers } from '../http/handlers.ts';
import type { RouteDeps } from './context.ts';
import { appHandlers } from './apps.ts';
import { concurrencyHandlers } from './concurrency.ts';
import { connectionHandlers } from './connections.ts';
import { deployHandlers } from './deploys.ts';
import { enrolmentHandlers } from './enrolments.ts';
import { watchCostHandlers } from './watchCost.ts';
import { executionHandlers } from './executions.ts';
import { logHandlers } from './logs.ts';
import { billingHandlers } from './billing.ts';
import { exportHandlers } from './exports.ts';
import { metricsHandlers } from './metrics.ts';
import { costHandlers } from './costs.ts';
import { functionHandlers } from './function.ts';
import { functionListHandlers } from './functions.ts';
import { issueHandlers } from './issues.ts';
import { meHandlers } from './me.ts';
import { peopleHandlers } from './people.ts';
import { sessionHandlers } from './session.ts';
import { workspaceHandlers } from './workspace.ts';
import { overviewHandlers } from './overview.ts';

/** The handler of every route of the contract. */
export function allHandlers(deps: RouteDeps): Handlers<RouteKey> {
	return {
		...sessionHandlers(deps),
		...meHandlers(deps),
		...workspaceHandlers(deps),
		...overviewHandlers(deps),
		...functionListHandlers(deps),
		...functionHandlers(deps),
		...issueHandlers(deps),
		...executionHandlers(deps),
		...logHandlers(deps),
		...appHandlers(deps),
		...costHandlers(deps),
		...billingHandlers(deps),
		...exportHandlers(deps),
		...metricsHandlers(deps),
		...deployHandlers(deps),
		...connectionHandlers(deps),
		...enrolmentHandlers(deps),
		...watchCostHandlers(deps),
		...concurrencyHandlers(deps),
		...peopleHandlers(deps),
	};
}
