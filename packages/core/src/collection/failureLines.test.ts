import { expect, it } from 'vitest';

import { functionIdSchema } from '../ids.ts';
import type { RecordEvent } from './executions.ts';
import { failedExecutions } from './failureLines.ts';

const fn = functionIdSchema.parse('111122223333.eu-west-1.checkout-api');
const t0 = Date.parse('2026-11-01T02:00:00Z');
const a = '11111111-1111-4111-8111-111111111111';
const b = '22222222-2222-4222-8222-222222222222';

let count = 0;
const line = (atMs: number, message: string, logStream = '2026/11/01/[7]aa'): RecordEvent => ({
	id: `e${(count += 1)}`,
	logStream,
	timestampMs: t0 + atMs,
	message,
});

it('counts an execution once, however many lines tell that it failed', () => {
	const found = failedExecutions(fn, [
		line(
			5,
			`2026-11-01T02:00:00.005Z\t${a}\tERROR\tInvoke Error \t{"errorType":"TypeError","errorMessage":"x"}`,
		),
		line(
			6,
			`REPORT RequestId: ${a}\tDuration: 4.00 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\tStatus: error\tError Type: TypeError\t\n`,
		),
		line(900, `2026-11-01T02:00:00.900Z ${b} Task timed out after 3.00 seconds`),
	]);
	expect(
		found.map(({ execution: { requestId, status, version } }) => [requestId, status, version]),
	).toEqual([
		[a, 'error', '7'],
		[b, 'timeout', '7'],
	]);
	expect(found[0]?.lines).toHaveLength(2);
	expect(found[0]?.execution).toMatchObject({
		errorType: 'TypeError',
		startMs: t0 + 5,
		durationUs: 0,
	});
});

it('takes no line for a failure that only speaks of one', () => {
	const found = failedExecutions(fn, [
		line(1, `2026-11-01T02:00:00.001Z\t${a}\tINFO\ttimeout of the cache is 30 s`),
		line(
			2,
			`REPORT RequestId: ${a}\tDuration: 4.00 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`,
		),
	]);
	expect(found).toEqual([]);
});

it('keeps failures of neighbouring environments apart, and takes an event once', () => {
	const one = line(1, `${t0} ${a} Task timed out after 3.00 seconds`, '2026/11/01/[$LATEST]aa');
	const timedOut = `2026-11-01T02:00:00.001Z ${a} Task timed out after 3.00 seconds`;
	const first = { ...one, message: timedOut };
	const other = {
		...line(1, timedOut.replace(a, b), '2026/11/01/[$LATEST]bb'),
	};
	const found = failedExecutions(fn, [first, first, other]);
	expect(found.map(({ execution }) => execution.requestId).sort()).toEqual([a, b]);
	expect(found[0]?.execution.version).toBe('$LATEST');
});

it('joins a stack that names no request with the line that does', () => {
	const found = failedExecutions(fn, [
		line(
			1,
			'Order 7 is gone: java.lang.IllegalStateException\njava.lang.IllegalStateException: Order 7 is gone\n\tat shop.Order.find(Order.java:7)\n',
		),
		line(
			2,
			`REPORT RequestId: ${a}\tDuration: 4.00 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\tStatus: error\tError Type: java.lang.IllegalStateException\t\n`,
		),
	]);
	expect(found).toHaveLength(1);
	expect(found[0]?.execution).toMatchObject({
		requestId: a,
		errorType: 'java.lang.IllegalStateException',
		startMs: t0 + 1,
	});
});

it('gives a failure what the function itself logged of its request', () => {
	const logged = `{"timestamp":"2026-11-01T02:00:00.001Z","level":"ERROR","requestId":"${a}","message":"no such basket"}`;
	const done = `{"time":"2026-11-01T02:00:00.002Z","type":"platform.runtimeDone","record":{"requestId":"${a}","status":"error","metrics":{"durationMs":1.5}}}`;
	const other = logged.replace(a, b);
	const found = failedExecutions(fn, [line(1, logged), line(1, other), line(2, done)]);
	expect(found).toHaveLength(1);
	expect(found[0]?.lines.map(({ message }) => message)).toEqual([logged, done]);
});
