import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import {
	CloudWatchClient,
	GetMetricDataCommand,
	type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Credentials } from '@lamplight/sandbox/sandbox';
import type { WorldFunction } from '@lamplight/sandbox/world/world';

import { root } from '../support/needs.ts';
import { type Bench, type BenchRow, row } from './bench.ts';

/** A sandbox in a process of its own, as a collector meets it. */
interface Remote {
	readonly endpoint: string;
	readonly readyMs: number;
	readonly child: ChildProcess;
	readonly nowMs: number;
}

interface Busy {
	readonly cpuMs: number;
	readonly elapsedMs: number;
	readonly residentBytes: number;
}

type Report = (row: BenchRow) => void;

const nowMs = Date.UTC(2026, 10, 23, 12);
const region = 'eu-west-1';

async function start(functions: number): Promise<Remote> {
	const options = JSON.stringify({ functions, nowMs, speed: 0, rateLimits: false });
	const startedMs = performance.now();
	const main = join(root, 'packages/sandbox/src/main.ts');
	const child = spawn(process.execPath, [main, options], { stdio: ['ignore', 'pipe', 'inherit'] });
	const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
	const { endpoint } = JSON.parse(line) as { endpoint: string };
	return { endpoint, readyMs: performance.now() - startedMs, child, nowMs };
}

async function stop({ child }: Remote): Promise<void> {
	child.kill('SIGTERM');
	await once(child, 'exit');
}

async function control<T>(remote: Remote, path: string): Promise<T> {
	const response = await fetch(`${remote.endpoint}/_sandbox/${path}`);
	return (await response.json()) as T;
}

/** Processor time of the server for a piece of work, its share of the elapsed time, and the result. */
async function cpuDuring<T>(remote: Remote, work: () => Promise<T>) {
	const before = await control<Busy>(remote, 'busy');
	const result = await work();
	const after = await control<Busy>(remote, 'busy');
	const cpuMs = after.cpuMs - before.cpuMs;
	return { result, cpuMs, share: cpuMs / (after.elapsedMs - before.elapsedMs) };
}

async function clientConfig(remote: Remote, accountId: string) {
	const credentials = await control<Credentials>(remote, `credentials?account=${accountId}`);
	return { endpoint: remote.endpoint, region, credentials, maxAttempts: 1 };
}

async function benchStart(report: Report): Promise<void> {
	const few = await start(10);
	await stop(few);
	const many = await start(10_000);
	const { residentBytes, cpuMs } = await control<Busy>(many, 'busy');
	await stop(many);
	report(
		row('start with 10,000 functions', {
			value: many.readyMs,
			unit: 'ms',
			atMost: 2_000,
			baseline: few.readyMs,
			note: 'process spawn to ready line; baseline: 10 functions',
		}),
	);
	report(
		row('start with 10,000 functions, processor time', {
			value: cpuMs,
			unit: 'ms',
			note: 'what the start takes where nothing else runs; a crowded machine lengthens the row above',
		}),
	);
	report(
		row('memory with 10,000 functions', {
			value: residentBytes / 1_048_576,
			unit: 'MiB',
			atMost: 300,
			note: 'resident set after start',
		}),
	);
}

function queries(functions: readonly WorldFunction[], count: number): MetricDataQuery[] {
	return Array.from({ length: count }, (_, index) => ({
		Id: `m${index}`,
		MetricStat: {
			Metric: {
				Namespace: 'AWS/Lambda',
				MetricName: 'Duration',
				Dimensions: [
					{ Name: 'FunctionName', Value: functions[index % functions.length]?.name ?? '' },
				],
			},
			Period: 60,
			Stat: ['SampleCount', 'Sum', 'Maximum', 'p50', 'p99'][index % 5] ?? 'Sum',
		},
	}));
}

async function benchMetrics(remote: Remote, accountId: string, report: Report): Promise<void> {
	const functions = (
		await control<WorldFunction[]>(remote, `truth/functions?account=${accountId}`)
	).filter((fn) => fn.region === region);
	const cloudwatch = new CloudWatchClient(await clientConfig(remote, accountId));
	const command = (hoursAgo: number) =>
		new GetMetricDataCommand({
			StartTime: new Date(remote.nowMs - (hoursAgo + 1) * 3_600_000),
			EndTime: new Date(remote.nowMs - hoursAgo * 3_600_000),
			MetricDataQueries: queries(functions, 500),
		});
	const first = await cpuDuring(remote, () => cloudwatch.send(command(5)));
	let hoursAgo = 6;
	const fresh = await measureRepeated(remote, 10, () => cloudwatch.send(command(hoursAgo++)));
	const again = await measureRepeated(remote, 10, () => cloudwatch.send(command(5)));
	const results = first.result.MetricDataResults ?? [];
	const points = results.reduce((sum, { Values = [] }) => sum + Values.length, 0);
	const baseline = jsonMs(results);
	const metric = 'GetMetricData 500 metrics × 60 minutes';
	const least = 'baseline: JSON.stringify of the same answer';
	report(
		row(`${metric}, asked again`, {
			value: again.cpuMs,
			unit: 'ms',
			atMost: 50,
			baseline,
			note: `processor time of the server, mean of 10; ${points} points in all; ${least}`,
		}),
	);
	report(
		row(`${metric}, another hour each time`, {
			value: fresh.cpuMs,
			unit: 'ms',
			atMost: 50,
			baseline,
			note: `mean of 10; the hour's executions of 100 functions are computed on the way; ${least}`,
		}),
	);
	report(
		row(`${metric}, first call of the process`, {
			value: first.cpuMs,
			unit: 'ms',
			baseline,
			note: 'code not yet compiled by the engine',
		}),
	);
	report(
		row("server's share of a client's time in GetMetricData", {
			value: again.share * 100,
			unit: '%',
			note: 'processor time of the server over elapsed time, one client in a row',
		}),
	);
}

async function measureRepeated(remote: Remote, times: number, call: () => Promise<unknown>) {
	const { cpuMs, share } = await cpuDuring(remote, async () => {
		for (let n = 0; n < times; n++) await call();
	});
	return { cpuMs: cpuMs / times, share };
}

/** Milliseconds to write a value as JSON, the least that any server must do; best of five. */
function jsonMs(value: unknown): number {
	const times = Array.from({ length: 5 }, () => {
		const startedMs = performance.now();
		JSON.stringify(value);
		return performance.now() - startedMs;
	});
	return Math.max(Math.min(...times), 0.001);
}

async function benchLogs(remote: Remote, accountId: string, report: Report): Promise<void> {
	const fn = await busiest(remote, accountId);
	const logs = new CloudWatchLogsClient(await clientConfig(remote, accountId));
	const read = async (filterPattern?: string) => {
		let bytes = 0;
		let serializeMs = 0;
		let nextToken: string | undefined;
		do {
			const page = await logs.send(
				new FilterLogEventsCommand({
					logGroupName: `/aws/lambda/${fn.name}`,
					startTime: remote.nowMs - 6 * 3_600_000,
					endTime: remote.nowMs - 3_600_000,
					...(filterPattern === undefined ? {} : { filterPattern }),
					...(nextToken === undefined ? {} : { nextToken }),
				}),
			);
			for (const { message = '' } of page.events ?? []) bytes += message.length;
			serializeMs += jsonMs(page.events);
			nextToken = page.nextToken;
		} while (nextToken !== undefined && bytes < 40_000_000);
		return { bytes, serializeMs };
	};
	const all = await cpuDuring(remote, () => read());
	const megabytes = all.result.bytes / 1e6;
	report(
		row('FilterLogEvents, every line', {
			value: megabytes / (all.cpuMs / 1000),
			unit: 'MB/s',
			atLeast: 20,
			baseline: megabytes / (all.result.serializeMs / 1000),
			note: `${megabytes.toFixed(1)} MB of messages; the server ran ${(all.share * 100).toFixed(0)}% of the time; baseline: JSON.stringify of the same pages`,
		}),
	);
	const records = await cpuDuring(remote, () => read('"REPORT RequestId"'));
	report(
		row('FilterLogEvents, REPORT records of the same span', {
			value: records.cpuMs,
			unit: 'ms',
			baseline: all.cpuMs,
			note: `${(records.result.bytes / 1e6).toFixed(1)} MB; baseline: every line`,
		}),
	);
}

async function busiest(remote: Remote, accountId: string): Promise<WorldFunction> {
	const functions = await control<WorldFunction[]>(remote, `truth/functions?account=${accountId}`);
	let best: { fn: WorldFunction; bytes: number } | null = null;
	for (const fn of functions.filter((one) => one.region === region)) {
		const range = `from=${remote.nowMs - 6 * 3_600_000}&to=${remote.nowMs - 3_600_000}`;
		const { logBytes } = await control<{ logBytes: number }>(
			remote,
			`truth/totals?function=${fn.id}&${range}`,
		);
		if (best === null || logBytes > best.bytes) best = { fn, bytes: logBytes };
	}
	if (best === null) throw new Error('no function in this account');
	return best.fn;
}

async function benchSmallCalls(remote: Remote, accountId: string, report: Report): Promise<void> {
	const config = await clientConfig(remote, accountId);
	const sts = new STSClient(config);
	const lambda = new LambdaClient(config);
	const identity = await measureRepeated(remote, 300, () =>
		sts.send(new GetCallerIdentityCommand({})),
	);
	const list = await measureRepeated(remote, 50, () => lambda.send(new ListFunctionsCommand({})));
	for (const [metric, { cpuMs, share }] of [
		['GetCallerIdentity: signature, permissions, XML', identity],
		['ListFunctions: a page of 50', list],
	] as const) {
		report(
			row(metric, {
				value: cpuMs,
				unit: 'ms',
				note: `processor time of the server per call; ${(share * 100).toFixed(0)}% of the time of one client in a row`,
			}),
		);
	}
}

export const bench: Bench = {
	name: 'sandbox',
	about:
		'the simulated AWS in a process of its own: start, memory, metrics, logs, its share of the time',
	async run(report) {
		await benchStart(report);
		const remote = await start(2_400);
		const { accounts } = await control<{ accounts: { id: string; name: string }[] }>(
			remote,
			'world',
		);
		const accountId = accounts.find(({ name }) => name === 'shop-production')?.id ?? '';
		await benchSmallCalls(remote, accountId, report);
		await benchMetrics(remote, accountId, report);
		await benchLogs(remote, accountId, report);
		await stop(remote);
	},
};
