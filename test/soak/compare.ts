import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Backfill, backfillSchema, checkpointNames } from '@lamplight/core/collection/state';
import type { Ctx } from '@lamplight/core/ctx';
import { workspaceIdSchema } from '@lamplight/core/ids';
import type { TimeRange } from '@lamplight/core/time';
import { createWorld } from '@lamplight/sandbox/world/create';
import type { WorldOptions } from '@lamplight/sandbox/world/world';
import { createStore } from '@lamplight/store/store';

import { completeMinutes, type MinutesVerdict } from '../support/completeMinutes.ts';
import type { Product } from '../support/product.ts';
import { worldOf } from '../support/world.ts';
import { type Part, variableOf } from './parts.ts';

/** What was collected of each connection against what ran there. */
export interface Kept {
	readonly connections: readonly {
		readonly accountId: string;
		readonly state: string;
		readonly verdict: MinutesVerdict;
	}[];
}

/** Reads the running product's own database, and holds it against the same world, made once more. */
export async function compareWithWorld(
	product: Product,
	parts: readonly Part[],
	range: TimeRange,
): Promise<Kept> {
	const { nowMs, options } = await worldOf(product).ask<{
		readonly nowMs: number;
		readonly options: WorldOptions;
	}>('world');
	// Everything of a world follows from its options: this one is the sandbox's own.
	const world = createWorld({ ...options, nowMs });
	const { store, ctx, close } = openStore(product, parts, () => nowMs);
	try {
		const connections = [];
		for (const connection of await store.connections.list(ctx)) {
			const { accountId, state } = connection;
			const verdict = await completeMinutes({ world, store, ctx }, connection, range);
			connections.push({ accountId, state, verdict });
		}
		return { connections };
	} finally {
		close();
	}
}

/** Whether all that is read of the past is read, of every connection that can be read. */
export async function isPastRead(product: Product, parts: readonly Part[]): Promise<boolean> {
	const { store, ctx, close } = openStore(product, parts, Date.now);
	try {
		const connections = await store.connections.list(ctx);
		const readable = connections.filter(({ state }) => state === 'healthy' || state === 'degraded');
		const pasts = await Promise.all(
			readable.map(({ id: connectionId }) => {
				const key = { connectionId, name: checkpointNames.backfill };
				return store.checkpoints.get(ctx, key, backfillSchema);
			}),
		);
		return (
			pasts.length > 0 &&
			pasts.every((past) => past !== null && (past.value.stopped || isRead(past.value)))
		);
	} finally {
		close();
	}
}

function isRead({ doneFromMs, fromMs }: Backfill): boolean {
	return doneFromMs <= fromMs;
}

/** The running product's own database, as its jobs were told of it. */
function openStore(product: Product, parts: readonly Part[], clock: () => number) {
	const jobs = parts.find(({ name }) => name === 'jobs');
	if (jobs === undefined) throw new Error('no jobs are running');
	const client = new DynamoDBClient({
		endpoint: variableOf(jobs, 'AWS_ENDPOINT_URL_DYNAMODB'),
		region: 'us-east-1',
		credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
	});
	const workspaceId = workspaceIdSchema.parse(product.workspaceId);
	const ctx: Ctx = { workspaceId, actor: { kind: 'job', job: 'soak' }, requestId: 'soak' };
	const store = createStore({ client, tableName: 'lamplight', clock });
	return { store, ctx, close: () => client.destroy() };
}
