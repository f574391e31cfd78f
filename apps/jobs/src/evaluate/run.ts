import type { Activity } from '@lamplight/core/activity/activity';
import { judgeConnection } from '@lamplight/core/activity/judge';
import { checkpointNames, evaluationSchema, paceSchema } from '@lamplight/core/collection/state';
import type { Connection } from '@lamplight/core/connection/connection';
import type { Ctx } from '@lamplight/core/ctx';
import { dayMs, floorTo, minuteMs } from '@lamplight/core/time';

import { jobCtx } from '../account.ts';
import { putCheckpoint } from '../checkpoint.ts';
import type { JobDeps } from '../deps.ts';
import type { MessageOf } from '../message.ts';

/**
 * Judges one connection from what collection left of it, and keeps what there is to tell. Run again,
 * or after being killed anywhere, it keeps the same.
 */
export async function runEvaluate(deps: JobDeps, message: MessageOf<'evaluate'>): Promise<void> {
	const { workspaceId, connectionId, plannedMs } = message;
	const ctx = jobCtx(workspaceId, 'evaluate', `evaluate-${plannedMs}`);
	const connection = await deps.store.connections.get(ctx, connectionId);
	if (connection === null || connection.state === 'paused') return;
	const nowMs = deps.clock();
	const key = { connectionId, name: checkpointNames.evaluation };
	const toMs = floorTo(minuteMs, nowMs);
	const range = { fromMs: toMs - dayMs, toMs };
	const paceKey = { connectionId, name: checkpointNames.pace };
	const [before, regions, pace, regressed] = await Promise.all([
		deps.store.checkpoints.get(ctx, key, evaluationSchema),
		deps.store.completeness.read(ctx, connectionId, range),
		deps.store.checkpoints.get(ctx, paceKey, paceSchema),
		regressedOf(deps, ctx, connection),
	]);
	const told = judgeConnection({
		connection,
		stateBefore: before?.value.state ?? null,
		regions,
		pace: pace?.value ?? null,
		regressed,
		nowMs,
	});
	let news = 0;
	for (const one of told) if (await keep(deps, ctx, one)) news += 1;
	// Last, so that a change of state is not forgotten by a worker that dies before it is told.
	if (before?.value.state !== connection.state) {
		await putCheckpoint(deps, ctx, key, { state: connection.state });
	}
	const incompleteMinutes = countIncomplete(regions, connection.createdMs);
	deps.log('evaluated', { connectionId, told: told.length, news, incompleteMinutes });
}

/** Minutes since a connection was made that are partial or missing, over all regions. */
function countIncomplete(
	regions: Awaited<ReturnType<JobDeps['store']['completeness']['read']>>,
	createdMs: number,
): number {
	let minutes = 0;
	for (const { state, fromMs, toMs } of regions.flatMap(({ spans }) => spans)) {
		if (state !== 'partial' && state !== 'missing') continue;
		minutes += Math.max(0, toMs - Math.max(fromMs, floorTo(minuteMs, createdMs))) / minuteMs;
	}
	return minutes;
}

async function regressedOf(deps: JobDeps, ctx: Ctx, { accountId }: Connection) {
	const issues = await deps.store.issues.list(ctx, ['regressed']);
	return issues.filter(({ functions }) =>
		functions.some(({ functionId }) => functionId.startsWith(`${accountId}.`)),
	);
}

/** Keeps an activity unless it is known; what was found first says when it began. */
async function keep(deps: JobDeps, ctx: Ctx, activity: Activity): Promise<boolean> {
	const known = await deps.store.activity.get(ctx, activity.id);
	if (known !== null && known.endedMs === activity.endedMs) return false;
	await deps.store.activity.put(ctx, { ...activity, atMs: known?.atMs ?? activity.atMs });
	return known === null;
}
