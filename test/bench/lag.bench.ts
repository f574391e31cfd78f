import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import { SQSClient } from '@aws-sdk/client-sqs';
import { rateShare } from '@lamplight/aws/limits/rates';
import { floorTo, minuteMs } from '@lamplight/core/time';
import type { JobDeps } from '@lamplight/jobs/deps';
import { parseMessage } from '@lamplight/jobs/dispatch';
import { runPlan } from '@lamplight/jobs/plan/run';
import { createOutbox, pollQueue } from '@lamplight/jobs/queue';
import { workMessage } from '@lamplight/jobs/work';
import { startQueue } from '@lamplight/sandbox/queue/start';

import { percentile } from '../soak/verdict.ts';
import { type Collector, startCollector } from '../support/collector.ts';
import { makeWorkspace } from '../support/enrol.ts';
import { type Bench, row } from './bench.ts';
import { connectAll } from './collectFleet.ts';
import { Lags } from './collectLags.ts';

/** Wednesday 08:00 UTC: the busier half of the simulated day. */
const fromMs = Date.UTC(2026, 9, 14, 8, 0);
const functions = Number(process.env['BENCH_FUNCTIONS'] ?? '1000');
/** World minutes in a real one: slower where the machine has other work. */
const speed = Number(process.env['BENCH_LAG_SPEED'] ?? '12');
/** World minutes that are measured, after those in which the first readings are made. */
const measuredMinutes = Number(process.env['BENCH_LAG_MINUTES'] ?? '30');
const warmUpMinutes = 15;
/** One account with two active regions, and its share of the simulated world's functions. */
const account = { name: 'data-production', share: 0.1437 };
// As apps/cli starts the queue, and the poller of a laptop its places.
const visibilitySeconds = 60;
const maxReceives = 5;
const width = 6;
const looksPerMinute = 60;

export const bench: Bench = {
	name: 'lag',
	about: `${functions} simulated functions of one account in two regions, planned, queued and read by the clock, ${speed} times as fast as it goes, at ${rateShare * 100}% of AWS's rates`,
	async run(report) {
		const { lags, delaysMs, failed, minutes } = await timedLags();
		const load = loadavg()[0]?.toFixed(1) ?? 'unknown';
		const note = `from the beginning of the minute in which it began, each of ${lags.executions.toLocaleString('en')} executions as often as it ran, to the end of the write; ${minutes} minutes by a clock ${speed} times as fast, rates as many times higher: what the machine itself takes (load ${load}) counts ${speed} times; ${failed} messages failed`;
		for (const [share, name, atMost] of lagShares) {
			report(
				row(`from an execution to its figures in the store, timed, ${name}`, {
					...{ value: lags.quantileMs(share) / minuteMs, unit: 'min', note },
					...(atMost === null ? {} : { atMost }),
				}),
			);
		}
		for (const [share, name] of delayShares) {
			report(
				row(`a message’s wait in the queue, ${name}`, {
					...{ value: percentile(delaysMs, share) / 1000, unit: 's' },
					note: `from the minute that it was planned for to the beginning of its work, ${delaysMs.length} messages, ${width} at once; the planner’s own run is in it`,
				}),
			);
		}
	},
};

const lagShares = [
	[0.5, 'half of them', null],
	[0.95, 'p95', 10],
	[0.99, 'p99', null],
] as const;
const delayShares = [
	[0.5, 'half of them'],
	[0.95, 'p95'],
] as const;

interface Timed {
	readonly lags: Lags;
	readonly delaysMs: readonly number[];
	readonly failed: number;
	readonly minutes: number;
}

/** The product's planner, queue, poller and jobs, while the world's clock runs. */
async function timedLags(): Promise<Timed> {
	const collector = await startCollector({
		...{ functions: Math.round(functions / account.share), seed: 3 },
		...{ nowMs: fromMs - warmUpMinutes * minuteMs, speed: 0 },
		// Rates are kept by the collector's own limits, as many times higher as the clock is faster.
		...{ rateLimits: false, rateShare: rateShare * speed, logGroupPatterns: ['*'] },
	});
	const queue = await startQueue({ queues: [{ name: 'lag', visibilitySeconds, maxReceives }] });
	const queueUrl = queue.urls['lag'] ?? '';
	const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
	const sqs = new SQSClient({ endpoint: queue.endpoint, region: 'us-east-1', credentials });
	const ending = new AbortController();
	const lags = new Lags();
	const deps: JobDeps = {
		...collector.deps,
		store: timed(collector, lags),
		queue: createOutbox(sqs, queueUrl),
	};
	let delaysMs: number[] = [];
	let failed = 0;
	let polling = Promise.resolve();
	try {
		await makeWorkspace(collector, collector.deps.clock());
		await connectAll(collector, account.name);
		collector.sandbox.clock.set({ speed });
		polling = pollQueue({
			...{ sqs, queueUrl, width, visibilitySeconds, signal: ending.signal },
			log: (event) => void (failed += event === 'message failed' ? 1 : 0),
			work: async (body) => {
				delaysMs.push(deps.clock() - parseMessage(body).plannedMs);
				await workMessage(deps, body);
			},
		});
		await planUntil(deps, fromMs);
		lags.reset();
		delaysMs = [];
		await planUntil(deps, fromMs + measuredMinutes * minuteMs);
		return { lags, delaysMs: [...delaysMs], failed, minutes: measuredMinutes };
	} finally {
		ending.abort();
		await polling;
		sqs.destroy();
		await queue.close();
		await collector.close();
	}
}

/** Plans with every minute of the world's clock, as the scheduler does. */
async function planUntil(deps: JobDeps, endMs: number): Promise<void> {
	for (let plannedMs = -1; deps.clock() < endMs;) {
		const minute = floorTo(minuteMs, deps.clock());
		if (minute !== plannedMs) {
			plannedMs = minute;
			await runPlan(deps);
		}
		await sleep(minuteMs / speed / looksPerMinute);
	}
}

/** The collector's store; what was written arrives at the clock's time. */
function timed({ store, deps }: Collector, lags: Lags): Collector['store'] {
	const watched = lags.watch(store);
	return {
		...watched,
		series: {
			...watched.series,
			writeFragment: async (ctx, fragment) => {
				const isKept = await watched.series.writeFragment(ctx, fragment);
				lags.settle(deps.clock());
				return isKept;
			},
		},
	};
}
