import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { InvocationGrouper } from './group.ts';
import { isColdStart, type Invocation } from './invocation.ts';
import { parseMessage } from './parse.ts';

interface Line {
	readonly stream: string | null;
	readonly text: string;
	readonly timeMs?: number;
}

function group(lines: readonly Line[], limits = {}): Invocation[] {
	const found: Invocation[] = [];
	const grouper = new InvocationGrouper((invocation) => found.push(invocation), limits);
	for (const { stream, text, timeMs } of lines) {
		for (const record of parseMessage(text)) grouper.push(record, stream, timeMs ?? null);
	}
	grouper.end();
	return found;
}

function report(id: string, more = ''): string {
	return `REPORT RequestId: ${id}\tDuration: 10.50 ms\tBilled Duration: 11 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\t${more}`;
}

function execution(stream: string | null, id: string, more = ''): Line[] {
	return [
		{ stream, text: `START RequestId: ${id} Version: 7` },
		{ stream, text: `END RequestId: ${id}` },
		{ stream, text: report(id, more) },
	];
}

describe('InvocationGrouper', () => {
	it('joins START, END and REPORT, and derives what only two of them tell', () => {
		const [invocation] = group([
			{ stream: 's', text: 'START RequestId: a Version: $LATEST', timeMs: 1000 },
			{ stream: 's', text: report('a', 'Init Duration: 99.00 ms\t'), timeMs: 1011 },
			{ stream: 's', text: 'XRAY TraceId: 1-5e61292c-cc1229a4dfbeae1043928548\tSampled: true' },
		]);
		expect(invocation).toEqual({
			logStream: 's',
			requestId: 'a',
			attempt: 1,
			version: '$LATEST',
			startMs: 1000,
			endMs: 1011,
			durationUs: 10_500,
			billedMs: 11,
			memoryMib: 128,
			maxMemoryUsedMib: 64,
			initUs: 99_000,
			restoreUs: null,
			billedRestoreMs: null,
			status: 'success',
			errorType: null,
			traceId: '1-5e61292c-cc1229a4dfbeae1043928548',
			reported: true,
		});
		expect(invocation && isColdStart(invocation)).toBe(true);
	});

	it('takes the start from the end and the duration where START is missing', () => {
		const [invocation] = group([{ stream: null, text: report('a'), timeMs: 5000 }]);
		expect([invocation?.startMs, invocation?.endMs]).toEqual([4989, 5000]);
	});

	it('counts attempts of one request id within a stream', () => {
		const found = group([...execution('s', 'a'), ...execution('s', 'a'), ...execution('t', 'a')]);
		expect(found.map(({ logStream, attempt }) => [logStream, attempt])).toEqual([
			['s', 1],
			['s', 2],
			['t', 1],
		]);
	});

	it('keeps an execution whose REPORT is missing, and says so', () => {
		const found = group([
			{ stream: 's', text: 'START RequestId: a Version: 1' },
			...execution('s', 'b'),
		]);
		expect(found.map(({ requestId, reported }) => [requestId, reported])).toEqual([
			['b', true],
			['a', false],
		]);
	});

	it.each([
		['2026-10-01T00:00:00.000Z a Task timed out after 3.00 seconds', 'timeout', null],
		[
			'RequestId: a Error: Runtime exited with error: exit status 1 Runtime.ExitError',
			'error',
			'Runtime.ExitError',
		],
		['[ERROR] ValueError: no such thing', 'error', 'ValueError'],
		[
			'{"time":"2026-10-01T00:00:00.000Z","type":"platform.runtimeDone","record":{"requestId":"a","status":"error","errorType":"Function.TypeError"}}',
			'error',
			'Function.TypeError',
		],
	])('reads the failure in %j', (text, status, errorType) => {
		const [start, end, last] = execution('s', 'a');
		const found = group([start, { stream: 's', text }, end, last].flatMap((line) => line ?? []));
		expect(found.map((one) => [one.status, one.errorType])).toEqual([[status, errorType]]);
	});

	it('reads a process that exited after its REPORT, and keeps a timeout a timeout', () => {
		const after = group([
			...execution('s', 'a'),
			{ stream: 's', text: 'RequestId: a Process exited before completing request' },
		]);
		expect(after[0]?.status).toBe('error');
		const both = group([
			{ stream: 's', text: 'START RequestId: a Version: 1' },
			{ stream: 's', text: 'a Task timed out after 3.00 seconds' },
			{ stream: 's', text: 'RequestId: a Error: Runtime exited without providing a reason' },
			{ stream: 's', text: report('a') },
		]);
		expect(both[0]?.status).toBe('timeout');
	});

	it('does not blame an exception without request id on one of several open executions', () => {
		const found = group([
			{ stream: null, text: 'START RequestId: a Version: 1' },
			{ stream: null, text: 'START RequestId: b Version: 1' },
			{ stream: null, text: '[ERROR] ValueError: whose?' },
			{ stream: null, text: report('a') },
			{ stream: null, text: report('b') },
		]);
		expect(found.map(({ status }) => status)).toEqual(['success', 'success']);
	});

	it('puts interleaved streams back together, however they interleave', () => {
		const streams = fc.array(
			fc.array(fc.constantFrom('', 'Status: timeout', 'Status: error\tError Type: X'), {
				maxLength: 6,
			}),
			{ minLength: 1, maxLength: 6 },
		);
		fc.assert(
			fc.property(streams, fc.infiniteStream(fc.nat()), (endings, choices) => {
				const queues = endings.map((each, stream) =>
					each.flatMap((ending, index) => execution(`s${stream}`, `r${index}`, ending)),
				);
				const alone = queues.map((lines) => group(lines)).flat();
				const mixed: Line[] = [];
				while (queues.some((queue) => queue.length > 0)) {
					const waiting = queues.filter((queue) => queue.length > 0);
					const next = waiting[(choices.next().value ?? 0) % waiting.length]?.shift();
					if (next !== undefined) mixed.push(next);
				}
				const key = (one: Invocation) => `${one.logStream} ${one.requestId} ${one.status}`;
				expect(group(mixed).map(key).sort()).toEqual(alone.map(key).sort());
			}),
		);
	});

	it('holds no more than its limits, and hands out what it lets go', () => {
		const lines = Array.from({ length: 10 }, (_, at) => ({
			stream: `s${at}`,
			text: `START RequestId: r${at} Version: 1`,
		}));
		expect(group(lines, { streams: 3 })).toHaveLength(10);
		const one = lines.map((line) => ({ ...line, stream: 's' }));
		expect(group(one, { openPerStream: 2 })).toHaveLength(10);
	});
});
