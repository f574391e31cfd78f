import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { hourMs, minuteMs, smallWorld } from '../testing/small.ts';
import { readTrace } from './trace.ts';

const folder = mkdtempSync(join(tmpdir(), 'replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, lines: readonly string[]): string {
	const path = join(folder, name);
	writeFileSync(path, `${lines.join('\n')}\n`);
	return path;
}

const ends = [
	'app,func,end_timestamp,duration',
	'shop,checkout,60.5,0.25',
	'shop,checkout,61.000,0.0',
	'shop,search,3700.1,30.05',
	'mail,send,2000.25,1000.25',
];

describe('a trace of ends and durations', () => {
	const trace = readTrace({ path: file('ends.csv', ends) });

	it('is read function by function, by the start of each run', () => {
		expect(trace.functions.map(({ app, name }) => `${app}/${name}`)).toEqual([
			'shop/checkout',
			'shop/search',
			'mail/send',
		]);
		expect([...(trace.functions[0]?.offsetMs ?? [])]).toEqual([60_250, 61_000]);
		expect([...(trace.functions[1]?.offsetMs ?? [])]).toEqual([3_670_050]);
	});

	it('lasts whole hours', () => {
		expect(trace.lengthMs).toBe(2 * hourMs);
	});

	it('takes some time for every run, and no more than Lambda allows', () => {
		expect([...(trace.functions[0]?.durationUs ?? [])]).toEqual([250_000, 10]);
		expect([...(trace.functions[2]?.durationUs ?? [])]).toEqual([900_000_000]);
	});
});

describe('a trace of starts with its functions apart', () => {
	const path = file('starts.csv', ['func_name,invoke_time_ms', 'b,900', 'a,7', 'b,100']);

	it('takes durations and memory from the functions', () => {
		const functionsPath = file('functions.csv', [
			'func_name,warm_dur_ms,mem_mb',
			'a,5,7',
			'b,1,300',
		]);
		const { functions, lengthMs } = readTrace({ path, functionsPath });
		expect(lengthMs).toBe(hourMs);
		expect(
			functions.map((fn) => [fn.name, fn.memoryUsedMib, [...fn.offsetMs], [...fn.durationUs]]),
		).toEqual([
			['b', 300, [100, 900], [1000, 1000]],
			['a', 7, [7], [5000]],
		]);
	});

	it('is refused without them, or when one is missing', () => {
		expect(() => readTrace({ path })).toThrow(/holds no durations/);
		const functionsPath = file('few.csv', ['func_name,warm_dur_ms,mem_mb', 'b,1,300']);
		expect(() => readTrace({ path, functionsPath })).toThrow(
			/starts\.csv, line 3: func_name: expected a function of .*few\.csv, got "a"/,
		);
	});
});

describe('a file that is no trace', () => {
	it.each([
		['other columns', ['when,what', '1,2'], /expected the columns app,func.*got when,what/],
		['no lines', ['app,func,end_timestamp,duration'], /expected invocations, found none/],
		['a text for a time', [...ends, 'x,y,soon,1'], /line 6: end_timestamp: expected a number/],
		['a negative duration', [...ends, 'x,y,1,-1'], /line 6: duration: .*got "-1"/],
		['a missing value', [...ends, 'x,y,1'], /line 6: duration: expected a number.*got ""/],
		['a month', [...ends, 'x,y,2592000,1'], /at most 24 days/],
	])('with %s is refused by name', (name, lines, message) => {
		expect(() => readTrace({ path: file(`${name}.csv`, lines) })).toThrow(message);
	});
});

it('says which file is not there', () => {
	expect(() => readTrace({ path: join(folder, 'none.csv') })).toThrow(
		/none\.csv: the trace cannot be read: ENOENT/,
	);
});

describe('a world with a trace', () => {
	const nowMs = Date.UTC(2026, 9, 14, 12);
	const replay = { path: file('world.csv', ends) };
	const world = smallWorld({ nowMs, functionCount: 5, replay });
	const account = world.accounts.find(({ name }) => name === 'trace-replay');
	const functions = world.allFunctions(account?.id);
	/** The trace is two hours long, and this hour's number is even. */
	const playedMs = Date.UTC(2026, 9, 14, 6);
	const runsOf = (name: string, fromMs: number, toMs: number) =>
		world.invocations(functions.find((fn) => fn.name === name)?.id ?? '', { fromMs, toMs });

	it('has one account with the functions of the trace', () => {
		expect(functions.map(({ name }) => name)).toEqual([
			'shop-checkout',
			'shop-search',
			'mail-send',
		]);
	});

	it('plays it over and over, to the millisecond, and adds nothing', () => {
		for (let k = -2; k < 3; k++) {
			const fromMs = playedMs + k * 2 * hourMs;
			const runs = runsOf('shop-checkout', fromMs, fromMs + 2 * hourMs);
			expect(
				runs.map(({ startMs, durationUs, initUs, status, billedMs }) => [
					startMs - fromMs,
					durationUs,
					initUs,
					status,
					billedMs,
				]),
			).toEqual([
				[60_250, 250_000, null, 'success', 250],
				[61_000, 10, null, 'success', 1],
			]);
		}
	});

	it('finds a run in the second hour, and one that Lambda would have stopped', () => {
		const [search] = runsOf('shop-search', playedMs, playedMs + 2 * hourMs);
		expect(search?.startMs).toBe(playedMs + 3_670_050);
		const [send] = runsOf('mail-send', playedMs + 16 * minuteMs, playedMs + 17 * minuteMs);
		expect(send).toMatchObject({ status: 'timeout', billedMs: 900_000 });
	});

	it('says how much is in the log groups', () => {
		const totals = world.totals(functions[0]?.id ?? '', {
			fromMs: playedMs,
			toMs: playedMs + 2 * hourMs,
		});
		expect(totals).toMatchObject({ invocations: 2, errors: 0, coldStarts: 0, durationUs: 250_010 });
		expect(totals.logBytes).toBeGreaterThan(0);
	});
});
