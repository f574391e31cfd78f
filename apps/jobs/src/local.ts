/**
 * Process entry on a laptop: options as JSON in the first argument (local/options.ts), one JSON line
 * `{"ready": true}` once it works, then progress as JSON lines. In place of AWS's own: a timer for
 * the scheduler, a poller for SQS's trigger, and a background reader for the past. Ends on SIGTERM
 * or SIGINT, after what is under way.
 */
import { randomBytes } from 'node:crypto';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createAws } from '@lamplight/aws/aws';
import { LamplightError } from '@lamplight/core/errors';
import { floorTo, minuteMs } from '@lamplight/core/time';
import { createExportFiles } from '@lamplight/store/exports/files';
import { createStore } from '@lamplight/store/store';

import type { JobDeps, Log } from './deps.ts';
import { type LocalOptions, parseLocalOptions } from './local/options.ts';
import { createPastReader } from './local/past.ts';
import { followProgress } from './local/progress.ts';
import { followWorldClock } from './local/worldClock.ts';
import { createMemory } from './memory.ts';
import { runPlan } from './plan/run.ts';
import { createOutbox, pollQueue } from './queue.ts';
import { runRollup } from './rollup/run.ts';
import { repeatOf, workMessage } from './work.ts';

const wallClock = () => Date.now();
const visibilitySeconds = 120;
/** How often the newest figures are put on the pages while the product comes up. */
const firstPagesEveryMs = 3_000;
const firstPagesForMs = 2 * minuteMs;
const tickMs = 500;
/** The past waits for the newest hour at most this long. */
const pastWaitsMs = 30_000;

const tell = (message: Readonly<Record<string, unknown>>) => console.log(JSON.stringify(message));
const logLine: Log = (event, facts) =>
	console.error(JSON.stringify({ at: new Date().toISOString(), event, ...facts }));

async function start(options: LocalOptions): Promise<void> {
	const ending = new AbortController();
	const { signal } = ending;
	const clock =
		options.worldClockUrl === undefined
			? wallClock
			: await followWorldClock(options.worldClockUrl, { wallClock, signal });
	const region = process.env['AWS_REGION'] ?? 'us-east-1';
	const client = new DynamoDBClient({ region });
	const sqs = new SQSClient({ region });
	const aws = createAws({
		clock,
		wallClock,
		region,
		...(options.awsProfile === undefined ? {} : { profile: options.awsProfile }),
		...(options.rateShare === undefined ? {} : { rateShare: options.rateShare }),
	});
	let connections = 0;
	const progress = followProgress(logLine, tell, () => connections);
	const past = createPastReader({
		work: (message) => workMessage(deps, JSON.stringify(message)),
		hasMore: progress.hasMorePast,
		log: logLine,
	});
	const deps: JobDeps = {
		store: createStore({ client, tableName: options.tableName, clock }),
		aws,
		clock,
		wallClock,
		randomBytes: (count) => randomBytes(count),
		queue: past.wrap(createOutbox(sqs, { collect: options.queueUrl })),
		files: createExportFiles({ bucket: options.exports.bucket, region, standIn: options.exports }),
		memory: createMemory(),
		log: progress.log,
	};
	const polling = pollQueue({
		sqs,
		queueUrl: options.queueUrl,
		width: options.width,
		visibilitySeconds,
		signal,
		log: logLine,
		repeatOf,
		work: (body, delivery) => workMessage(deps, body, delivery),
	});
	const planning = planEveryMinute(deps, signal, (count) => (connections = count));
	const showing = showFirstPages(deps, signal, { progress, begin: () => past.begin() });
	const stop = () => {
		ending.abort();
		const ended = Promise.all([polling, planning, showing, past.stop()]);
		void ended.then(() => process.exit(0));
	};
	process.once('SIGTERM', stop);
	process.once('SIGINT', stop);
	tell({ ready: true });
}

/**
 * Plans at once, all that there is, as a laptop has been closed before; and then with every minute of the
 * data's clock.
 */
async function planEveryMinute(
	deps: JobDeps,
	signal: AbortSignal,
	connected: (count: number) => void,
): Promise<void> {
	let plannedMs = -1;
	while (!signal.aborted) {
		const minute = floorTo(minuteMs, deps.clock());
		if (minute !== plannedMs) {
			const catchUp = plannedMs < 0;
			plannedMs = minute;
			await guarded('plan', async () => {
				connected((await runPlan(deps, { catchUp })).connections);
			});
		}
		await pause(tickMs, signal);
	}
}

/** While the product comes up, pages follow the figures within seconds; later the plan keeps them. */
async function showFirstPages(
	deps: JobDeps,
	signal: AbortSignal,
	parts: { progress: ReturnType<typeof followProgress>; begin: () => void },
): Promise<void> {
	const startedMs = deps.wallClock();
	const windows = ['1h', '24h', 'today'];
	while (!signal.aborted && deps.wallClock() - startedMs < firstPagesForMs) {
		if (parts.progress.takeNews()) {
			await guarded('first pages', async () => {
				for (const workspaceId of await deps.store.lookups.workspaceIds()) {
					const plannedMs = floorTo(minuteMs, deps.clock());
					await runRollup(deps, { kind: 'rollup', workspaceId, plannedMs, windows });
				}
				parts.progress.shown();
			});
		}
		if (deps.wallClock() - startedMs > pastWaitsMs) parts.begin();
		await pause(firstPagesEveryMs, signal);
	}
	parts.begin();
}

async function guarded(what: string, run: () => Promise<void>): Promise<void> {
	try {
		await run();
	} catch (error) {
		const message = error instanceof Error ? (error.stack ?? error.message) : 'unknown';
		logLine(`${what} failed`, { error: message.slice(0, 1000) });
	}
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
	if (signal.aborted) return;
	await new Promise<void>((resolve) => {
		const done = () => {
			clearTimeout(timer);
			signal.removeEventListener('abort', done);
			resolve();
		};
		const timer = setTimeout(done, ms);
		signal.addEventListener('abort', done);
	});
}

try {
	await start(parseLocalOptions(process.argv[2]));
} catch (error) {
	console.error(error instanceof LamplightError ? error.message : error);
	process.exitCode = 1;
}
