import { setTimeout as sleep } from 'node:timers/promises';

import { type SendMessageBatchCommandInput, SQSClient } from '@aws-sdk/client-sqs';
import { runSchema } from '@lamplight/core/collection/state';
import type { Connection } from '@lamplight/core/connection/connection';
import { floorTo, minuteMs } from '@lamplight/core/time';
import { workBatch } from '@lamplight/jobs/batch';
import { runPlan } from '@lamplight/jobs/plan/run';
import { createOutbox } from '@lamplight/jobs/queue';
import { type RunningQueue, startQueue } from '@lamplight/sandbox/queue/start';
import type { FaultRequest } from '@lamplight/sandbox/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startWorker, type Worker } from '../chaos/process.ts';
import { type Collector, startCollector, testCtx, testWorkspaceId } from '../support/collector.ts';
import { compareWithTruth } from '../support/truth.ts';

const startMs = Date.UTC(2026, 9, 14, 9, 30);
const visibilitySeconds = 30;
/** The product's promise of how old the newest record may be. */
const mostLagMs = 10 * minuteMs;
/** Quiet functions take turns of fifteen minutes, and records come two minutes late. */
const allReadMs = 18 * minuteMs;

describe('one connection beside another that fails', { timeout: 600_000 }, () => {
	let collector: Collector;
	let queue: RunningQueue;
	let sqs: SQSClient;
	let healthy: Connection;
	let failing: Connection;

	beforeAll(async () => {
		collector = await startCollector({
			functions: 60,
			seed: 11,
			nowMs: startMs,
			speed: 0,
			rateLimits: false,
			rateShare: 1000,
		});
		queue = await startQueue({
			queues: [{ name: 'isolation', visibilitySeconds, maxReceives: 5 }],
		});
		const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
		sqs = new SQSClient({ endpoint: queue.endpoint, region: 'us-east-1', credentials });
		const whole = collector.sandbox.world.accounts.filter(
			({ activeRegions, deniedActions, isPayer }) =>
				activeRegions.length > 0 && deniedActions.length === 0 && !isPayer,
		);
		const { world } = collector.sandbox;
		whole.sort((a, b) => world.allFunctions(b.id).length - world.allFunctions(a.id).length);
		healthy = await collector.connect(whole[0]?.id ?? '');
		failing = await collector.connect(whole[1]?.id ?? '');
		const userId = 'usr_00000000000000000000';
		const email = 'owner@example.com';
		await collector.store.workspaces.create(
			{
				...{ id: testWorkspaceId, name: 'Isolation', displayCurrency: 'USD', timeZone: 'UTC' },
				...{
					ownerTagKey: null,
					appTagKey: null,
					appStageTagKey: null,
					createdMs: startMs,
					createdBy: userId,
				},
			},
			{
				...{ workspaceId: testWorkspaceId, userId, email, name: null },
				...{ role: 'owner', joinedMs: startMs },
			},
		);
		for (const { id: connectionId, workspaceId } of [healthy, failing]) {
			const plannedMs = collector.deps.clock();
			collector.queue.push({
				...{ kind: 'inventory', workspaceId, connectionId, plannedMs, details: false },
			});
		}
		await collector.drain();
	}, 300_000);
	afterAll(async () => {
		sqs.destroy();
		await queue.close();
		await collector.close();
	});

	const queueUrl = () => queue.urls['isolation'] ?? '';
	const runOf = async ({ id: connectionId }: Connection, job: string) => {
		const runs = await collector.store.checkpoints.list(
			testCtx(),
			{ connectionId, name: `run/${job}` },
			runSchema,
		);
		return runs.map(({ value }) => value).sort((a, b) => b.atMs - a.atMs)[0] ?? null;
	};
	/** Until the healthy connection's totals of this very minute are in. */
	const untilRead = async () => {
		// Workers let the clock tick while they take messages up.
		const nowMs = floorTo(minuteMs, collector.deps.clock());
		for (let waited = 0; waited < 600; waited += 1) {
			const run = await runOf(healthy, 'totals');
			if (run !== null && run.ok && run.atMs >= nowMs) return true;
			await sleep(100);
		}
		return false;
	};

	it('sends each connection’s messages as a group of its own, which fair queues keep apart', async () => {
		const { plannedMs, workspaceId } = { plannedMs: startMs, workspaceId: testWorkspaceId };
		const groups = new Set<string | undefined>();
		// The embedded queue does not tell groups: what is sent over the wire is what SQS goes by.
		const client = new SQSClient({
			endpoint: queue.endpoint,
			region: 'us-east-1',
			credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
		});
		client.middlewareStack.add(
			(next) => (args) => {
				const { Entries = [] } = args.input as SendMessageBatchCommandInput;
				for (const { MessageGroupId } of Entries) groups.add(MessageGroupId);
				return next(args);
			},
			{ step: 'initialize' },
		);
		await createOutbox(client, { collect: queueUrl() }).send([
			{ kind: 'compact', workspaceId, connectionId: healthy.id, plannedMs },
			{ kind: 'compact', workspaceId, connectionId: failing.id, plannedMs },
			{ kind: 'rollup', workspaceId, windows: [], plannedMs },
		]);
		expect([...groups].sort()).toEqual([healthy.id, failing.id, testWorkspaceId].sort());
	});

	it('gives back the message that hangs, and no other of its batch', async () => {
		const { sandbox, deps } = collector;
		const settings = { delayMs: 3_600_000 };
		const where = { accountId: failing.accountId };
		const { id } = sandbox.addFault({ kind: 'slow', settings, where });
		const record = ({ workspaceId, id: connectionId }: Connection) => ({
			messageId: connectionId,
			received: 1,
			body: JSON.stringify({
				...{ kind: 'totals', workspaceId, connectionId, plannedMs: deps.clock(), counts: true },
			}),
		});
		const read = await workBatch(deps, [record(failing), record(healthy)], 15_000);
		sandbox.removeFault(id);
		expect(read.batchItemFailures).toEqual([{ itemIdentifier: failing.id }]);
		expect((await runOf(healthy, 'totals'))?.ok).toBe(true);
		const told = collector.lines.filter(({ event }) => event === 'message failed').at(-1);
		expect(told?.facts).toEqual({
			messageId: failing.id,
			error: 'The work took longer than 15 s.',
		});
	});

	it.each<[string, number, Omit<FaultRequest, 'where'>]>([
		// Each hanging message comes back for as long as it hangs: real minutes pass, and few of them here.
		['hangs', 14, { kind: 'slow', settings: { delayMs: 3_600_000 } }],
		['is throttled', 20, { kind: 'throttle' }],
		['is denied', 20, { kind: 'deny' }],
		['is cut off', 20, { kind: 'drop' }],
	])('is read in time while the other %s', async (_, minutes, fault) => {
		const { sandbox, deps } = collector;
		const { id } = sandbox.addFault({ ...fault, where: { accountId: failing.accountId } });
		const outbox = createOutbox(sqs, { collect: queueUrl() });
		const worker: Worker = startWorker(collector, {
			...{ endpoint: queue.endpoint, queueUrl: queueUrl(), visibilitySeconds },
		});
		try {
			const fromMs = floorTo(minuteMs, deps.clock());
			for (let minute = 0; minute < minutes; minute += 1) {
				sandbox.clock.advance(minuteMs);
				// Both are planned alike; the past is left for later.
				await runPlan({
					...deps,
					queue: {
						send: (messages) => outbox.send(messages.filter(({ kind }) => kind !== 'backfill')),
					},
				});
				expect(await untilRead(), `minute ${minute}`).toBe(true);
			}
			const run = await runOf(healthy, 'functions');
			expect(run?.atMs).toBeGreaterThanOrEqual(deps.clock() - 6 * minuteMs);
			expect(run?.delayMs).toBeLessThanOrEqual(mostLagMs);
			const range = {
				fromMs: fromMs - 8 * minuteMs,
				toMs: floorTo(minuteMs, deps.clock()) - allReadMs,
			};
			const compared = await compareWithTruth(collector, healthy.accountId, { range });
			expect(compared.executions).toBeGreaterThan(100);
			expect(compared.wrong.slice(0, 5)).toEqual([]);
			const other = await runOf(failing, 'totals');
			expect(other === null || !other.ok || other.atMs < fromMs + minuteMs).toBe(true);
		} finally {
			sandbox.removeFault(id);
			await worker.kill();
		}
	});
});
