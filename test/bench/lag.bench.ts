import { createAws } from '@lamplight/aws/aws';
import { publishedRate, rateShare } from '@lamplight/aws/limits/rates';
import { floorTo, minuteMs } from '@lamplight/core/time';
import type { JobDeps } from '@lamplight/jobs/deps';
import { Shares } from '@lamplight/jobs/local/shares';
import type { Message } from '@lamplight/jobs/message';
import { runPlan } from '@lamplight/jobs/plan/run';
import { groupOf } from '@lamplight/jobs/queue';
import { workMessage } from '@lamplight/jobs/work';

import { percentile } from '../soak/verdict.ts';
import { type Collector, collectorRole, startCollector } from '../support/collector.ts';
import { makeWorkspace } from '../support/enrol.ts';
import { type Bench, row } from './bench.ts';
import { connectAll } from './collectFleet.ts';
import { Lags } from './collectLags.ts';
import { PlannedClock } from './plannedClock.ts';

/** Wednesday 08:00 UTC: the busier half of the simulated day. */
const fromMs = Date.UTC(2026, 9, 14, 8, 0);
const functions = Number(process.env['BENCH_FUNCTIONS'] ?? '1000');
const measuredMinutes = Number(process.env['BENCH_LAG_MINUTES'] ?? '60');
/** In which the first readings, of a whole hour, are made. */
const warmUpMinutes = 20;
/** One account with two active regions, and its share of the simulated world's functions. */
const account = { name: 'data-production', share: 0.1437 };
// As stacks/jobs.ts subscribes the collector.
const batchWindowMs = 1_000;
/** Messages worked on at once: those of a laptop, where a Lambda would have as many as it likes. */
const width = 6;

export const bench: Bench = {
	name: 'lag',
	about: `${functions} simulated functions of one account in two regions, planned, queued, waited for and read by a planned clock, at ${rateShare * 100}% of AWS's rates`,
	async run(report) {
		const { lags, delaysMs, failed, most } = await timedLags();
		const note = `from the beginning of the minute in which it began to the end of the write, each of ${lags.executions.toLocaleString('en')} executions as often as it ran, over ${measuredMinutes} minutes; waits for turns at ${rateShare * 100}% of FilterLogEvents’ ${publishedRate('FilterLogEvents', 'eu-west-1')} a second and in the queue are in it, and the processor time of the jobs, the simulated AWS and the database, as on one processor; ${failed} messages failed`;
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
					note: `from the minute that it was planned for to the beginning of its work: the planner’s run, a batch’s window of a second and the wait for one of ${width} places; ${delaysMs.length} messages`,
				}),
			);
		}
		report(row('the longest message', { value: most.ms / 1000, unit: 's', note: most.kind }));
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
	readonly most: { readonly kind: string; readonly ms: number };
}

/** The product's planner, fair turns and jobs, by a planned clock. */
async function timedLags(): Promise<Timed> {
	const startMs = fromMs - warmUpMinutes * minuteMs;
	const collector = await startCollector({
		...{ functions: Math.round(functions / account.share), seed: 3, nowMs: startMs, speed: 0 },
		// Kept by the collector's own limits, by the planned clock; the simulated AWS's go by real time.
		...{ rateLimits: false, rateShare: 1000, logGroupPatterns: ['*'] },
	});
	const { sandbox } = collector;
	const clock = new PlannedClock(startMs);
	const own = sandbox.credentialsFor(sandbox.hubAccountId, { roleName: collectorRole });
	const aws = createAws({
		...{ clock: collector.deps.clock, wallClock: clock.nowMs, sleep: clock.sleep },
		...{ region: 'us-east-1', own: async () => own },
	});
	try {
		await makeWorkspace(collector, collector.deps.clock());
		await connectAll(collector, account.name);
		const timed = new TimedJobs(collector, clock, aws);
		const ended = timed.planEveryMinute(fromMs + measuredMinutes * minuteMs);
		const follow = (nowMs: number) => sandbox.clock.set({ nowMs });
		await clock.passUntil(fromMs, follow);
		timed.reset();
		await clock.passUntil(fromMs + measuredMinutes * minuteMs, follow);
		const { lags, delaysMs, failed, most } = timed;
		const seen = { lags, delaysMs: [...delaysMs], failed, most };
		clock.close();
		await ended;
		return seen;
	} finally {
		aws.close();
		await collector.close();
	}
}

class TimedJobs {
	readonly lags = new Lags();
	delaysMs: number[] = [];
	failed = 0;
	most = { kind: 'none', ms: 0 };
	readonly #clock: PlannedClock;
	readonly #deps: JobDeps;
	readonly #shares = new Shares<Message>(width);
	readonly #working = new Set<Promise<void>>();

	constructor(collector: Collector, clock: PlannedClock, aws: JobDeps['aws']) {
		this.#clock = clock;
		this.#deps = {
			...collector.deps,
			aws,
			wallClock: clock.nowMs,
			store: timedStore(collector.store, this.lags, clock.nowMs),
			queue: { send: async (messages) => void this.#arrive(messages) },
		};
	}

	reset(): void {
		this.lags.reset();
		this.delaysMs = [];
		this.failed = 0;
		this.most = { kind: 'none', ms: 0 };
	}

	async planEveryMinute(endMs: number): Promise<void> {
		for (let nowMs = this.#clock.nowMs(); nowMs < endMs; nowMs = this.#clock.nowMs()) {
			await runPlan(this.#deps);
			await this.#clock.sleep(floorTo(minuteMs, nowMs) + minuteMs - this.#clock.nowMs());
		}
		await Promise.all(this.#working);
	}

	async #arrive(messages: readonly Message[]): Promise<void> {
		await this.#clock.sleep(batchWindowMs);
		for (const message of messages) this.#shares.add(groupOf(message), message);
		this.#begin();
	}

	#begin(): void {
		for (let next = this.#shares.next(); next !== null; next = this.#shares.next()) {
			const { group, item } = next;
			const one: Promise<void> = this.#work(item).finally(() => {
				this.#working.delete(one);
				this.#shares.ended(group);
				this.#begin();
			});
			this.#working.add(one);
		}
	}

	async #work(message: Message): Promise<void> {
		const beganMs = this.#clock.nowMs();
		this.delaysMs.push(beganMs - message.plannedMs);
		try {
			await workMessage(this.#deps, JSON.stringify(message));
		} catch {
			this.failed += 1;
		}
		const ms = this.#clock.nowMs() - beganMs;
		if (ms > this.most.ms) this.most = { kind: message.kind, ms };
	}
}

/** The store; what was written arrives at the clock's time. */
function timedStore(
	store: Collector['store'],
	lags: Lags,
	clock: () => number,
): Collector['store'] {
	const watched = lags.watch(store);
	return {
		...watched,
		series: {
			...watched.series,
			writeFragment: async (ctx, fragment) => {
				const isKept = await watched.series.writeFragment(ctx, fragment);
				lags.settle(clock());
				return isKept;
			},
		},
	};
}
