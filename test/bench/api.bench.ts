import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createApp } from '@lamplight/api/app';
import { makeTestWorkspace, startTestApi, type TestApi } from '@lamplight/api/testing/api';
import { seedFleet } from '@lamplight/api/testing/fleet';
import { createStore } from '@lamplight/store/store';
import { ensureTable } from '@lamplight/store/table';

import { root } from '../gates/entries.ts';
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
	stop(): void;
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
	return { endpoint, stop: () => void child.kill('SIGTERM') };
}

interface Harness {
	readonly units: Units;
	readonly ask: (path: string) => Promise<number>;
	readonly functionId: string;
}

/** The API over a seeded fleet, with every read counted. */
async function startHarness(api: TestApi, endpoint: string): Promise<Harness> {
	const client = new DynamoDBClient({
		endpoint,
		region: 'us-east-1',
		credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
	});
	await ensureTable(client, 'bench');
	const clock = () => nowMs;
	const store = createStore({ client, tableName: 'bench', clock });
	const ctx = await makeTestWorkspace(store);
	const fleet = await seedFleet(store, ctx, { nowMs, functions, days, everyMinutes: 30 });
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
		functionId: fleet.functions[0]?.id ?? '',
		ask: async (path) => {
			const startedMs = performance.now();
			const answer = await app.request(path.replace('{ws}', ctx.workspaceId), { headers });
			await answer.arrayBuffer();
			if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
			return performance.now() - startedMs;
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

/** Calls at a steady rate; the slowest 1 in 100, in milliseconds, and the median. */
async function underLoad(ask: () => Promise<number>): Promise<{ p50: number; p99: number }> {
	const calls: Promise<number>[] = [];
	for (let at = 0; at < perSecond * seconds; at += 1) {
		calls.push(ask());
		await new Promise((resolve) => setTimeout(resolve, 1_000 / perSecond));
	}
	const times = (await Promise.all(calls)).sort((a, b) => a - b);
	const at = (share: number) =>
		times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
	return { p50: at(0.5), p99: at(0.99) };
}

async function measure(harness: Harness, report: (row: BenchRow) => void): Promise<void> {
	const { ask, units, functionId } = harness;
	const empty = '/v1/w/{ws}/views?page=none';
	await ask(empty);
	const baseline = await underLoad(() => ask(empty));
	report(row('empty authenticated route, p99', { value: baseline.p99, unit: 'ms' }));
	const pages = [
		{ name: 'overview', path: '/v1/w/{ws}/overview', atMostMs: 150, gated: true },
		{ name: 'functions', path: '/v1/w/{ws}/functions?limit=100', atMostMs: 150, gated: true },
		{
			name: '24-hour series',
			path: `/v1/w/{ws}/functions/${functionId}/series`,
			atMostMs: 60,
			gated: false,
		},
	];
	for (const { name, path, atMostMs, gated } of pages) {
		const cold = await unitsOf(units, () => ask(path));
		const warm = await unitsOf(units, () => ask(path));
		const times = await underLoad(() => ask(path));
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
			row(`${name}, p99 at ${perSecond}/s`, {
				value: times.p99,
				unit: 'ms',
				atMost: atMostMs,
				baseline: baseline.p99,
				note: `median ${times.p50.toFixed(1)} ms; baseline: an empty authenticated route`,
			}),
		);
	}
}

export const bench: Bench = {
	name: 'api',
	about: `overview, functions page and a function's series over ${functions} functions and ${days} days`,
	async run(report) {
		const folder = mkdtempSync(join(tmpdir(), 'bench-api-'));
		const database = await startDatabase(folder);
		const api = await startTestApi();
		try {
			await measure(await startHarness(api, database.endpoint), report);
		} finally {
			await api.close();
			database.stop();
			rmSync(folder, { recursive: true, force: true });
		}
	},
};
