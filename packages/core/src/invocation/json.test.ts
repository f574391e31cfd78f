import { describe, expect, it } from 'vitest';

import { id, only, plain, report } from './testing/samples.ts';

describe('JSON events', () => {
	const event = (type: string, record: object) =>
		JSON.stringify({ time: '2026-10-08T07:30:29.470Z', type, record });

	it('reads a report, with everything that text does not have', () => {
		const metrics = {
			durationMs: 1233.967,
			billedDurationMs: 1698,
			memorySizeMB: 256,
			maxMemoryUsedMB: 123,
			initDurationMs: 463.512,
		};
		const tracing = {
			type: 'X-Amzn-Trace-Id',
			value: 'Root=1-6352a70e-1e2c502e358361800241fd45;Parent=35465b3a9e2f7c6a;Sampled=1',
		};
		expect(
			report(
				event('platform.report', {
					requestId: id,
					metrics,
					tracing,
					status: 'success',
					tenantId: 'blue',
				}),
			),
		).toEqual({
			...plain,
			timeMs: Date.UTC(2026, 9, 8, 7, 30, 29, 470),
			durationUs: 1_233_967,
			billedMs: 1698,
			memoryMib: 256,
			maxMemoryUsedMib: 123,
			initUs: 463_512,
			status: 'success',
			traceId: '1-6352a70e-1e2c502e358361800241fd45',
			tenantId: 'blue',
		});
	});

	it('reads a report of Managed Instances, which states no bill', () => {
		const lmi = report(
			event('platform.report', {
				requestId: id,
				metrics: { durationMs: 1.148 },
				status: 'success',
			}),
		);
		expect([lmi.billedMs, lmi.memoryMib, lmi.durationUs]).toEqual([null, null, 1148]);
	});

	it('reads one over several lines, and one with a time in front', () => {
		const record = { requestId: id, metrics: { durationMs: 1, billedDurationMs: 1 } };
		const pretty = JSON.stringify(
			{ time: '2026-10-08T07:30:29Z', type: 'platform.report', record },
			null,
			2,
		);
		expect(report(pretty).billedMs).toBe(1);
		expect(report(`2026-10-08T07:30:30.000Z ${event('platform.report', record)}`).billedMs).toBe(1);
	});

	it.each([
		[
			'platform.start',
			{
				requestId: id,
				version: '8',
				functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:x',
			},
			'start',
		],
		['platform.end', { requestId: id }, 'end'],
		[
			'platform.runtimeDone',
			{ requestId: id, status: 'error', errorType: 'Function.Unhandled' },
			'runtimeDone',
		],
		[
			'platform.initStart',
			{ initializationType: 'on-demand', phase: 'init', functionName: 'x' },
			'initStart',
		],
		['platform.initRuntimeDone', { status: 'success' }, 'initRuntimeDone'],
		['platform.initReport', { phase: 'init', metrics: { durationMs: 500 } }, 'initReport'],
		['platform.restoreStart', {}, 'restoreStart'],
		['platform.restoreRuntimeDone', { status: 'timeout' }, 'restoreRuntimeDone'],
		['platform.restoreReport', { status: 'failure', errorType: 'RestoreError' }, 'restoreReport'],
		['platform.extension', { name: 'x', state: 'Ready', events: ['INVOKE'] }, 'extension'],
		[
			'platform.telemetrySubscription',
			{ name: 'x', state: 'Subscribed', types: ['platform'] },
			'subscription',
		],
		[
			'platform.logsDropped',
			{ reason: 'slow', droppedRecords: 123, droppedBytes: 12_345 },
			'logsDropped',
		],
		['platform.somethingNew', { anything: true }, 'other'],
	])('%s', (type, record, kind) => {
		expect(only(event(type, record)).kind).toBe(kind);
	});

	it('reads a fault, whose record is text', () => {
		const fault = JSON.stringify({
			type: 'platform.fault',
			record: `RequestId: ${id} Process exited before completing request`,
		});
		expect(only(fault)).toMatchObject({ kind: 'exit', requestId: id });
	});

	it.each([
		[{ requestId: id, metrics: { durationMs: 'x' } }, 'metrics.durationMs: expected milliseconds'],
		[{ requestId: id, metrics: {} }, 'expected durationMs or billedDurationMs'],
		[{ requestId: id }, 'expected durationMs or billedDurationMs'],
		[{ metrics: { durationMs: 1 } }, 'requestId: expected text'],
		[
			{ requestId: id, metrics: { durationMs: 1, billedDurationMs: 1.5 } },
			'metrics.billedDurationMs: expected a whole number, found 1.5',
		],
		[{ requestId: id, metrics: { durationMs: 1, memorySizeMB: 0 } }, 'metrics.memorySizeMB'],
		[[], 'record: expected an object'],
	])('says which field of %j is wrong', (record, reason) => {
		const found = only(event('platform.report', record));
		expect(found.kind === 'notUnderstood' && found.reason).toContain(reason);
	});

	it('says that an event is cut off', () => {
		const cut = event('platform.report', { requestId: id }).slice(0, -5);
		expect(only(cut)).toMatchObject({ kind: 'notUnderstood', reason: 'expected complete JSON' });
	});
});
