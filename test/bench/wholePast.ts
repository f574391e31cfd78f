import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { SQSClient } from '@aws-sdk/client-sqs';
import { type Backfill, backfillSchema, backfillShare } from '@lamplight/core/collection/state';
import type { Connection, Feature } from '@lamplight/core/connection/connection';
import { dayMs, floorTo, hourMs, minuteMs, type TimeRange } from '@lamplight/core/time';
import { estimateWatchCost } from '@lamplight/core/watchcost/estimate';
import type { Message } from '@lamplight/jobs/message';
import { createOutbox } from '@lamplight/jobs/queue';
import { workMessage } from '@lamplight/jobs/work';
import { startQueue } from '@lamplight/sandbox/queue/start';

import { startWorker, untilEmpty, type Worker } from '../chaos/process.ts';
import { type Collector, startCollector, testCtx } from '../support/collector.ts';
import { storedMinutes } from '../support/truth.ts';

/** A Tuesday noon, so that the past begins and ends within a day. */
const startMs = Date.UTC(2026, 10, 24, 12);
const visibilitySeconds = 30;
const turnMs = 60_000;
/** The lease of a worker that was killed has run out after this. */
const leaseOverMs = 6 * minuteMs;

export interface WholePastOptions {
	readonly functions: number;
	/** How many accounts are connected, those with the fewest functions; all when left out. */
	readonly accounts?: number;
	/** Multiplies the world's traffic. */
	readonly trafficScale: number;
	/** Without logs, the past is read from metrics alone; with them unless left out. */
	readonly features?: readonly Feature[];
	/** Workers that are killed on the way. */
	readonly kills: number;
	readonly compactionRounds: number;
}

export interface WholePast {
	readonly accounts: number;
	readonly functions: number;
	readonly days: number;
	readonly kills: number;
	/** Shares that were told, of all accounts together; ascending, the last is 1. */
	readonly told: readonly number[];
	/** Accounts whose page says that all of the past has been read. */
	readonly saidDone: number;
	/** Begins of what was done, per account: a restarted worker never begins behind what is done. */
	readonly wentBack: number;
	readonly shownUsd: number;
	readonly countedUsd: number;
	readonly chargedUsd: number;
	/** Function-days, and function-slots of five minutes of the older days, that were compared. */
	readonly compared: number;
	readonly comparedFine: number;
	readonly executions: number;
	/** What differs, each in a line. */
	readonly wrong: readonly string[];
	/** Minutes of the past by how complete they are. */
	readonly minutes: Readonly<Record<string, number>>;
	readonly bytesAfter: number;
	/** The database on disk after each round of compaction. */
	readonly bytesByRound: readonly number[];
	readonly tookMs: number;
}

/** Reads all of the past of several accounts to its end, by workers that are killed on the way. */
export async function readWholePast(options: WholePastOptions): Promise<WholePast> {
	const folder = mkdtempSync(join(tmpdir(), 'lamplight-past-'));
	const collector = await startCollector({
		functions: options.functions,
		trafficScale: options.trafficScale,
		seed: 5,
		nowMs: startMs,
		speed: 0,
		rateLimits: false,
		rateShare: 1000,
		databaseFolder: folder,
	});
	try {
		const { sandbox } = collector;
		const whole = sandbox.world.accounts.filter(
			({ activeRegions, deniedActions, closedMs }) =>
				activeRegions.length > 0 && deniedActions.length === 0 && closedMs === null,
		);
		const count = (accountId: string) => sandbox.world.allFunctions(accountId).length;
		const watched = whole
			.filter(({ id }) => count(id) > 0)
			.sort((a, b) => count(a.id) - count(b.id));
		const connections: Connection[] = [];
		for (const { id } of watched.slice(0, options.accounts)) {
			connections.push(await collector.connect(id, options.features));
		}
		for (const connection of connections) {
			await work(collector, { kind: 'inventory', ...base(collector, connection), details: false });
		}
		collector.queue.length = 0;
		const shownUsd = await shownPrice(collector, connections);
		sandbox.resetCalls();
		const began = performance.now();
		const reading = await readAll(collector, connections, options.kills);
		const tookMs = performance.now() - began;
		const chargedUsd = sandbox.calls().reduce((sum, { costUsd }) => sum + Number(costUsd), 0);
		const bytesAfter = folderBytes(folder);
		const bytesByRound: number[] = [];
		for (let round = 0; round < options.compactionRounds; round += 1) {
			sandbox.clock.advance(5 * minuteMs);
			await compact(collector, connections);
			bytesByRound.push(folderBytes(folder));
		}
		return {
			...reading,
			accounts: connections.length,
			...{ shownUsd, chargedUsd, bytesAfter, bytesByRound, tookMs },
			...(await compare(collector, connections)),
		};
	} finally {
		await collector.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

function base({ deps }: Collector, { workspaceId, id: connectionId }: Connection) {
	return { workspaceId, connectionId, plannedMs: deps.clock() };
}

async function work({ deps }: Collector, message: Message): Promise<void> {
	await workMessage(deps, JSON.stringify(message));
}

async function shownPrice(
	{ store }: Collector,
	connections: readonly Connection[],
): Promise<number> {
	let usd = 0;
	for (const { accountId } of connections) {
		const functions = await store.functions.listAccount(testCtx(), accountId);
		const { backfillUsd } = estimateWatchCost({
			activeRegions: new Set(functions.map(({ region }) => region)).size,
			idleRegions: 0,
			functions: functions.length,
			busyFunctions: 0,
			readsEveryMinutes: 5,
			logs: true,
			payer: false,
		});
		usd += backfillUsd;
	}
	return usd;
}

type Reading = Pick<
	WholePast,
	'kills' | 'told' | 'saidDone' | 'wentBack' | 'countedUsd' | 'functions' | 'days'
>;

/** Turn by turn, as the local worker takes them; some turns are cut short by the worker's death. */
async function readAll(
	collector: Collector,
	connections: readonly Connection[],
	kills: number,
): Promise<Reading> {
	const queue = await startQueue({
		queues: [{ name: 'past', visibilitySeconds, maxReceives: 100 }],
	});
	const queueUrl = queue.urls['past'] ?? '';
	const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
	const sqs = new SQSClient({ endpoint: queue.endpoint, region: 'us-east-1', credentials });
	const start = (): Worker =>
		startWorker(collector, { endpoint: queue.endpoint, queueUrl, visibilitySeconds });
	let worker = start();
	const told: number[] = [];
	const done = new Map<string, number>();
	let killed = 0;
	let wentBack = 0;
	try {
		for (let turn = 0; told.at(-1) !== 1; turn += 1) {
			if (turn > 500) throw new Error('the past does not come to its end');
			const due = await unfinished(collector, connections);
			await createOutbox(sqs, { collect: queueUrl }).send(
				due.map((one) => ({ kind: 'backfill', ...base(collector, one), forMs: turnMs })),
			);
			await worker.ready;
			if (killed < kills) {
				await sleep(500 + ((turn * 977) % 2_500));
				await worker.kill();
				killed += 1;
				worker = start();
				await worker.ready;
				collector.sandbox.clock.advance(leaseOverMs);
			} else {
				await untilEmpty(sqs, queueUrl, 10 * minuteMs);
			}
			while (worker.inHand.size > 0) await sleep(20);
			let share = 0;
			for (const { id } of connections) {
				const past = await pastOf(collector, id);
				share += past === null ? 0 : backfillShare(past) / connections.length;
				if (past === null) continue;
				if (past.doneFromMs > (done.get(id) ?? Number.POSITIVE_INFINITY)) wentBack += 1;
				done.set(id, past.doneFromMs);
			}
			told.push(Math.round(share * 1e9) / 1e9);
		}
	} finally {
		await worker.kill();
		sqs.destroy();
		await queue.close();
	}
	return { kills: killed, told, wentBack, ...(await ended(collector, connections)) };
}

async function pastOf({ store }: Collector, connectionId: Connection['id']) {
	const held = await store.checkpoints.get(
		testCtx(),
		{ connectionId, name: 'backfill' },
		backfillSchema,
	);
	return held?.value ?? null;
}

async function unfinished(
	collector: Collector,
	connections: readonly Connection[],
): Promise<Connection[]> {
	const due: Connection[] = [];
	for (const one of connections) {
		const past = await pastOf(collector, one.id);
		if (past === null || past.doneFromMs > past.fromMs) due.push(one);
	}
	return due;
}

async function ended(collector: Collector, connections: readonly Connection[]) {
	let [saidDone, countedUsd, functions, days] = [0, 0, 0, 0];
	for (const { id } of connections) {
		const past = await pastOf(collector, id);
		if (past === null) continue;
		countedUsd += past.spentUsd;
		functions += past.functions;
		days = Math.max(days, (past.toMs - past.fromMs) / dayMs);
		const kept = await collector.store.connections.get(testCtx(), id);
		if (past.doneFromMs === past.fromMs && !past.stopped && kept?.knownFromMs === past.fromMs) {
			saidDone += 1;
		}
	}
	return { saidDone, countedUsd, functions, days };
}

async function compact(collector: Collector, connections: readonly Connection[]): Promise<void> {
	for (const one of connections) {
		await work(collector, { kind: 'compact', ...base(collector, one) });
	}
	const [first] = connections;
	if (first === undefined) return;
	const { workspaceId, plannedMs } = base(collector, first);
	const windows = ['1h', '24h', '7d', '30d', 'today', 'month', 'previousMonth'];
	await work(collector, { kind: 'rollup', workspaceId, plannedMs, windows });
	await collector.drain();
}

type Compared = Pick<WholePast, 'compared' | 'comparedFine' | 'executions' | 'wrong' | 'minutes'>;

/** Every day of every function, and five-minute steps where AWS has no finer ones any more. */
async function compare(
	collector: Collector,
	connections: readonly Connection[],
): Promise<Compared> {
	const wrong: string[] = [];
	const minutes: Record<string, number> = {};
	let [compared, comparedFine, executions] = [0, 0, 0];
	for (const connection of connections) {
		const past = await pastOf(collector, connection.id);
		if (past === null) continue;
		await countMinutes(collector, connection, { past, minutes });
		const range = { fromMs: past.fromMs, toMs: floorTo(dayMs, past.toMs) };
		const old = floorTo(dayMs, startMs - 20 * dayMs);
		for (const fn of collector.sandbox.world.allFunctions(connection.accountId)) {
			const days = await differences(collector, fn.id, { range, stepMs: dayMs });
			const fine = { range: { fromMs: old, toMs: old + dayMs }, stepMs: 5 * minuteMs };
			const steps = await differences(collector, fn.id, fine);
			compared += days.compared;
			comparedFine += steps.compared;
			executions += days.executions;
			wrong.push(...days.wrong, ...steps.wrong);
		}
	}
	return { compared, comparedFine, executions, wrong, minutes };
}

async function differences(
	{ store, sandbox }: Collector,
	functionId: string,
	span: { readonly range: TimeRange; readonly stepMs: number },
) {
	const { range, stepMs } = span;
	const stored = await storedMinutes(store, functionId, span);
	const wrong: string[] = [];
	let [compared, executions] = [0, 0];
	for (let at = range.fromMs; at < range.toMs; at += stepMs) {
		const truth = sandbox.world.totals(functionId, { fromMs: at, toMs: at + stepMs });
		const point = stored.get(at);
		compared += 1;
		executions += truth.invocations;
		const read = [
			point?.invocations ?? 0,
			point?.errors ?? 0,
			point?.throttles ?? 0,
			point?.durationSumUs ?? 0,
		];
		const want = [truth.invocations, truth.errors, truth.throttles, truth.durationUs];
		if (read.join() === want.join()) continue;
		const length = stepMs === dayMs ? 'a day' : 'five minutes';
		wrong.push(
			`${functionId} ${length} from ${new Date(at).toISOString()}: ${read.join()} not ${want.join()}`,
		);
	}
	return { wrong, compared, executions };
}

async function countMinutes(
	{ store }: Collector,
	connection: Connection,
	{ past, minutes }: { readonly past: Backfill; readonly minutes: Record<string, number> },
): Promise<void> {
	const fromMs = floorTo(hourMs, past.toMs) - 34 * dayMs;
	const range = { fromMs, toMs: past.toMs };
	for (const { spans } of await store.completeness.read(testCtx(), connection.id, range)) {
		for (const span of spans) {
			minutes[span.state] = (minutes[span.state] ?? 0) + (span.toMs - span.fromMs) / minuteMs;
		}
	}
}

function folderBytes(folder: string): number {
	let bytes = 0;
	for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
		if (!entry.isFile()) continue;
		bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
	}
	return bytes;
}
