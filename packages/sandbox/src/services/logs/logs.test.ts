import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { FaultKinds } from '../../faults/fault.ts';
import type { Member } from '../../world/fleet.ts';
import {
	callFor,
	hourMs,
	minuteMs,
	nowMs,
	player,
	smallWorld,
	withFaults,
} from '../../world/testing/small.ts';
import type { TimeRange } from '../../world/world.ts';
import { describeLogGroups } from './describeLogGroups.ts';
import { filterLogEvents } from './filterLogEvents.ts';
import { getLogEvents } from './getLogEvents.ts';

const world = smallWorld();
const readable = world.members.filter(
	({ blueprint: { logs } }) => logs.groupClass === 'STANDARD' && logs.group === null,
);

interface Asked {
	readonly pattern?: string;
	readonly limit?: number;
	readonly faults?: Partial<FaultKinds>;
	readonly nowMs?: number;
}

/** Every event of a function's group in a range, page by page. */
function readAll(member: Member, range: TimeRange, asked: Asked = {}) {
	const call = callFor(member, {
		...(asked.faults === undefined ? {} : { faults: withFaults(asked.faults) }),
		...(asked.nowMs === undefined ? {} : { nowMs: asked.nowMs }),
	});
	const events = [];
	let token: string | undefined;
	let pages = 0;
	let emptyPages = 0;
	do {
		const answer = filterLogEvents(
			world,
			{
				logGroupName: member.blueprint.logs.group ?? `/aws/lambda/${member.name}`,
				startTime: range.fromMs,
				endTime: range.toMs,
				...(asked.pattern === undefined ? {} : { filterPattern: asked.pattern }),
				...(asked.limit === undefined ? {} : { limit: asked.limit }),
				...(token === undefined ? {} : { nextToken: token }),
			},
			call,
		);
		pages++;
		if (answer.events?.length === 0) emptyPages++;
		events.push(...(answer.events ?? []));
		token = answer.nextToken;
	} while (token !== undefined);
	return { events, pages, emptyPages };
}

const hour = { fromMs: nowMs - 3 * hourMs, toMs: nowMs - 2 * hourMs };
const reportPattern = (member: Member) =>
	member.blueprint.logs.format === 'JSON' ? '{ $.type = "platform.report" }' : 'REPORT';

describe('FilterLogEvents', () => {
	it('shows a REPORT of every execution that ended in the window, with its figures', () => {
		fc.assert(
			fc.property(
				fc.nat(readable.length - 1),
				fc.integer({ min: 2, max: 300 }),
				fc.integer({ min: 1, max: 90 }),
				(index, backHours, minutes) => {
					const member = readable[index]!;
					const fromMs = Math.max(nowMs - backHours * hourMs, member.createdMs);
					const range = { fromMs, toMs: fromMs + minutes * minuteMs };
					const { events } = readAll(member, range, { pattern: reportPattern(member) });
					const quiet = member.blueprint.logs.systemLogLevel === 'WARN';
					const truth = world
						.invocations(member.id, { fromMs: fromMs - 20 * minuteMs, toMs: range.toMs + 1 })
						.filter((run) => run.endMs >= fromMs && run.endMs <= range.toMs)
						.filter((run) => !quiet || run.status !== 'success');
					const kept = member.blueprint.logs.retentionDays;
					if (kept !== null && fromMs < nowMs - kept * 24 * hourMs) return;
					expect(events.length).toBe(truth.length);
					const found = events.map(figuresOf).sort();
					const wanted = truth
						.map((run) =>
							[
								run.requestId,
								run.durationUs,
								run.billedMs,
								run.maxMemoryUsedMib,
								run.logStream,
								run.endMs,
							].join(' '),
						)
						.sort();
					expect(found).toEqual(wanted);
				},
			),
			{ numRuns: 150 },
		);
	});

	it('gives every event once and in order, however small the pages', () => {
		const member = player(world, 'cart-api');
		const span = { fromMs: hour.fromMs, toMs: hour.fromMs + 5 * minuteMs };
		const whole = readAll(member, span).events;
		const paged = readAll(member, span, { limit: 7 });
		expect(whole.length).toBeGreaterThan(100);
		expect(paged.events).toEqual(whole);
		expect(paged.pages).toBe(Math.ceil(whole.length / 7));
		const ids = whole.map((event) => event.eventId ?? '');
		expect(new Set(ids).size).toBe(ids.length);
		expect(ids).toEqual(ids.toSorted());
		expect(ids[0]).toMatch(/^\d{56}$/);
	});

	it('interleaves streams by time', () => {
		const { events } = readAll(player(world, 'checkout-api'), hour);
		const streams = new Set(events.map((event) => event.logStreamName));
		expect(streams.size).toBeGreaterThan(1);
		const times = events.map((event) => event.timestamp ?? 0);
		expect(times).toEqual(times.toSorted((a, b) => a - b));
	});

	it('ends a page at a megabyte, and searches on past quiet times', () => {
		const whole = smallWorld({ trafficScale: 1 });
		const member = player(whole, 'audit-trail');
		const answer = filterLogEvents(
			whole,
			{ logGroupName: '/aws/lambda/audit-trail', startTime: hour.fromMs, endTime: hour.toMs },
			callFor(member),
		);
		const bytes = (answer.events ?? []).reduce(
			(sum, event) => sum + (event.message?.length ?? 0),
			0,
		);
		expect(answer.nextToken).toBeDefined();
		expect(bytes).toBeLessThanOrEqual(1_048_576);
		expect(bytes).toBeGreaterThan(700_000);
		// Nothing fits: pages come back empty, with a token, until everything was searched.
		const call = callFor(member);
		const nothing = { logGroupName: '/aws/lambda/audit-trail', filterPattern: 'nowhere' };
		const first = filterLogEvents(
			whole,
			{ ...nothing, startTime: nowMs - 6 * hourMs, endTime: nowMs },
			call,
		);
		expect(first.events).toEqual([]);
		expect(first.nextToken).toBeDefined();
	});

	it('shows events 5 to 30 seconds after they were written, and keeps what it showed', () => {
		const member = player(world, 'checkout-api');
		const span = { fromMs: nowMs - 5 * minuteMs, toMs: nowMs };
		const now = readAll(member, span).events;
		const later = readAll(member, span, { nowMs: nowMs + minuteMs }).events;
		const newest = Math.max(...now.map((event) => event.timestamp ?? 0));
		expect(nowMs - newest).toBeLessThan(35_000);
		for (const event of later) {
			const delayMs = (event.ingestionTime ?? 0) - (event.timestamp ?? 0);
			expect(delayMs).toBeGreaterThan(5_000);
			expect(delayMs).toBeLessThanOrEqual(30_000);
		}
		const ids = new Set(later.map((event) => event.eventId));
		expect(now.every((event) => ids.has(event.eventId))).toBe(true);
		expect(later.length).toBeGreaterThan(now.length);
	});

	it('refuses groups of the Infrequent Access class, unknown groups and wrong input', () => {
		const collector = player(world, 'clickstream-collector');
		const refused = (input: Parameters<typeof filterLogEvents>[1]) => {
			try {
				filterLogEvents(world, input, callFor(collector));
			} catch (error) {
				return (error as { code?: string }).code;
			}
			return 'nothing';
		};
		const logGroupName = '/aws/lambda/clickstream-aggregator';
		expect(refused({ logGroupName: '/aws/lambda/clickstream-collector' })).toBe(
			'InvalidOperationException',
		);
		expect(refused({ logGroupName: '/aws/lambda/none' })).toBe('ResourceNotFoundException');
		expect(refused({})).toBe('InvalidParameterException');
		expect(refused({ logGroupName, limit: 10_001 })).toBe('InvalidParameterException');
		expect(refused({ logGroupName, nextToken: 'x' })).toBe('InvalidParameterException');
		expect(refused({ logGroupName, startTime: nowMs - minuteMs })).toBe('nothing');
	});
});

describe('faults of log data', () => {
	const member = player(world, 'cart-api');
	const span = { fromMs: hour.fromMs, toMs: hour.fromMs + 20 * minuteMs };
	const clean = readAll(member, span).events;

	it('gives some events twice, with the same id', () => {
		const { events } = readAll(member, span, { faults: { 'duplicate-events': { share: 0.3 } } });
		expect(events.length).toBeGreaterThan(clean.length * 1.1);
		expect(new Set(events.map((event) => event.eventId)).size).toBe(clean.length);
	});

	it('gives some events in the wrong order', () => {
		const { events } = readAll(member, span, { faults: { 'out-of-order-events': {} } });
		const ids = events.map((event) => event.eventId ?? '');
		expect(ids).not.toEqual(ids.toSorted());
		expect(ids.toSorted()).toEqual(clean.map((event) => event.eventId ?? ''));
	});

	it('leaves pages empty before the first that is not', () => {
		const { events, emptyPages } = readAll(member, span, {
			faults: { 'empty-pages': { pages: 3 } },
		});
		expect(emptyPages).toBe(3);
		expect(events).toEqual(clean);
	});

	it('writes lines that only look like records, and cuts others', () => {
		const bad = readAll(member, span, { faults: { 'malformed-lines': { share: 0.5 } } }).events;
		expect(bad.length).toBeGreaterThan(clean.length);
		expect(bad.some((event) => event.message === 'REPORT invalid report log line\n')).toBe(true);
		const cut = readAll(member, span, { faults: { 'truncated-lines': { share: 1 } } }).events;
		const report = cut.find((event) => event.message?.startsWith('REPORT'));
		expect(report?.message).not.toMatch(/Max Memory Used/);
	});

	it('writes a line of a megabyte beside the others', () => {
		const range = { fromMs: nowMs - 6 * hourMs, toMs: nowMs - 2 * hourMs };
		const { events } = readAll(member, range, { faults: { 'huge-line': {} } });
		const longest = Math.max(...events.map((event) => event.message?.length ?? 0));
		expect(longest).toBeGreaterThan(1_048_000);
		expect(longest).toBeLessThanOrEqual(1_048_576);
	});

	it('shows events late', () => {
		const recent = { fromMs: nowMs - 10 * minuteMs, toMs: nowMs };
		expect(readAll(member, recent, { faults: { 'late-data': {} } }).events).toEqual([]);
		expect(readAll(member, recent).events.length).toBeGreaterThan(0);
	});
});

describe('GetLogEvents', () => {
	it('reads one stream from either end, and its tokens lead back', () => {
		const member = player(world, 'cart-api');
		const { events } = readAll(member, hour);
		const stream = events[10]?.logStreamName ?? '';
		const read = (more: object) =>
			getLogEvents(
				world,
				{ logGroupName: `/aws/lambda/${member.name}`, logStreamName: stream, limit: 5, ...more },
				callFor(member),
			);
		const first = read({ startFromHead: true });
		const second = read({ nextToken: first.nextForwardToken });
		const back = read({ nextToken: second.nextBackwardToken });
		expect(first.events).toHaveLength(5);
		expect(back.events).toEqual(first.events);
		expect(read({}).events?.at(-1)?.timestamp).toBeGreaterThan(first.events?.[0]?.timestamp ?? 0);
		expect(() => read({ logStreamName: '2026/11/23/[$LATEST]none' })).toThrow(/does not exist/);
	});
});

describe('DescribeLogGroups', () => {
	it('pages, filters by prefix and class, and tells class and retention', () => {
		const member = player(world, 'clickstream-collector');
		const call = callFor(member);
		const names: string[] = [];
		let token: string | undefined;
		do {
			const page = describeLogGroups(
				world,
				{ limit: 3, ...(token === undefined ? {} : { nextToken: token }) },
				call,
			);
			names.push(...(page.logGroups ?? []).map((group) => group.logGroupName ?? ''));
			token = page.nextToken;
		} while (token !== undefined);
		expect(names).toEqual(names.toSorted());
		expect(new Set(names).size).toBe(names.length);
		expect(names.length).toBeGreaterThan(3);
		const rare = describeLogGroups(world, { logGroupClass: 'INFREQUENT_ACCESS' }, call);
		expect(rare.logGroups?.map((group) => group.logGroupName)).toEqual([
			'/aws/lambda/clickstream-collector',
		]);
		expect(rare.logGroups?.[0]).toMatchObject({ retentionInDays: 14, metricFilterCount: 0 });
		expect(() =>
			describeLogGroups(world, { logGroupNamePrefix: 'a', logGroupNamePattern: 'b' }, call),
		).toThrow(/mutually exclusive/);
	});
});

/** Request id, duration in µs, billed ms, memory used, stream and time of a REPORT, text or JSON. */
function figuresOf(event: {
	message?: string | undefined;
	logStreamName?: string | undefined;
	timestamp?: number | undefined;
}): string {
	const message = event.message ?? '';
	const rest = [event.logStreamName, event.timestamp];
	if (message.startsWith('{')) {
		const { record } = JSON.parse(message) as {
			record: { requestId: string; metrics: Record<string, number> };
		};
		const { durationMs = 0, billedDurationMs, maxMemoryUsedMB } = record.metrics;
		const durationUs = Math.round(durationMs * 1000);
		return [record.requestId, durationUs, billedDurationMs, maxMemoryUsedMB, ...rest].join(' ');
	}
	const read = (field: RegExp) => field.exec(message)?.[1] ?? '';
	return [
		read(/RequestId: (\S+)/),
		Math.round(Number(read(/\tDuration: (\S+) ms/)) * 1000),
		read(/Billed Duration: (\d+) ms/),
		read(/Max Memory Used: (\d+) MB/),
		...rest,
	].join(' ');
}
