import type { Connection, Enrolment } from '@lamplight/core/connection/connection';
import type { BillingSource } from '@lamplight/core/bill/day';
import type { SavedView } from '@lamplight/core/workspace/workspace';

import type { Bill } from './bill/bill.ts';
import type { Checkpoints, CompletenessStore, Leases } from './collection/collection.ts';
import type { Documents } from './documents.ts';
import type { Deploys, Executions, Functions, Issues } from './fleet/fleet.ts';
import type { ApiTokens, AuditLog, Invitations, Members, Workspaces } from './identity/identity.ts';
import type { Lookups } from './lookups.ts';
import type { Rollups } from './series/rollups.ts';
import type { Series } from './series/series.ts';
import type { WatchCosts } from './watch/watch.ts';

/**
 * All that Lamplight keeps. Every call takes the workspace in its `Ctx`, and keys begin with it,
 * except `lookups`. Every write is idempotent by key. Faults of DynamoDB become `unavailable`.
 */
export interface Store {
	readonly lookups: Lookups;
	readonly workspaces: Workspaces;
	readonly members: Members;
	readonly invitations: Invitations;
	readonly tokens: ApiTokens;
	readonly audit: AuditLog;
	readonly views: Documents<SavedView>;
	readonly enrolments: Documents<Enrolment>;
	readonly connections: Documents<Connection>;
	readonly billingSources: Documents<BillingSource>;
	readonly checkpoints: Checkpoints;
	readonly leases: Leases;
	readonly completeness: CompletenessStore;
	readonly functions: Functions;
	readonly deploys: Deploys;
	readonly issues: Issues;
	readonly executions: Executions;
	readonly bill: Bill;
	readonly watchCosts: WatchCosts;
	readonly series: Series;
	readonly rollups: Rollups;
}
