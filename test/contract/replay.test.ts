import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { askApi } from '@lamplight/api/testing/client';
import type { FunctionRow, FunctionsPage } from '@lamplight/api/contract/functions';
import type { Connection } from '@lamplight/core/connection/connection';
import { floorTo, hourMs, minuteMs } from '@lamplight/core/time';
import type { JobDeps } from '@lamplight/jobs/deps';
import { createMemory } from '@lamplight/jobs/memory';
import type { Message } from '@lamplight/jobs/message';
import { runPlan } from '@lamplight/jobs/plan/run';
import { workMessage } from '@lamplight/jobs/work';
import type { SandboxOptions } from '@lamplight/sandbox/sandbox';

import { closedFiles } from '../support/closedFiles.ts';
import { type ApiWorld, startApiWorld } from '../support/apiWorld.ts';
import { missing, sharedData } from '../support/needs.ts';

const reason = missing('sharedData');
const traces = join(sharedData(), 'traces');

/** A run as the trace's file has it. */
interface Run {
	readonly name: string;
	readonly startMs: number;
	readonly durationMs: number;
}

/** A line's values, without any of the code that the sandbox reads the trace with. */
const linesOf = (file: string): string[][] =>
	readFileSync(join(traces, file), 'utf8')
		.trim()
		.split('\n')
		.slice(1)
		.map((line) => line.split(','));

/** Runs of the Azure Functions Invocation Trace 2021, which records ends and durations in seconds. */
function runsOf2021(): Run[] {
	return linesOf('azure2021_200.csv').map(([app = '', func = '', end, duration]) => {
		const startMs = Math.floor(Math.round((Number(end) - Number(duration)) * 1e6) / 1000);
		// Lambda has no execution without a duration: REPORT prints hundredths of a millisecond.
		const durationMs = Math.max(0.01, Number(duration) * 1000);
		return { name: `${app.slice(0, 8)}-${func.slice(0, 12)}`, startMs, durationMs };
	});
}

/** Runs of functions of the trace of 2019, whose durations are means of each function. */
function runsOf2019(): Run[] {
	const means = new Map(
		linesOf('iluvatar_azure2019_sample_functions.csv').map(([name = '', , warm]) => [name, warm]),
	);
	return linesOf('iluvatar_azure2019_sample_invocations.csv').map(([name = '', at]) => ({
		name,
		startMs: Number(at),
		durationMs: Number(means.get(name)),
	}));
}

interface Case {
	readonly about: string;
	readonly replay: NonNullable<SandboxOptions['replay']>;
	readonly runs: () => Run[];
	/** Minutes that one playing takes. */
	readonly minutes: number;
	/** Memory by function, MiB; what the sandbox's documents say it takes. */
	readonly memoryMib: (name: string) => number;
}

const cases: readonly Case[] = [
	{
		about: 'the first minutes of the Azure Functions trace of 2021',
		replay: { path: join(traces, 'azure2021_200.csv') },
		runs: runsOf2021,
		minutes: 22,
		memoryMib: () => 256,
	},
	{
		about: 'the busy functions of the Azure Functions trace of 2019',
		replay: {
			path: join(traces, 'iluvatar_azure2019_sample_invocations.csv'),
			functionsPath: join(traces, 'iluvatar_azure2019_sample_functions.csv'),
		},
		runs: runsOf2019,
		minutes: 5,
		memoryMib: (name) => {
			const used = linesOf('iluvatar_azure2019_sample_functions.csv').find(
				([one]) => one === name,
			)?.[3];
			return Number(used) <= 128 ? 128 : Number(used) <= 256 ? 256 : 512;
		},
	},
];

/** Minutes are final 20 minutes after they ended, and are read every few. */
const settledMs = 26 * minuteMs;

// AWS Lambda pricing, eu-west-1, x86, first tier, read 2026-09: $0.20 a million requests and
// $0.0000166667 a GB-second. Here once more by hand, so that it is not our price list looking at itself.
const usdPerRequest = 0.2 / 1e6;
const usdPerGbSecond = 0.0000166667;

describe.skipIf(reason !== null).each(cases)('a replay of $about', (each) => {
	const playedMs = floorTo(hourMs, Date.now()) - 2 * hourMs;
	const range = {
		from: new Date(playedMs).toISOString(),
		to: new Date(playedMs + each.minutes * minuteMs).toISOString(),
	};
	const runs = reason === null ? each.runs() : [];
	let world: ApiWorld;
	let page: FunctionsPage;

	beforeAll(async () => {
		const { replay } = each;
		world = await startApiWorld({ replay, functions: 5, nowMs: playedMs - 2 * minuteMs });
		const account = world.sandbox.world.accounts.find(({ name }) => name === 'trace-replay');
		const connection = await world.connect(account?.id ?? '');
		await watch(world, connection, playedMs + each.minutes * minuteMs + settledMs);
		page = await askApi(world.api, 'GET /v1/w/{ws}/functions', {
			query: { ...range, limit: '200' },
		});
	}, 180_000);
	afterAll(async () => await world.close());

	it('has every function of the trace, and every invocation', () => {
		const counted = Object.fromEntries(
			page.rows.map(({ name, figures }) => [name, figures.invocations]),
		);
		const wanted: Record<string, number> = {};
		for (const { name } of runs) wanted[name] = (wanted[name] ?? 0) + 1;
		expect(counted).toEqual(wanted);
		expect(page.countAll).toBe(Object.keys(wanted).length);
		expect(page.total).toMatchObject({ invocations: runs.length, errors: 0, throttles: 0 });
		expect(page.total.completeness).toBe('complete');
	});

	it('shows the durations that the trace has', () => {
		for (const { name, figures } of page.rows) {
			const own = runs.filter((run) => run.name === name).map(({ durationMs }) => durationMs);
			const sum = own.reduce((total, ms) => total + ms, 0);
			// The API rounds to hundredths, as REPORT does.
			expect(figures.meanMs, name).toBeCloseTo(sum / own.length, 2);
			expect(figures.maxMs, name).toBeCloseTo(Math.max(...own), 2);
		}
	});

	it('draws each function minute by minute as the trace has it', async () => {
		for (const row of page.rows) {
			const drawn = await invocationsByMinute(world, row, range);
			const wanted = Array.from({ length: each.minutes }, () => 0);
			for (const { name, startMs } of runs) {
				if (name !== row.name) continue;
				const minute = Math.floor(startMs / minuteMs);
				wanted[minute] = (wanted[minute] ?? 0) + 1;
			}
			expect(drawn, row.name).toEqual(wanted);
		}
	});

	it('costs what a pocket calculator says', async () => {
		let counted = 0;
		for (const row of page.rows) {
			const own = runs.filter(({ name }) => name === row.name);
			const gb = each.memoryMib(row.name) / 1024;
			const seconds = own.reduce((sum, { durationMs }) => sum + Math.ceil(durationMs) / 1000, 0);
			const usd = own.length * usdPerRequest + gb * seconds * usdPerGbSecond;
			const cost = await askApi(world.api, 'GET /v1/w/{ws}/functions/{functionId}/cost', {
				params: { functionId: row.id },
				query: range,
			});
			const shown = cost.components
				.filter(({ component }) => component === 'compute' || component === 'requests')
				.reduce((sum, part) => sum + Number(part.cost?.amount), 0);
			expect(shown / usd, row.name).toBeCloseTo(1, 3);
			counted += own.length;
		}
		expect(counted).toBe(runs.length);
	});
});

/** Lets the planner and the jobs run every minute of the data's clock, until an instant. */
async function watch(world: ApiWorld, { id }: Connection, untilMs: number): Promise<void> {
	const { api, sandbox, aws } = world;
	const queue: Message[] = [];
	const deps: JobDeps = {
		store: api.store,
		aws,
		clock: api.deps.clock,
		wallClock: Date.now,
		randomBytes: api.deps.connect.randomBytes,
		queue: { send: async (messages) => void queue.push(...messages) },
		files: closedFiles(),
		memory: createMemory(),
		log: () => undefined,
	};
	while (sandbox.clock.nowMs() < untilMs) {
		sandbox.clock.advance(minuteMs);
		await runPlan(deps);
		for (let message = queue.shift(); message !== undefined; message = queue.shift()) {
			// The past before the connection is not part of this, and pages are made ready at the end.
			const isNeeded = message.kind !== 'backfill' && message.kind !== 'rollup';
			if (isNeeded) await workMessage(deps, JSON.stringify(message));
		}
	}
	const { workspaceId } = api;
	const plannedMs = api.deps.clock();
	for (const message of [
		{ kind: 'compact', workspaceId, plannedMs, connectionId: id },
		{ kind: 'rollup', workspaceId, plannedMs, windows: ['1h', '24h', 'today'] },
	] satisfies Message[]) {
		await workMessage(deps, JSON.stringify(message));
	}
}

/** The points of a function's chart of invocations. */
async function invocationsByMinute(
	world: ApiWorld,
	{ id: functionId }: FunctionRow,
	range: { from: string; to: string },
): Promise<readonly (number | null)[]> {
	const { charts } = await askApi(world.api, 'GET /v1/w/{ws}/functions/{functionId}', {
		params: { functionId },
		query: range,
	});
	expect(charts.x.stepMs).toBe(minuteMs);
	const chart = charts.charts.find(({ id }) => id === 'invocations');
	const series = chart?.series.find(({ id }) => id === 'invocations');
	return series?.values ?? [];
}
