import {
	backfillSchema,
	checkpointNames,
	paceSchema,
	regionsStateSchema,
} from '@lamplight/core/collection/state';
import type { BillingSource } from '@lamplight/core/bill/day';
import type { Connection } from '@lamplight/core/connection/connection';
import type { Ctx } from '@lamplight/core/ctx';
import { dayMs, floorTo, minuteMs } from '@lamplight/core/time';

import { jobCtx } from '../account.ts';
import type { JobDeps } from '../deps.ts';
import type { Message } from '../message.ts';
import { type BuiltWindows, dueWindows, planConnection } from './plan.ts';

/** From one reading of a region's functions to the next, where the budget allows. */
export const defaultReadsEveryMs = 5 * minuteMs;

export interface PlanOptions {
	/** Reads everything at once, whoever's turn it is: for a process that starts after nobody planned. */
	readonly catchUp?: boolean;
}

/** Sends the messages of this minute for every connection of every workspace. */
export async function runPlan(
	deps: JobDeps,
	{ catchUp = false }: PlanOptions = {},
): Promise<{ readonly messages: number; readonly connections: number }> {
	const nowMs = deps.clock();
	let sent = 0;
	let connected = 0;
	for (const workspaceId of await deps.store.lookups.workspaceIds()) {
		const ctx = jobCtx(workspaceId, 'plan', `plan-${floorTo(minuteMs, nowMs)}`);
		const connections = await deps.store.connections.list(ctx);
		const messages: Message[] = [];
		for (const connection of connections) {
			messages.push(...(await planOne(deps, ctx, { connection, nowMs, catchUp })));
		}
		const sources = await deps.store.billingSources.list(ctx);
		messages.push(...sources.flatMap((source) => planBill(source, nowMs)));
		const plannedMs = floorTo(minuteMs, nowMs);
		if (connections.length > 0) {
			const windows = dueWindows(nowMs, await builtWindows(deps, ctx));
			if (windows.length > 0 || (await deps.store.rollups.isDirectoryStale(ctx))) {
				messages.push({ kind: 'rollup', workspaceId, plannedMs, windows });
			}
		}
		await deps.queue.send(messages);
		sent += messages.length;
		connected += connections.length;
	}
	deps.log('planned', { messages: sent });
	return { messages: sent, connections: connected };
}

async function builtWindows({ store }: JobDeps, ctx: Ctx): Promise<BuiltWindows> {
	const [newsMs, watchedMs, built] = await Promise.all([
		store.rollups.newsMs(ctx),
		store.rollups.watchedMs(ctx),
		store.rollups.freshness(ctx),
	]);
	const builtMs = (window: string) => built.get(`${window}.steps`)?.builtMs ?? null;
	return { newsMs, watchedMs, builtMs };
}

async function planOne(
	deps: JobDeps,
	ctx: Ctx,
	options: PlanOptions & { readonly connection: Connection; readonly nowMs: number },
): Promise<Message[]> {
	const { connection, nowMs, catchUp = false } = options;
	const at = (name: string) => ({ connectionId: connection.id, name });
	const { checkpoints } = deps.store;
	const [regions, pace, past] = await Promise.all([
		checkpoints.peek(ctx, at(checkpointNames.regions), regionsStateSchema),
		checkpoints.peek(ctx, at(checkpointNames.pace), paceSchema),
		checkpoints.peek(ctx, at(checkpointNames.backfill), backfillSchema),
	]);
	return planConnection(
		{
			connection,
			regions,
			readsEveryMs: pace?.readsEveryMs ?? defaultReadsEveryMs,
			backfillDue: past === null || (past.doneFromMs > past.fromMs && !past.stopped),
			exhausted: pace?.exhausted ?? false,
			catchUp,
		},
		nowMs,
	);
}

function planBill(source: BillingSource, nowMs: number): Message[] {
	const isDue = source.lastReadMs === null || nowMs - source.lastReadMs >= dayMs;
	if (source.state === 'paused' || source.connectionId === null || !isDue) return [];
	const { workspaceId, id: billingSourceId } = source;
	const plannedMs = floorTo(minuteMs, nowMs);
	return [{ kind: 'bill', workspaceId, billingSourceId, plannedMs }] as Message[];
}
