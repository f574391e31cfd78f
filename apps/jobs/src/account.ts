import type { AccountAws } from '@lamplight/aws/client/account';
import { targetOf } from '@lamplight/aws/target';
import type { Connection, Enrolment } from '@lamplight/core/connection/connection';
import { checkpointNames, type Run, runSchema } from '@lamplight/core/collection/state';
import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import type { ConnectionId, WorkspaceId } from '@lamplight/core/ids';
import { picoToUsd, watchCostPicoUsd, type WatchUsage } from '@lamplight/core/watchcost/watchcost';

import type { JobDeps } from './deps.ts';
import { putCheckpoint } from './checkpoint.ts';

/** A connection with the way into its account. */
export interface Work {
	readonly ctx: Ctx;
	readonly connection: Connection;
	readonly enrolment: Enrolment;
	readonly account: AccountAws;
}

/** What a job says of itself when it is done; shown on the connection's page. */
export interface RunReport {
	readonly message: string | null;
	readonly delayMs: number | null;
	/** Limits that were hit, by name. */
	readonly limits: readonly string[];
}

export interface WorkOptions {
	readonly job: string;
	readonly workspaceId: WorkspaceId;
	readonly connectionId: ConnectionId;
	readonly region: string | null;
	/** Names this piece of work. */
	readonly batch: string;
}

/** The tenant and actor of a job. */
export function jobCtx(workspaceId: WorkspaceId, job: string, requestId: string): Ctx {
	return { workspaceId, actor: { kind: 'job', job }, requestId };
}

/**
 * Runs a piece of work in a connection's account. Calls are counted and the run is reported
 * whatever happens in it; a failure is thrown on, so that the queue tries again.
 */
export async function withAccount(
	deps: JobDeps,
	options: WorkOptions,
	run: (work: Work) => Promise<RunReport>,
): Promise<void> {
	const ctx = jobCtx(options.workspaceId, options.job, options.batch);
	const connection = await deps.store.connections.get(ctx, options.connectionId);
	if (connection === null || connection.state === 'paused') return;
	const enrolment = await deps.store.enrolments.get(ctx, connection.enrolmentId);
	if (enrolment === null) return;
	const account = deps.aws.open(targetOf(enrolment, connection));
	const startedMs = deps.wallClock();
	const beganMs = deps.clock();
	const batch = attemptOf(deps, options.batch);
	const count = (usages: readonly WatchUsage[]) =>
		countCalls(deps, ctx, { connectionId: connection.id, batch, usages });
	account.meter.tellTo(count);
	const note = (run: Omit<Run, 'atMs' | 'job' | 'region' | 'tookMs'>) =>
		reportRun(deps, ctx, options, {
			...run,
			atMs: deps.clock(),
			job: options.job,
			region: options.region,
			tookMs: deps.wallClock() - startedMs,
		});
	try {
		const report = await run({ ctx, connection, enrolment, account });
		await note({ ok: true, okBeganMs: beganMs, ...report, limits: [...report.limits] });
	} catch (error) {
		const message = error instanceof LamplightError ? error.message : 'failed for a reason of ours';
		const key = {
			connectionId: connection.id,
			name: checkpointNames.run(options.job, options.region),
		};
		const before = await deps.store.checkpoints.get(ctx, key, runSchema);
		const okBeganMs = before?.value.okBeganMs ?? 0;
		await note({
			ok: false,
			okBeganMs,
			message: message.slice(0, 400),
			delayMs: null,
			limits: [],
		});
		throw error;
	} finally {
		// What a failed job left under way is waited for: its calls are charged, too.
		const usages = await account.end();
		await count(usages);
		logCalls(deps, options, usages);
	}
}

function logCalls(
	deps: JobDeps,
	{ job, connectionId }: WorkOptions,
	usages: readonly WatchUsage[],
): void {
	const calls = usages.reduce((sum, usage) => sum + usage.calls, 0);
	if (calls === 0) return;
	const throttled = usages.reduce((sum, usage) => sum + usage.throttled, 0);
	const costUsd = picoToUsd(watchCostPicoUsd(usages));
	deps.log('calls', { job, connectionId, calls, throttled, costUsd });
}

/**
 * Names one attempt at a piece of work: a message that comes twice makes calls twice, and AWS charges
 * for all of them.
 */
export function attemptOf({ randomBytes }: Pick<JobDeps, 'randomBytes'>, batch: string): string {
	return `${batch}-${Buffer.from(randomBytes(6)).toString('hex')}`;
}

/** Sets what a batch adds to the connection's watch cost: told again, and more, it counts once. */
export async function countCalls(
	deps: Pick<JobDeps, 'store'>,
	ctx: Ctx,
	counted: {
		readonly connectionId: ConnectionId;
		readonly batch: string;
		readonly usages: readonly WatchUsage[];
	},
): Promise<void> {
	for (const usages of Map.groupBy(counted.usages, ({ day }) => day).values()) {
		await deps.store.watchCosts.add(ctx, counted.connectionId, { key: counted.batch, usages });
	}
}

/** Logs a run, and keeps it as the newest of its job. */
export async function reportRun(
	deps: Pick<JobDeps, 'store' | 'log'>,
	ctx: Ctx,
	options: Pick<WorkOptions, 'connectionId' | 'job' | 'region'>,
	run: Run,
): Promise<void> {
	const { connectionId, job, region } = options;
	deps.log('run', {
		job,
		connectionId,
		region,
		ok: run.ok,
		message: run.message,
		tookMs: Math.round(run.tookMs),
		delayMs: run.delayMs,
		limits: run.limits.join(', '),
	});
	await putCheckpoint(deps, ctx, { connectionId, name: checkpointNames.run(job, region) }, run);
}
