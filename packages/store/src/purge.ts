import type { Ctx } from '@lamplight/core/ctx';
import type { ConnectionId, FunctionId } from '@lamplight/core/ids';

import type { Db } from './dynamo/db.ts';
import type { Key } from './dynamo/keys.ts';
import { globalPartition, tenantPartition } from './dynamo/keys.ts';
import { functionsPartition } from './fleet/functions.ts';
import { inventoryKey, inventoryPartition } from './fleet/inventoryToken.ts';
import { issueSlotsPartition } from './fleet/issueSlots.ts';
import { partitions } from './series/layout.ts';
import type { RegionLayout, Regions } from './series/regions.ts';
import { watchMonths, watchPartitions } from './watch/kept.ts';

/** Deletes data for good. Each may be killed and run again until it ends. */
export interface Purge {
	/**
	 * All data of a connection: figures, executions, cursors, its functions and their deploys. The
	 * connection itself goes last, so that a purge cut short can be asked for again.
	 */
	connection(ctx: Ctx, connectionId: ConnectionId): Promise<void>;
	/** Everything of a workspace but its own record and its members. */
	contents(ctx: Ctx): Promise<void>;
}

/** Partitions that a workspace has one of. */
const single = [
	'invitation',
	'token',
	'audit',
	'view',
	'enrolment',
	'connection',
	'billingSource',
	'activity',
	'export',
	'rate',
	'lease',
	'deploy',
	'deployId',
	'issue',
	'issueSample',
	'region',
	'due',
	'fleet',
	'rollup',
	'inventory',
] as const;
const perConnection = [
	'checkpoint',
	'completeness',
	'totals',
	'totalsDay',
	'built',
	'watchCutOff',
] as const;

export interface PurgeDeps {
	readonly db: Db;
	readonly regions: Regions;
	readonly accountOf: (ctx: Ctx, connectionId: ConnectionId) => Promise<string | null>;
	readonly removeConnection: (ctx: Ctx, connectionId: ConnectionId) => Promise<void>;
}

export function createPurge(deps: PurgeDeps): Purge {
	const { db } = deps;
	const empty = async (pk: string) => {
		for await (const page of db.pages(pk)) await db.removeMany(page.map(keyOf));
	};
	const emptyRegions = async (ctx: Ctx, layouts: readonly RegionLayout[]) => {
		for (const layout of layouts) {
			for (const pieces of layout.fragmentPieces) {
				for (let piece = 0; piece < pieces; piece++) {
					await empty(partitions.fragments(ctx, { ...layout, pieces, piece }));
				}
			}
			for (const pieces of layout.hourPieces) {
				for (let piece = 0; piece < pieces; piece++) {
					await empty(partitions.hours(ctx, { ...layout, pieces, piece }));
				}
			}
		}
	};
	const emptyAccount = async (ctx: Ctx, accountId: string) => {
		const pk = functionsPartition(ctx, accountId);
		for await (const page of db.pages(pk)) {
			for (const { sk } of page) {
				await empty(partitions.function(ctx, sk as FunctionId));
				await empty(tenantPartition(ctx, 'deploy', sk));
				await empty(issueSlotsPartition(ctx, sk));
			}
			await db.removeMany(page.map(keyOf));
		}
		await db.remove(inventoryKey(ctx, accountId));
	};
	const connection = async (ctx: Ctx, id: ConnectionId) => {
		const accountId = await deps.accountOf(ctx, id);
		const layouts = (await deps.regions.list(ctx)).filter((one) => one.connectionId === id);
		await emptyRegions(ctx, layouts);
		for (const kind of perConnection) await empty(tenantPartition(ctx, kind, id));
		const shared = [
			...[partitions.due(ctx), partitions.fleet(ctx), partitions.regions(ctx)],
			watchPartitions.batches(ctx),
			...watchMonths(db.clock()).map((month) => watchPartitions.days(ctx, month)),
		];
		for (const pk of shared) {
			for await (const page of db.pages(pk)) {
				await db.removeMany(page.filter(({ sk }) => sk.split('#').includes(id)).map(keyOf));
			}
		}
		if (accountId !== null) await emptyAccount(ctx, accountId);
		await deps.removeConnection(ctx, id);
	};

	return {
		connection,
		async contents(ctx) {
			for (const { sk } of await db.query(tenantPartition(ctx, 'connection'))) {
				await connection(ctx, sk as ConnectionId);
			}
			for (const { sk } of await db.query(inventoryPartition(ctx))) await emptyAccount(ctx, sk);
			for (const { sk } of await db.query(tenantPartition(ctx, 'issue'))) {
				await empty(tenantPartition(ctx, 'issueCounts', sk));
			}
			for (const { sk } of await db.query(tenantPartition(ctx, 'billingSource'))) {
				await empty(tenantPartition(ctx, 'billHead', sk));
				await empty(tenantPartition(ctx, 'billRows', sk));
			}
			await removeHashes(db, ctx);
			for (const kind of single) await empty(tenantPartition(ctx, kind));
		},
	};
}

/** The ways in from outside: token and invitation hashes. */
async function removeHashes(db: Db, ctx: Ctx): Promise<void> {
	for (const kind of ['token', 'invitation'] as const) {
		const items = await db.query(tenantPartition(ctx, kind));
		const keys = items.map((item) => {
			const { secretHash } = JSON.parse(String(item['json'])) as { secretHash: string };
			return { pk: globalPartition(kind, secretHash), sk: kind };
		});
		await db.removeMany(keys);
	}
}

function keyOf({ pk, sk }: Key): Key {
	return { pk, sk };
}
