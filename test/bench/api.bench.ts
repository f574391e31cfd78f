import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createApp } from '@lamplight/api/app';
import { startTestApi, type TestApi } from '@lamplight/api/testing/api';
import { createStore } from '@lamplight/store/store';

import { root } from '../gates/entries.ts';
import type { ApiFleet, ApiFleetAsked } from './apiFleet.ts';
import { type Bench, type BenchRow, row } from './bench.ts';
import { countUnits, type Units, unitsOf } from './dynamoUnits.ts';

const functions = Number(process.env['BENCH_FUNCTIONS'] ?? 10_000);
const days = Number(process.env['BENCH_DAYS'] ?? 30);
const perSecond = 20;
const seconds = 10;
/** An hour's end, so that the newest slot is whole. */
const nowMs = Date.UTC(2026, 10, 18, 14);

interface Database {
	readonly endpoint: string;
	/** Processor time of the database's process, in milliseconds; `null` where /proc does not tell. */
	cpuMs(): number | null;
	stop(): void;
}

/** Linux counts processor time in hundredths of a second (man 5 proc_pid_stat, USER_HZ, read 2026-11). */
const msPerTick = 10;

function cpuMsOf(pid: number | undefined): number | null {
	try {
		const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
		return (Number(fields[11]) + Number(fields[12])) * msPerTick;
	} catch {
		return null;
	}
}

/** The embedded database in a process of its own, as on a laptop: it must not share our CPU time. */
async function startDatabase(folder: string): Promise<Database> {
	const script = join(root, 'packages/sandbox/src/dynamodb/main.ts');
	const child = spawn(process.execPath, [script, JSON.stringify({ path: folder })], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const lines = createInterface({ input: child.stdout });
	const { value } = await lines[Symbol.asyncIterator]().next();
	const { endpoint } = JSON.parse(String(value)) as { endpoint: string };
	return {
		endpoint,
		cpuMs: () => cpuMsOf(child.pid),
		stop: () => void child.kill('SIGTERM'),
	};
}

interface Asked {
	readonly ms: number;
	/** Of the body as it is without compression. */
	readonly bytes: number;
}

interface Harness {
	readonly units: Units;
	readonly ask: (path: string) => Promise<Asked>;
	readonly functionIds: readonly string[];
	readonly database: Database;
	/** What writing the fleet took. */
	readonly seedMs: number;
}

const tableName = 'bench';

async function writeFleet(endpoint: string): Promise<ApiFleet> {
	const asked: ApiFleetAsked = { endpoint, tableName, nowMs, functions, days };
	const child = spawn(
		process.execPath,
		[join(root, 'test/bench/apiFleet.ts'), JSON.stringify(asked)],
		{ stdio: ['ignore', 'pipe', 'inherit'] },
	);
	const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
	if (value === undefined) throw new Error('the fleet was not written');
	return JSON.parse(String(value)) as ApiFleet;
}

/** The API over a written fleet, with every read counted. */
async function startHarness(api: TestApi, database: Database): Promise<Harness> {
	const client = new DynamoDBClient({
		endpoint: database.endpoint,
		region: 'us-east-1',
		credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
	});
	const clock = () => nowMs;
	const startedMs = performance.now();
	const fleet = await writeFleet(database.endpoint);
	const seedMs = performance.now() - startedMs;
	const store = createStore({ client, tableName, clock });
	const units = countUnits(client);
	const app = createApp({
		...api.deps,
		store,
		clock,
		checkAnswers: false,
		rateLimit: () => undefined,
	});
	// The sign-in of the harness wrote to its own store; the same person is known here too.
	const token = await signInTo(app, api);
	const headers = { authorization: `Bearer ${token}` };
	return {
		units,
		database,
		functionIds: fleet.functionIds,
		seedMs,
		ask: async (path) => {
			const askedMs = performance.now();
			const answer = await app.request(path.replace('{ws}', fleet.workspaceId), { headers });
			const body = await answer.arrayBuffer();
			if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
			return { ms: performance.now() - askedMs, bytes: body.byteLength };
		},
	};
}

async function signInTo(app: TestApi['app'], api: TestApi): Promise<string> {
	const { cookies } = await api.signIn('owner@example.com');
	const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
	const origin = api.deps.settings.publicUrl;
	const answer = await app.request('/v1/session/refresh', {
		method: 'POST',
		headers: { cookie, origin },
	});
	const { accessToken } = (await answer.json()) as { accessToken: string };
	return accessToken;
}

interface Load {
	readonly p50: number;
	readonly p99: number;
	/** Processor time a call, of this process and of the database's. */
	readonly ownCpuMs: number;
	readonly databaseCpuMs: number | null;
}

/** Calls at a steady rate; the slowest 1 in 100, in milliseconds, the median, and whose work it was. */
async function underLoad({ database }: Harness, ask: () => Promise<Asked>): Promise<Load> {
	const calls: Promise<Asked>[] = [];
	const count = perSecond * seconds;
	const [own, other] = [process.cpuUsage(), database.cpuMs()];
	for (let at = 0; at < count; at += 1) {
		calls.push(ask());
		await new Promise((resolve) => setTimeout(resolve, 1_000 / perSecond));
	}
	const times = (await Promise.all(calls)).map(({ ms }) => ms).sort((a, b) => a - b);
	const at = (share: number) =>
		times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
	const { user, system } = process.cpuUsage(own);
	const after = database.cpuMs();
	return {
		p50: at(0.5),
		p99: at(0.99),
		ownCpuMs: (user + system) / 1_000 / count,
		databaseCpuMs: other === null || after === null ? null : (after - other) / count,
	};
}

function cpuNote({ ownCpuMs, databaseCpuMs }: Load): string {
	const database = databaseCpuMs === null ? 'unknown' : `${databaseCpuMs.toFixed(1)} ms`;
	return `processor time a call: ${ownCpuMs.toFixed(1)} ms, the database's ${database}`;
}

async function measure(harness: Harness, report: (row: BenchRow) => void): Promise<void> {
	const { ask, units, functionIds } = harness;
	const empty = '/v1/w/{ws}/views?page=none';
	await ask(empty);
	const baseline = await underLoad(harness, () => ask(empty));
	report(row('writing the fleet', { value: harness.seedMs / 1000, unit: 's', atMost: 300 }));
	report(
		row('empty authenticated route, p99', {
			value: baseline.p99,
			unit: 'ms',
			note: cpuNote(baseline),
		}),
	);
	const pages = [
		{ name: 'overview', path: () => '/v1/w/{ws}/overview', atMostMs: 150, gated: true },
		{ name: 'functions', path: () => '/v1/w/{ws}/functions?limit=100', atMostMs: 150, gated: true },
		{
			name: '24-hour series',
			path: (call: number) =>
				`/v1/w/{ws}/functions/${functionIds[call % functionIds.length] ?? ''}/series`,
			atMostMs: 60,
			gated: false,
		},
	];
	for (const { name, path, atMostMs, gated } of pages) {
		// Of one function after another: what one left in memory is not what the next is told from.
		let call = 0;
		const next = () => ask(path(call++));
		const cold = await unitsOf(units, next);
		let bytes = 0;
		const warm = await unitsOf(units, async () => {
			({ bytes } = await next());
		});
		const times = await underLoad(harness, next);
		const note = `first call of a process: ${cold.readCalls} reads, ${cold.readUnits} units`;
		report(
			row(`${name}, reads a call`, {
				value: warm.readCalls,
				unit: 'reads',
				...(gated ? { atMost: 10 } : {}),
				note,
			}),
		);
		report(
			row(`${name}, read units a call`, {
				value: warm.readUnits,
				unit: 'RRU',
				...(gated ? { atMost: 60 } : {}),
				note,
			}),
		);
		report(
			row(`${name}, body before compression`, { value: bytes / 1000, unit: 'kB', atMost: 200 }),
		);
		report(
			row(`${name}, p99 at ${perSecond}/s`, {
				value: times.p99,
				unit: 'ms',
				atMost: atMostMs,
				baseline: baseline.p99,
				note: `median ${times.p50.toFixed(1)} ms; ${cpuNote(times)}; baseline: an empty authenticated route`,
			}),
		);
	}
}

async function ownCpuOf<T>(work: () => Promise<T>): Promise<[cpuMs: number, result: T]> {
	const before = process.cpuUsage();
	const result = await work();
	const { user, system } = process.cpuUsage(before);
	return [(user + system) / 1_000, result];
}

/** Memory that the costs page of the month adds to the process, at its highest. */
async function measureMemory({ ask }: Harness, report: (row: BenchRow) => void): Promise<void> {
	globalThis.gc?.();
	const before = process.memoryUsage().rss;
	let highest = before;
	const timer = setInterval(() => {
		highest = Math.max(highest, process.memoryUsage().rss);
	}, 20);
	const costs = '/v1/w/{ws}/costs';
	const [firstCpu, first] = await ownCpuOf(() => ask(costs));
	const [secondCpu, second] = await ownCpuOf(() => ask(costs));
	clearInterval(timer);
	highest = Math.max(highest, process.memoryUsage().rss);
	report(
		row('costs page of 30 days, memory on top', {
			value: (highest - before) / 1e6,
			unit: 'MB',
			atMost: 150,
			note: `the process had ${(before / 1e6).toFixed(0)} MB, with the pages above in memory`,
		}),
	);
	report(
		row('costs page of 30 days, the first time', {
			value: first.ms,
			unit: 'ms',
			atMost: 3_000,
			note: `our processor time ${firstCpu.toFixed(0)} ms`,
		}),
	);
	report(
		row('costs page of 30 days, again', {
			value: second.ms,
			unit: 'ms',
			atMost: 1_000,
			baseline: first.ms,
			note: `our processor time ${secondCpu.toFixed(0)} ms; baseline: the first time; body ${(second.bytes / 1000).toFixed(0)} kB`,
		}),
	);
}

export const bench: Bench = {
	name: 'api',
	about: `overview, functions page and a function's series over ${functions} functions and ${days} days`,
	async run(report) {
		const folder = mkdtempSync(join(tmpdir(), 'bench-api-'));
		const database = await startDatabase(folder);
		const api = await startTestApi();
		try {
			const harness = await startHarness(api, database);
			await measure(harness, report);
			await measureMemory(harness, report);
		} finally {
			await api.close();
			database.stop();
			rmSync(folder, { recursive: true, force: true });
		}
	},
};
