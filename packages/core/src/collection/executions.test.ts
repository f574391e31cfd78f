import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { functionIdSchema } from '../ids.ts';
import { bucketsOfExecutions } from './buckets.ts';
import { readExecutions, type RecordEvent } from './executions.ts';

const id = functionIdSchema.parse('123456789012.eu-west-1.orders');
const requestId = (at: number) => `8edab1f8-7d34-4a8e-a965-${String(at).padStart(12, '0')}`;
const endMs = 1_760_000_000_000;

const event = (at: number, message: string, more: Partial<RecordEvent> = {}): RecordEvent => ({
	id: `event-${at}-${message.slice(0, 12)}`,
	logStream: '2026/10/14/[7]0123456789abcdef',
	timestampMs: endMs,
	message,
	...more,
});
const report = (at: number, rest = '') =>
	`REPORT RequestId: ${requestId(at)}\tDuration: 100.25 ms\tBilled Duration: 101 ms\tMemory Size: 512 MB\tMax Memory Used: 90 MB\t${rest}\n`;

describe('executions from records', () => {
	it('start at their end less everything that ran', () => {
		const { executions } = readExecutions(id, [
			event(1, report(1)),
			event(2, report(2, 'Init Duration: 200.50 ms\t')),
		]);
		expect(executions.map(({ startMs }) => endMs - startMs)).toEqual([301, 101]);
		expect(executions[1]).toMatchObject({
			durationUs: 100_250,
			billedMs: 101,
			memoryMib: 512,
			maxMemoryUsedMib: 90,
			version: '7',
			status: 'success',
			attempt: 1,
		});
	});

	it('fail as their own lines say, in text', () => {
		const { executions } = readExecutions(id, [
			event(1, `2026-10-14T09:00:00.000Z ${requestId(1)} Task timed out after 3.00 seconds\n\n`),
			event(1, report(1)),
			event(2, report(2, 'Status: error\tError Type: Runtime.OutOfMemory')),
		]);
		expect(executions.map(({ status, errorType }) => [status, errorType])).toEqual([
			['timeout', 'Sandbox.Timedout'],
			['error', 'Runtime.OutOfMemory'],
		]);
	});

	it('count retries of one request in one stream as attempts', () => {
		const retry = { id: 'other', timestampMs: endMs + 60_000 };
		const { executions } = readExecutions(id, [event(1, report(1)), event(1, report(1), retry)]);
		expect(executions.map(({ attempt }) => attempt)).toEqual([1, 2]);
	});

	it('count what they do not understand, and keep its neighbours', () => {
		const read = readExecutions(id, [
			event(1, 'REPORT RequestId: 1\tDuration: many ms'),
			event(2, report(2)),
		]);
		expect(read.executions).toHaveLength(1);
		expect(read.notUnderstoodCount + read.unmeasured).toBe(1);
	});

	it('are the same whatever order events come in, and however often', () => {
		const events = Array.from({ length: 8 }, (_, at) =>
			event(at, report(at), { timestampMs: endMs + at * 15_000 }),
		);
		const range = { fromMs: 0, toMs: endMs * 2 };
		const expected = bucketsOfExecutions(readExecutions(id, events).executions, range);
		const shuffled = fc.shuffledSubarray([...events, ...events], { minLength: 16, maxLength: 16 });
		fc.assert(
			fc.property(shuffled, (again) => {
				const { executions } = readExecutions(id, again);
				expect(bucketsOfExecutions(executions, range)).toEqual(expected);
			}),
		);
	});
});

describe('buckets of executions', () => {
	it('hold exact sums, and percentiles by nearest rank', () => {
		const { executions } = readExecutions(id, [
			event(1, report(1)),
			event(2, report(2, 'Init Duration: 200.50 ms\t')),
		]);
		const [bucket] = bucketsOfExecutions(executions, { fromMs: 0, toMs: endMs * 2 }).values();
		expect(bucket).toMatchObject({
			invocations: 2,
			durationSumUs: 200_500,
			billedMs: 202,
			billedMibMs: 202 * 512,
			coldStarts: 1,
			initUs: 200_500,
			p99Us: 100_250,
			throttles: null,
		});
	});

	it('say nothing of cold starts where a report is cut off before it would', () => {
		const { executions } = readExecutions(id, [
			event(1, report(1, 'Init Duration: 200.50 ms\t')),
			event(2, report(2, 'Init Duration: 300.50 ms\t').replace(/Billed.*/s, 'Bill')),
		]);
		const [bucket] = bucketsOfExecutions(executions, { fromMs: 0, toMs: endMs * 2 }).values();
		const none = { billedMs: null, coldStarts: null, initUs: null };
		expect(bucket).toMatchObject({ invocations: 2, ...none });
	});
});
