import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Activity, activityKeptDays, activitySchema } from '@lamplight/core/activity/activity';
import { type BillingSource, billingSourceSchema } from '@lamplight/core/bill/day';
import {
	type Connection,
	type Enrolment,
	enrolmentSchema,
} from '@lamplight/core/connection/connection';
import type { Clock, Ctx } from '@lamplight/core/ctx';
import { type Export, exportSchema } from '@lamplight/core/export/export';
import type { ConnectionId, FunctionId } from '@lamplight/core/ids';
import { dayMs } from '@lamplight/core/time';
import { type RateMinute, rateMinuteSchema } from '@lamplight/core/workspace/rate';
import { type SavedView, savedViewSchema } from '@lamplight/core/workspace/workspace';

import type { Bill } from './bill/bill.ts';
import { createBill } from './bill/statements.ts';
import { createCheckpoints } from './collection/checkpoints.ts';
import type { Checkpoints, CompletenessStore, Leases } from './collection/collection.ts';
import { createCompleteness } from './collection/completeness.ts';
import { createLeases } from './collection/leases.ts';
import { createDocuments, type Documents } from './documents.ts';
import { Db } from './dynamo/db.ts';
import { createConnections } from './fleet/connections.ts';
import { createDeploys } from './fleet/deploys.ts';
import { createExecutions } from './fleet/executions.ts';
import type { Deploys, Executions, Functions, Issues } from './fleet/fleet.ts';
import { createFunctions } from './fleet/functions.ts';
import { readInventoryTokens } from './fleet/inventoryToken.ts';
import { createIssues } from './fleet/issues.ts';
import { createAudit } from './identity/audit.ts';
import type { ApiTokens, AuditLog, Invitations, Members, Workspaces } from './identity/identity.ts';
import { createInvitations } from './identity/invitations.ts';
import { createMembers } from './identity/members.ts';
import { createTokens } from './identity/tokens.ts';
import { createWorkspaces } from './identity/workspaces.ts';
import { createLookups, type Lookups } from './lookups.ts';
import { createPurge, type Purge } from './purge.ts';
import { createSeries } from './series/create.ts';
import { createRollups } from './series/createRollups.ts';
import { createDueList } from './series/due.ts';
import { createBlobs } from './series/heads.ts';
import { createRegions } from './series/regions.ts';
import type { Rollups } from './series/rollups.ts';
import type { Series } from './series/series.ts';
import { createCutOffs } from './watch/cutOffs.ts';
import type { CutOffs, WatchCosts } from './watch/watch.ts';
import { createWatchCosts } from './watch/watchCosts.ts';

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
	/** What happened to connections and to what they watch; gone after 90 days. */
	readonly activity: Documents<Activity>;
	/** Files asked for; gone with the file itself. */
	readonly exports: Documents<Export>;
	/** Calls that spend a customer's quota, by minute; gone soon after. */
	readonly rates: Documents<RateMinute>;
	readonly checkpoints: Checkpoints;
	readonly leases: Leases;
	readonly completeness: CompletenessStore;
	readonly functions: Functions;
	readonly deploys: Deploys;
	readonly issues: Issues;
	readonly executions: Executions;
	readonly bill: Bill;
	readonly watchCosts: WatchCosts;
	readonly cutOffs: CutOffs;
	readonly series: Series;
	readonly rollups: Rollups;
	readonly purge: Purge;
}

export interface StoreOptions {
	/** Its endpoint comes from the SDK's own environment. */
	readonly client: DynamoDBClient;
	/** Made by the stacks in AWS, by `ensureTable` elsewhere. */
	readonly tableName: string;
	readonly clock: Clock;
}

/** The store on a table of DynamoDB or of anything that speaks like it. Nothing is read yet. */
export function createStore(options: StoreOptions): Store {
	const db = new Db(options);
	const leases = createLeases(db);
	const functions = createFunctions(db);
	const connections = createConnections(db);
	const members = createMembers(db);
	const regions = createRegions(db);
	const purge = createPurge({
		db,
		regions,
		accountOf: async (ctx, id) => (await connections.get(ctx, id))?.accountId ?? null,
		removeConnection: connections.remove,
	});
	const series = {
		db,
		regions,
		leases,
		due: createDueList(db, regions),
		connectionOf: connectionFinder(db, functions),
		connectionIds: async (ctx: Ctx) => (await connections.list(ctx)).map(({ id }) => id),
	};
	return {
		lookups: createLookups(db),
		workspaces: createWorkspaces(db, { members, removeContents: purge.contents }),
		members,
		invitations: createInvitations(db),
		tokens: createTokens(db),
		audit: createAudit(db),
		...savedDocuments(db),
		connections,
		checkpoints: createCheckpoints(db),
		leases,
		completeness: createCompleteness(db),
		functions,
		deploys: createDeploys(db),
		issues: createIssues(db),
		executions: createExecutions(series),
		bill: createBill(db),
		watchCosts: createWatchCosts(db),
		cutOffs: createCutOffs(db),
		series: createSeries(series),
		rollups: createRollups({
			...series,
			blobs: createBlobs(db),
			functions,
			inventoryTokens: (ctx) => readInventoryTokens(db, ctx),
		}),
		purge,
	};
}

function savedDocuments(
	db: Db,
): Pick<Store, 'views' | 'enrolments' | 'billingSources' | 'activity' | 'exports' | 'rates'> {
	return {
		views: createDocuments<SavedView>(db, {
			kind: 'view',
			schema: savedViewSchema,
			idOf: (view) => view.id,
			called: 'saved view',
		}),
		enrolments: createDocuments<Enrolment>(db, {
			kind: 'enrolment',
			schema: enrolmentSchema,
			idOf: (enrolment) => enrolment.id,
		}),
		activity: createDocuments<Activity>(db, {
			kind: 'activity',
			schema: activitySchema,
			idOf: (one) => one.id,
			expiresMs: (one) => one.atMs + activityKeptDays * dayMs,
		}),
		rates: createDocuments<RateMinute>(db, {
			kind: 'rate',
			schema: rateMinuteSchema,
			idOf: (one) => one.id,
			expiresMs: (one) => one.expiresMs,
		}),
		exports: createDocuments<Export>(db, {
			kind: 'export',
			schema: exportSchema,
			idOf: (one) => one.id,
			expiresMs: (one) => one.expiresMs,
		}),
		billingSources: createDocuments<BillingSource>(db, {
			kind: 'billingSource',
			schema: billingSourceSchema,
			idOf: (source) => source.id,
			called: 'billing source',
		}),
	};
}

/** An account is reconnected seldom: its functions' connection may be this old in memory. */
const rememberedForMs = 5 * 60_000;
const maxRemembered = 50_000;

function connectionFinder(db: Db, functions: Functions) {
	const remembered = new Map<string, { connectionId: ConnectionId; atMs: number }>();
	return async (ctx: Ctx, functionId: FunctionId): Promise<ConnectionId | null> => {
		const key = `${ctx.workspaceId} ${functionId}`;
		const known = remembered.get(key);
		if (known !== undefined && Math.abs(db.clock() - known.atMs) < rememberedForMs) {
			return known.connectionId;
		}
		const found = await functions.get(ctx, functionId);
		if (found === null) return null;
		if (remembered.size >= maxRemembered) remembered.clear();
		remembered.set(key, { connectionId: found.connectionId, atMs: db.clock() });
		return found.connectionId;
	};
}
