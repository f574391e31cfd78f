import type { Execution } from '@lamplight/core/execution/execution';
import { functionIdSchema } from '@lamplight/core/ids';
import { expect, test } from 'vitest';

import { besideOf, matches } from './executionList.ts';

function execution(requestId: string, startMs: number, more: Partial<Execution> = {}): Execution {
	return {
		functionId: functionIdSchema.parse('402177301184.eu-west-1.checkout'),
		requestId,
		attempt: 1,
		logStream: '2026/11/23/[$LATEST]a',
		startMs,
		durationUs: 2_000,
		billedMs: 2,
		initUs: null,
		restoreUs: null,
		memoryMib: 128,
		maxMemoryUsedMib: 64,
		status: 'success',
		errorType: null,
		version: null,
		traceId: null,
		issueId: null,
		...more,
	};
}

const rows = [
	execution('c', 30),
	execution('b', 20, { attempt: 2 }),
	execution('b', 15),
	execution('a', 10),
];
const ids = ({ previous, next, place }: ReturnType<typeof besideOf<Execution>>) => [
	previous === null ? null : `${previous.requestId}${previous.attempt}`,
	next === null ? null : `${next.requestId}${next.attempt}`,
	place,
];

test.each([
	['the newest', { requestId: 'c', attempt: 1, atMs: null }, [null, 'b2', 1]],
	['one attempt of several', { requestId: 'b', attempt: 1, atMs: null }, ['b2', 'a1', 3]],
	[
		'the last attempt when none is named',
		{ requestId: 'b', attempt: null, atMs: null },
		['c1', 'b1', 2],
	],
	['the oldest', { requestId: 'a', attempt: null, atMs: null }, ['b1', null, 4]],
	[
		'one that was not kept, by its time',
		{ requestId: 'x', attempt: null, atMs: 18 },
		['b2', 'b1', null],
	],
	['one without a place', { requestId: 'x', attempt: null, atMs: null }, [null, null, null]],
] as const)('finds what stands beside %s', (_, wanted, expected) => {
	expect(ids(besideOf(rows, wanted))).toEqual(expected);
});

test('durations are asked for in milliseconds, both ends included', () => {
	const one = execution('a', 0, { durationUs: 2_000 });
	expect(matches(one, { minDurationMs: 2, maxDurationMs: 2 })).toBe(true);
	expect(matches(one, { minDurationMs: 2.001 })).toBe(false);
	expect(matches(one, { maxDurationMs: 1.999 })).toBe(false);
	expect(matches(one, { status: 'error' })).toBe(false);
});
