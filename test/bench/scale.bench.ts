import { SQSClient } from '@aws-sdk/client-sqs';
import type { Connection } from '@lamplight/core/connection/connection';
import { minuteMs } from '@lamplight/core/time';
import type { Message } from '@lamplight/jobs/message';
import { createOutbox } from '@lamplight/jobs/queue';
import { startQueue } from '@lamplight/sandbox/queue/start';

import { startWorker, untilEmpty } from '../chaos/process.ts';
import { type Collector, startCollector } from '../support/collector.ts';
import { type BenchRow, row } from './bench.ts';

const startMs = Date.UTC(2026, 9, 14, 8, 0);
const functions = Number(process.env['BENCH_SCALE_FUNCTIONS'] ?? '10000');
/** No message is seen twice while it is worked on. */
const visibilitySeconds = 600;
const firstReadingMs = 600_000;
const maxMs = 300_000;
const mib = 1024 * 1024;
/** What is left to the heap of a Lambda of 512 MB. */
const heapMib = 256;

/** One round of everything that is due, over a fleet of 10,000 functions, by one worker process. */
export async function measureScale(report: (row: BenchRow) => void): Promise<void> {
	const collector = await startCollector({
		functions,
		seed: 3,
		nowMs: startMs,
		speed: 0,
		latency: true,
		rateLimits: false,
		rateShare: 1000,
		logGroupPatterns: ['*'],
	});
	const queue = await startQueue({
		queues: [{ name: 'scale', visibilitySeconds, maxReceives: 5 }],
	});
	const { endpoint } = queue;
	const queueUrl = queue.urls['scale'] ?? '';
	const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
	const sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials });
	const outbox = createOutbox(sqs, queueUrl);
	const worker = startWorker(collector, { endpoint, queueUrl, visibilitySeconds, heapMib });
	try {
		await worker.ready;
		const connections = await connectAll(collector);
		const inventory = connections.map((one) => ({
			...base(collector, one),
			kind: 'inventory' as const,
			details: false,
		}));
		await outbox.send(inventory);
		await untilEmpty(sqs, queueUrl, firstReadingMs);
		collector.sandbox.clock.advance(5 * minuteMs);
		const due = connections.flatMap((one) => dueOf(collector, one));
		const [done, began] = [worker.done, performance.now()];
		await outbox.send(due);
		await untilEmpty(sqs, queueUrl, maxMs);
		const regions = due.filter(({ kind }) => kind === 'functions').length;
		const worked = worker.done - done;
		report(
			row(`${functions.toLocaleString('en')} functions, all that is due`, {
				value: (performance.now() - began) / 1000,
				unit: 's',
				atMost: 60,
				note: `${regions} regions of ${connections.length} accounts, ${worked} of ${due.length} messages done: totals, every function's records and due metrics, AWS's latency and no limit of rates; the simulated AWS and DynamoDB share the machine`,
			}),
		);
		const peak = worker.peakBytes();
		if (peak === null) return;
		report(row('the worker’s most memory', { value: peak / mib, unit: 'MiB', atMost: 400 }));
	} finally {
		await worker.kill();
		sqs.destroy();
		await queue.close();
		await collector.close();
	}
}

async function connectAll(collector: Collector): Promise<Connection[]> {
	const connections: Connection[] = [];
	for (const account of collector.sandbox.world.accounts) {
		if (account.closedMs !== null || account.activeRegions.length === 0) continue;
		const connection = await collector.connect(account.id);
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
