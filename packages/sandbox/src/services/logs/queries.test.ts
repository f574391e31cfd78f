import { setTimeout as pause } from 'node:timers/promises';

import type { ResultField } from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, it } from 'vitest';

import { callFor, hourMs, minuteMs, nowMs, player, smallWorld } from '../../world/testing/small.ts';
import { readQuery } from './insights/query.ts';
import { Row } from './insights/row.ts';
import { Queries } from './queries.ts';

const world = smallWorld();
const queries = new Queries(world);
const blank = { startTime: 0, endTime: 0, queryString: 'limit 1' };

async function run(name: string, queryString: string, minutes = 60) {
	const member = player(world, name);
	const call = callFor(member);
	const fromMs = nowMs - 2 * hourMs;
	const range = { fromMs, toMs: fromMs + minutes * minuteMs };
	const { queryId = '' } = queries.start(
		{
			logGroupName: `/aws/lambda/${name}`,
			startTime: range.fromMs / 1000,
			endTime: range.toMs / 1000 - 1,
			queryString,
		},
		call,
	);
	const units: number[] = [];
	for (;;) {
		const answer = queries.results(
			{ queryId },
			{ ...call, wallMs: call.wallMs + 1000, reportUnits: (count) => void units.push(count) },
		);
		if (answer.status !== 'Running') {
			const rows = (answer.results ?? []).map((row) => asRecord(row));
			return { answer, rows, range, member, queryId, units };
		}
		await pause(5);
	}
}

describe('Insights', () => {
	it('counts REPORT records by time as many as ended there', async () => {
		const { rows, range, member, answer, units } = await run(
			'cart-api',
			'filter @type = "REPORT" | stats count(*) as runs, max(@duration) as longest by bin(10m) as at | sort at asc',
		);
		const truth = world
			.invocations(member.id, { fromMs: range.fromMs - hourMs, toMs: range.toMs })
			.filter((one) => one.endMs >= range.fromMs && one.endMs < range.toMs);
		expect(rows.reduce((sum, row) => sum + Number(row['runs']), 0)).toBe(truth.length);
		expect(rows.map((row) => row['at'])).toEqual(rows.map((row) => row['at']).toSorted());
		expect(rows[0]?.['at']).toBe('2026-11-23 12:50:00.000');
		expect(Math.max(...rows.map((row) => Number(row['longest'])))).toBe(
			Math.max(...truth.map((one) => one.durationUs)) / 1000,
		);
		expect(answer.statistics?.recordsMatched).toBe(truth.length);
		expect(units).toEqual([answer.statistics?.bytesScanned]);
	});

	it('reads groups of the Infrequent Access class, and JSON by its fields', async () => {
		const { rows, member, range } = await run(
			'clickstream-collector',
			'filter type = "platform.report" and record.metrics.durationMs >= 0 | stats count(*), sum(record.metrics.billedDurationMs) as billed',
			10,
		);
		const truth = world
			.invocations(member.id, { fromMs: range.fromMs - hourMs, toMs: range.toMs })
			.filter((one) => one.endMs >= range.fromMs && one.endMs < range.toMs);
		expect(rows).toEqual([
			{
				'count(*)': String(truth.length),
				billed: String(truth.reduce((sum, one) => sum + one.billedMs, 0)),
			},
		]);
	});

	it('shows fields, parses, sorts and limits', async () => {
		const { rows } = await run(
			'cart-api',
			'fields @timestamp, @message | filter @message like /Billed Duration/ | parse @message "Max Memory Used: * MB" as used | sort @timestamp desc | limit 3',
			10,
		);
		expect(rows).toHaveLength(3);
		expect(Number(rows[0]?.['used'])).toBeGreaterThan(50);
		expect(rows[0]?.['@timestamp']).toMatch(/^2026-11-23 \d\d:\d\d:\d\d\.\d{3}$/);
		expect(rows[0]?.['@ptr']).toMatch(/^\d{56}$/);
		const times = rows.map((row) => row['@timestamp'] ?? '');
		expect(times).toEqual(times.toSorted().reverse());
	});

	it('can be stopped, and knows only its own queries', async () => {
		const member = player(world, 'cart-api');
		const call = callFor(member);
		const { queryId } = queries.start(
			{
				logGroupNames: ['/aws/lambda/cart-api'],
				startTime: nowMs / 1000 - 86_400,
				endTime: nowMs / 1000,
				queryString: 'stats count(*)',
			},
			call,
		);
		expect(queries.stop(queryId, call)).toEqual({ success: true });
		expect(queries.results({ queryId }, call).status).toBe('Cancelled');
		expect(() => queries.stop(queryId, call)).toThrow(/not running/);
		expect(() => queries.results({ queryId }, { ...call, accountId: '1' })).toThrow(/not exist/);
		expect(() => queries.start({ ...blank, logGroupName: '/aws/lambda/none' }, call)).toThrow(
			/not exist/,
		);
	});

	it.each([
		['', /empty/],
		['explode @message', /unexpected/],
		['stats median(@duration)', /Invalid function/],
		['filter @type =', /end of the query/],
		['fields @message | limit 3 4', /unexpected/],
		['stats count(*) by bin(soon)', /bin/],
		['filter @message like /(/', /regular expression/],
	])('refuses %s', (text, message) => {
		expect(() => readQuery(text)).toThrow(message);
	});

	it.each([
		['filter a = 1', 1],
		['filter a != 1', 0],
		['filter not a = 1', 0],
		['filter a in [3, 1]', 1],
		['filter b like "ell"', 1],
		['filter b like /^H/', 0],
		['filter b like /(?i)^H/', 1],
		['filter b not like /ell/', 0],
		['filter ispresent(c)', 0],
		['filter (a > 2 or b = "hello") and a <= 1', 1],
		['filter a > 2 or b = "x" and a <= 1', 0],
	])('%s keeps %i', (text, expected) => {
		const query = readQuery(text);
		query.add(new Row(JSON.stringify({ a: 1, b: 'hello' }), { '@timestamp': 1 }));
		expect(query.finish(undefined).matched).toBe(expected);
	});

	it('groups, takes percentiles and the latest', () => {
		const query = readQuery(
			'stats count_distinct(name), avg(ms) as mean, pct(ms, 90) as p90, latest(name) as last by kind | sort kind asc',
		);
		for (let i = 1; i <= 10; i++) {
			const kind = i % 2 === 0 ? 'even' : 'odd';
			query.add(new Row(JSON.stringify({ ms: i, kind, name: `n${i % 3}` }), { '@timestamp': i }));
		}
		expect(query.finish(undefined).rows).toEqual([
			{ kind: 'even', 'count_distinct(name)': 3, mean: 6, p90: 10, last: 'n1' },
			{ kind: 'odd', 'count_distinct(name)': 3, mean: 5, p90: 9, last: 'n0' },
		]);
	});
});

function asRecord(row: readonly ResultField[]): Record<string, string> {
	return Object.fromEntries(row.map(({ field = '', value = '' }) => [field, value]));
}
