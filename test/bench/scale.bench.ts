import { loadavg } from 'node:os';

import { SQSClient } from '@aws-sdk/client-sqs';
import { rateShare } from '@lamplight/aws/limits/rates';
import { functionsPerShard } from '@lamplight/core/collection/shards';
import type { Connection, Feature } from '@lamplight/core/connection/connection';
import { dayMs, minuteMs } from '@lamplight/core/time';
import type { Message } from '@lamplight/jobs/message';
import { createOutbox } from '@lamplight/jobs/queue';
import { startQueue } from '@lamplight/sandbox/queue/start';
import type { CallCount } from '@lamplight/sandbox/sandbox';

import { startWorker, untilEmpty } from '../chaos/process.ts';
import { type Collector, startCollector, testCtx } from '../support/collector.ts';
import { type Bench, type BenchRow, row } from './bench.ts';

const startMs = Date.UTC(2026, 9, 14, 8, 0);
const functions = Number(process.env['BENCH_SCALE_FUNCTIONS'] ?? '10000');
/** What a Lambda of 512 MB must be able to read at once: the largest shard that is planned. */
const shardFunctions = Math.min(functions, functionsPerShard);
/** No message is seen twice while it is worked on. */
const visibilitySeconds = 600;
/** Longer than any round takes on a machine that does nothing else. */
const maxMs = 900_000;
const mib = 1024 * 1024;
// AWS's Node.js runtime starts Node with a tenth of the memory as new space, in halves, and the rest as
// old space: `bootstrap` of the runtime (`new_space=MEMORY/10`, `semi_space=new_space/2`,
// `old_space=MEMORY-new_space`), read 2026-11. Of 512 MB, which stacks/jobs.ts asks for:
const lambdaFlags = ['--max-semi-space-size=25', '--max-old-space-size=461'];

export const bench: Bench = {
	name: 'scale',
	about: `one round of everything that is due over ${functions.toLocaleString('en')} functions, by one worker process with the heap of a Lambda of 512 MB: by metrics with AWS's rates enforced; and over ${shardFunctions.toLocaleString('en')} by records, with the rates left out`,
	async run(report) {
		await measureRound(report, {
			...{ of: 'metrics', functions, features: ['inventory', 'metrics'] },
			...{ isRated: true, atMostSeconds: 60 },
			about:
				'totals and the metrics of every function that ran, at 30% of AWS’s rates, which the simulated AWS enforces, with AWS’s latency',
		});
		await measureRound(report, {
			...{ of: 'records', functions: shardFunctions, features: ['inventory', 'metrics', 'logs'] },
			isRated: false,
			about:
				'totals, every function’s records and the metrics of those too busy for it, with AWS’s latency and no limit of rates: the most that a worker gets at once',
		});
	},
};

interface Round {
	readonly of: string;
	readonly functions: number;
	readonly about: string;
	readonly features: readonly Feature[];
	readonly isRated: boolean;
	readonly atMostSeconds?: number;
}

async function measureRound(report: (row: BenchRow) => void, round: Round): Promise<void> {
	const collector = await startCollector({
		...{ functions: round.functions, seed: 3, nowMs: startMs, speed: 0 },
		...{ latency: true, logGroupPatterns: ['*'] },
		...(round.isRated ? {} : { rateLimits: false, rateShare: 1000 }),
	});
	const queue = await startQueue({
		queues: [{ name: 'scale', visibilitySeconds, maxReceives: 5 }],
	});
	const { endpoint } = queue;
	const queueUrl = queue.urls['scale'] ?? '';
	const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
	const sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials });
	const outbox = createOutbox(sqs, { collect: queueUrl });
	const worker = startWorker(collector, {
		...{ endpoint, queueUrl, visibilitySeconds, flags: lambdaFlags },
		...(round.isRated ? { rateShare } : {}),
	});
	try {
		await worker.ready;
		const connections = await connectAll(collector, round.features);
		await holdDetails(collector, connections);
		await outbox.send(
			connections.map((one) => ({
				...base(collector, one),
				kind: 'inventory' as const,
				details: false,
			})),
		);
		await untilDone(sqs, queueUrl);
		collector.sandbox.clock.advance(5 * minuteMs);
		collector.sandbox.resetCalls();
		const due = connections.flatMap((one) => dueOf(collector, one));
		const [worked, beside, began] = [
			worker.processorSeconds(),
			process.cpuUsage(),
			performance.now(),
		];
		await outbox.send(due);
		await untilDone(sqs, queueUrl);
		const ended = worker.processorSeconds();
		const { user, system } = process.cpuUsage(beside);
		reportRound(report, round, {
			...{ connections: connections.length, due, failed: worker.failures },
			seconds: (performance.now() - began) / 1000,
			workerSeconds: ended === null || worked === null ? null : ended - worked,
			besideSeconds: (user + system) / 1e6,
			peakBytes: worker.peakBytes(),
			calls: collector.sandbox.calls(),
		});
	} finally {
		await worker.kill();
		sqs.destroy();
		await queue.close();
		await collector.close();
	}
}

interface Measured {
	readonly connections: number;
	readonly due: readonly Message[];
	readonly failed: number;
	readonly seconds: number;
	/** Processor time, where the system tells it. */
	readonly workerSeconds: number | null;
	/** The same of the simulated AWS, DynamoDB and the queue. */
	readonly besideSeconds: number;
	readonly peakBytes: number | null;
	readonly calls: readonly CallCount[];
}

function reportRound(report: (row: BenchRow) => void, round: Round, measured: Measured): void {
	const { connections, due, failed, seconds, workerSeconds, besideSeconds, peakBytes } = measured;
	const sum = (field: 'calls' | 'billedUnits') =>
		measured.calls.reduce((total, one) => total + one[field], 0).toLocaleString('en');
	const regions = due.filter(({ kind }) => kind === 'functions').length;
	const load = loadavg()[0]?.toFixed(1) ?? 'unknown';
	report(
		row(`${round.of}: all that is due`, {
			...{ value: seconds, unit: 's' },
			...(round.atMostSeconds === undefined ? {} : { atMost: round.atMostSeconds }),
			note: `${round.functions.toLocaleString('en')} functions, ${regions} regions of ${connections} accounts, ${due.length} messages, ${failed} of them failed: ${round.about}; ${sum('calls')} calls, ${sum('billedUnits')} metrics; at load ${load}`,
		}),
	);
	if (workerSeconds !== null) {
		report(
			row(`${round.of}: the worker’s processor time`, {
				...{ value: workerSeconds, unit: 's' },
				note: `the simulated AWS, DynamoDB and the queue, in one process beside it, used ${besideSeconds.toFixed(1)} s`,
			}),
		);
	}
	if (peakBytes === null) return;
	report(
		row(`${round.of}: the worker’s most memory`, {
			...{ value: peakBytes / mib, unit: 'MiB', atMost: 400 },
			note: 'resident, from its start on: the first inventory is in it',
		}),
	);
}

async function untilDone(sqs: SQSClient, queueUrl: string): Promise<void> {
	if (await untilEmpty(sqs, queueUrl, maxMs)) return;
	throw new Error(`the messages of a round were not worked off in ${maxMs / 1000} s`);
}

/** Each function's own details are read beside everything else, for hours at our share: not what is measured. */
async function holdDetails(
	{ store }: Collector,
	connections: readonly Connection[],
): Promise<void> {
	for (const { id } of connections) {
		await store.leases.acquire(testCtx(), `details/${id}`, { holder: 'bench', forMs: dayMs });
	}
}

async function connectAll(
	collector: Collector,
	features: readonly Feature[],
): Promise<Connection[]> {
	const connections: Connection[] = [];
	for (const account of collector.sandbox.world.accounts) {
		if (account.closedMs !== null || account.activeRegions.length === 0) continue;
		const connection = await collector.connect(account.id, features);
		if (connection.state === 'healthy') connections.push(connection);
	}
	return connections;
}

function base(collector: Collector, { workspaceId, id: connectionId }: Connection) {
	return { workspaceId, connectionId, plannedMs: collector.deps.clock() };
}

function dueOf(collector: Collector, connection: Connection): Message[] {
	const of = base(collector, connection);
	const { activeRegions = [] } = collector.sandbox.world.account(connection.accountId) ?? {};
	const shard = { index: 0, of: 1 };
	return [
		{ kind: 'totals', ...of, counts: true },
		...activeRegions.map((region) => ({ kind: 'functions' as const, ...of, region, shard })),
	];
}
