import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseLine, parseMessage } from './parse.ts';
import type { PlatformRecord, ReportRecord } from './record.ts';

const id = '0f3c1a52-9b7e-4d21-8c6a-5e4f3a2b1c0d';

function only(message: string): PlatformRecord {
	const records = parseMessage(message);
	expect(records).toHaveLength(1);
	const [record] = records;
	if (record === undefined) throw new Error('no record');
	return record;
}

function report(message: string): ReportRecord {
	const record = only(message);
	if (record.kind !== 'report') throw new Error(`${record.kind}: ${JSON.stringify(record)}`);
	return record;
}

const plain = {
	kind: 'report',
	timeMs: null,
	requestId: id,
	durationUs: 12_340,
	billedMs: 13,
	memoryMib: 128,
	maxMemoryUsedMib: 66,
	initUs: null,
	restoreUs: null,
	billedRestoreMs: null,
	status: null,
	errorType: null,
	traceId: null,
	tenantId: null,
};

const head = `REPORT RequestId: ${id}\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 66 MB`;

describe('REPORT in every form since 2015', () => {
	it.each([
		['with its tabs', `${head}\t`],
		['with its old line end', `${head}\t\n`],
		['without a last tab', head],
		['with a carriage return', `${head}\r`],
		['with spaces', head.replaceAll('\t', ' ')],
		['with double spaces', head.replaceAll('\t', '  ')],
		['with a space before the tab, as in 2017', head.replace('13 ms', '13 ms ')],
		['with tabs as a JSON paste leaves them', `${head.replaceAll('\t', '\\t')}\\t\\n`],
		['with a time in front', `2026-10-01T10:20:30.123Z ${head}`],
		['with indentation', `   ${head}`],
		['with a cut tail', `${head}\tInit...`],
		['with an unknown field', head.replace('\tMemory', '\tvCPU Size: 2 vCPUs\tMemory')],
		[
			'with an unknown field, between spaces',
			head.replaceAll('\t', ' ').replace(' Memory', ' Colour: blue green Memory'),
		],
	])('%s', (_name, message) => {
		expect({ ...report(message), timeMs: null }).toEqual(plain);
	});

	it('with a whole number of milliseconds, and with more decimals than it prints', () => {
		expect(report(head.replace('12.34', '12')).durationUs).toBe(12_000);
		expect(report(head.replace('12.34', '12.3456')).durationUs).toBe(12_346);
	});

	it('with an init, billed or not', () => {
		const cold = `REPORT RequestId: ${id}\tDuration: 84.76 ms\tBilled Duration: 1506 ms\tMemory Size: 512 MB\tMax Memory Used: 119 MB\tInit Duration: 1421.14 ms\t`;
		expect(report(cold)).toMatchObject({ durationUs: 84_760, billedMs: 1506, initUs: 1_421_140 });
	});

	it('of a SnapStart restore, whose billed part is not added to what is billed', () => {
		const restored = `${head}\tRestore Duration: 511.56 ms\tBilled Restore Duration: 136 ms\t`;
		expect(report(restored)).toMatchObject({
			billedMs: 13,
			restoreUs: 511_560,
			billedRestoreMs: 136,
			initUs: null,
		});
	});

	it('with status and error type, and the X-Ray tail on its line or the next', () => {
		const failed = `${head}\tStatus: error\tError Type: Runtime.OutOfMemory`;
		expect(report(failed)).toMatchObject({ status: 'error', errorType: 'Runtime.OutOfMemory' });
		expect(report(`${head}\tStatus: timeout`).status).toBe('timeout');
		const trace =
			'XRAY TraceId: 1-5e61292c-cc1229a4dfbeae1043928548\tSegmentId: 07a85e713f6302b2\tSampled: true\t';
		for (const message of [
			`${failed}\n${trace}`,
			`${head}\t\n${trace}\n`,
			`${head.replaceAll('\t', ' ')}  ${trace}`,
		]) {
			expect(report(message).traceId).toBe('1-5e61292c-cc1229a4dfbeae1043928548');
		}
	});

	it('with a short id, and with ids blotted out', () => {
		for (const other of ['fd9bb1b0dfd7', '<request-id>', 'abc123']) {
			expect(report(head.replace(id, other))).toEqual({ ...plain, requestId: other });
		}
	});

	it('with the prefixes of tools, from which it takes the time', () => {
		const stream = '2023/07/05/[56]374cd7798d2a4e36a494a23d658b9741';
		const at = Date.UTC(2023, 6, 5, 10, 16, 34, 686);
		expect(report(`${stream} 2023-07-05T10:16:34.686000 ${head}`).timeMs).toBe(at);
		expect(report(`2023-07-05T12:16:34.686000+02:00 ${stream} ${head}`).timeMs).toBe(at);
		expect(report(`2023-07-05 10:16:34.686 ${head}`).timeMs).toBe(at);
		expect(report(`| api-function | +0.2s ${head}`)).toEqual(plain);
	});

	it('reads billed as printed, even below the duration', () => {
		const timeout = head.replace('12.34', '3003.16').replace('13 ms', '3000 ms');
		expect(report(timeout)).toMatchObject({ durationUs: 3_003_160, billedMs: 3000 });
	});

	it('with fields missing, which are then null', () => {
		expect(report(`REPORT RequestId: ${id}\tDuration: 12.34 ms`)).toMatchObject({
			durationUs: 12_340,
			billedMs: null,
			memoryMib: null,
		});
	});

	it.each([
		['REPORT invalid report log line', 'RequestId'],
		['REPORT RequestId:', 'RequestId'],
		[`REPORT RequestId: ${id}`, 'Duration'],
		[head.replace('12.34', 'abc'), 'Duration'],
		[head.replace('12.34', '-5'), 'Duration'],
		[head.replace('13 ms', '13'), 'Billed Duration'],
		[head.slice(0, head.indexOf('13 ms') + 1), 'Billed Duration'],
		[head.replace('128 MB', '128'), 'Memory Size'],
		[head.replace('128 MB', '0 MB'), 'Memory Size'],
		[head.replace('12.34', '1234567890123456'), 'Duration'],
	])('%j is not understood, and says where', (message, field) => {
		const record = only(message);
		expect(record.kind).toBe('notUnderstood');
		expect(record.kind === 'notUnderstood' && record.reason).toContain(field);
	});
});

describe('other platform lines', () => {
	it.each<[string, Partial<PlatformRecord>]>([
		[
			`START RequestId: ${id} Version: $LATEST`,
			{ kind: 'start', requestId: id, version: '$LATEST' },
		],
		[`END RequestId: ${id}`, { kind: 'end', requestId: id }],
		[
			'INIT_START Runtime Version: python:3.14.v35\tRuntime Version ARN: arn:aws:lambda:ap-south-1::runtime:6e4c',
			{
				kind: 'initStart',
				runtimeVersion: 'python:3.14.v35',
				runtimeVersionArn: 'arn:aws:lambda:ap-south-1::runtime:6e4c',
			},
		],
		[
			'INIT_START Runtime Version: nodejs:18.v80',
			{ kind: 'initStart', runtimeVersion: 'nodejs:18.v80', runtimeVersionArn: null },
		],
		[
			'RESTORE_START Runtime Version: java:11.v21\tRuntime Version ARN: arn:x',
			{ kind: 'restoreStart', runtimeVersion: 'java:11.v21' },
		],
		[
			'INIT_REPORT Init Duration: 10.17 ms Phase: init Status: error   Error Type: Runtime.ExitError',
			{
				kind: 'initReport',
				durationUs: 10_170,
				phase: 'init',
				status: 'error',
				errorType: 'Runtime.ExitError',
			},
		],
		[
			'INIT_REPORT Init Duration: 9999.79 ms\tPhase: invoke\tStatus: timeout',
			{ kind: 'initReport', phase: 'invoke', status: 'timeout' },
		],
		[
			'RESTORE_REPORT Restore Duration: 511.25 ms',
			{ kind: 'restoreReport', durationUs: 511_250, status: null },
		],
		[
			'EXTENSION\tName: agent\tState: InitError\tEvents: [INVOKE,SHUTDOWN]\tError Type: Extension.Crash',
			{
				kind: 'extension',
				name: 'agent',
				state: 'InitError',
				events: ['INVOKE', 'SHUTDOWN'],
				errorType: 'Extension.Crash',
			},
		],
		[
			'EXTENSION Name: agent  State: LaunchError  Events: []  Error Type: PermissionDenied',
			{ kind: 'extension', events: [], errorType: 'PermissionDenied' },
		],
		[
			'TELEMETRY\tName: agent\tState: Subscribed\tTypes: [Platform, Function]',
			{ kind: 'subscription', types: ['Platform', 'Function'] },
		],
		[
			'LOGS\tName: agent\tState: Subscribed\tTypes: [platform]',
			{ kind: 'subscription', name: 'agent' },
		],
		[
			`2023-08-30T17:12:46.215Z ${id} Task timed out after 3.01 seconds\n\n`,
			{
				kind: 'timedOut',
				requestId: id,
				afterUs: 3_010_000,
				timeMs: Date.UTC(2023, 7, 30, 17, 12, 46, 215),
			},
		],
		[
			`RequestId: ${id} Error: Runtime exited with error: signal: killed Runtime.ExitError`,
			{
				kind: 'exit',
				requestId: id,
				reason: 'Runtime exited with error: signal: killed',
				errorType: 'Runtime.ExitError',
			},
		],
		[
			`RequestId: ${id} Process exited before completing request`,
			{ kind: 'exit', errorType: null },
		],
		[
			`2026-10-01T10:00:00.000Z\t${id}\tERROR\tInvoke Error \t{"errorType":"TypeError","errorMessage":"x"}`,
			{ kind: 'thrown', requestId: id, errorType: 'TypeError' },
		],
		["[ERROR] KeyError: 'id'", { kind: 'thrown', requestId: null, errorType: 'KeyError' }],
	])('%j', (message, expected) => {
		expect(only(message)).toMatchObject(expected);
	});

	it('reads two records that an exporter joined', () => {
		const both = parseMessage(
			`${head}\t\nRequestId: ${id} Process exited before completing request`,
		);
		expect(both.map(({ kind }) => kind)).toEqual(['report', 'exit']);
	});
});

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

describe('what only looks like the platform', () => {
	it.each([
		[
			`REPORT RequestId: ${id} Runtime Duration: 10.00 ms Post Runtime Duration: 1.00 ms Duration: 11.00 ms Billed Duration: 12 ms Memory Size: 128 MB Max Memory Used: 66 MB`,
			'datadog',
		],
		[
			'INIT_REPORT Initialization Type: on-demand Phase: init Status: success Duration: 500.00 ms',
			'opentelemetry',
		],
		['RESTORE_REPORT Status: success Duration: 150.00 ms', 'opentelemetry'],
	])('%j is another maker’s', (message, maker) => {
		expect(only(message)).toMatchObject({ kind: 'lookalike', maker });
	});

	it.each([
		['a function’s own line', 'order 17 placed'],
		['a logger’s line that quotes a REPORT', `2026-10-01T10:00:00.000Z\t${id}\tINFO\t${head}`],
		['a Python logger’s line that quotes one', `[INFO]\t2026-10-01T10:00:00.000Z\t${id}\t${head}`],
		['JSON that quotes one', JSON.stringify({ level: 'info', message: head })],
		['JSON with a platform type inside', JSON.stringify({ body: { type: 'platform.report' } })],
		['prose', 'START of the END: REPORT nothing'],
		['an empty line', ''],
		['spaces', '   \t'],
		['a stack frame', '    at END (/var/task/REPORT.js:1:1)'],
		[
			'a logger’s error that is no exception of the runtime',
			'[ERROR]\t2026-10-01T10:00:00.000Z\tx\tbad',
		],
	])('%s is the function’s', (_name, message) => {
		expect(parseMessage(message)).toEqual([]);
	});
});

describe('whatever comes', () => {
	const fragments = fc.constantFrom(
		...[
			'REPORT ',
			'RequestId: ',
			id,
			'\t',
			' ms',
			' MB',
			'Duration: ',
			'Billed ',
			'Memory Size: ',
			'Max Memory Used: ',
		],
		...[
			'Init ',
			'Restore ',
			'Status: ',
			'Error Type: ',
			'XRAY TraceId: ',
			'START ',
			'END ',
			'INIT_START ',
			'INIT_REPORT ',
		],
		...[
			'{"time":"2026-10-01T00:00:00Z","type":"platform.',
			'report","record":',
			'{"requestId":"x"',
			'}',
			'"',
			'\\t',
			'\\n',
			'\n',
		],
		...[
			'2026-10-01T00:00:00.000Z ',
			'2026/10/01/[$LATEST]',
			'0',
			'1.5',
			'99999999999999999999',
			'\u0000',
			'é',
			'\ud800',
		],
	);
	const noise = fc
		.array(fc.oneof(fragments, fc.string({ maxLength: 12 })), { maxLength: 30 })
		.map((parts) => parts.join(''));

	it('never throws, and never loses a neighbour', () => {
		fc.assert(
			fc.property(noise, noise, (before, after) => {
				const lines = (text: string) =>
					text
						.replaceAll('\n', ' ')
						.replace(/^\s*\{/, '')
						.trim();
				const records = parseMessage(`${lines(before)}\n${head}\t\n${lines(after)}`);
				const ours = records.filter(
					(record) => record.kind === 'report' && record.requestId === id,
				);
				expect(ours.length).toBeGreaterThanOrEqual(1);
			}),
			{ numRuns: 2000 },
		);
	});

	it('reads any figures exactly as they are printed', () => {
		const figures = fc.record({
			durationUs: fc.integer({ min: 0, max: 900_000_00 }).map((hundredths) => hundredths * 10),
			billedMs: fc.integer({ min: 0, max: 900_000 }),
			memoryMib: fc.integer({ min: 1, max: 32_768 }),
			maxMemoryUsedMib: fc.integer({ min: 0, max: 32_768 }),
			initUs: fc.option(
				fc.integer({ min: 0, max: 10_000_00 }).map((hundredths) => hundredths * 10),
			),
		});
		const separator = fc.constantFrom('\t', '  ', ' ');
		fc.assert(
			fc.property(fc.uuid(), figures, separator, (requestId, figure, between) => {
				const parts = [
					`REPORT RequestId: ${requestId}`,
					`Duration: ${(figure.durationUs / 1000).toFixed(2)} ms`,
					`Billed Duration: ${figure.billedMs} ms`,
					`Memory Size: ${figure.memoryMib} MB`,
					`Max Memory Used: ${figure.maxMemoryUsedMib} MB`,
					...(figure.initUs === null
						? []
						: [`Init Duration: ${(figure.initUs / 1000).toFixed(2)} ms`]),
				];
				expect(report(parts.join(between))).toEqual({ ...plain, requestId, ...figure });
			}),
		);
	});

	it('reads in place exactly what it reads alone', () => {
		fc.assert(
			fc.property(
				noise,
				fc.string({ maxLength: 30 }),
				fc.string({ maxLength: 30 }),
				(line, before, after) => {
					const alone = line.replaceAll('\n', ' ');
					const within = `${before}\n${alone}\n${after}`;
					const start = before.length + 1;
					expect(parseLine(within, start, start + alone.length)).toEqual(parseLine(alone));
				},
			),
			{ numRuns: 2000 },
		);
	});
});
