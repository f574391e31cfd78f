import { describe, expect, it } from 'vitest';

import { head, id, only, plain, report } from './testing/samples.ts';

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
		[head.replace('12.34 ms', '12.34 us'), 'Duration'],
		[head.replace('13 ms', '13 us'), 'Billed Duration'],
		[head.replace('128 MB', '128 GB'), 'Memory Size'],
		[head.replace('66 MB', '66 GB'), 'Max Memory Used'],
		[head.replace('128 MB', '128'), 'Memory Size'],
		[head.replace('128 MB', '0 MB'), 'Memory Size'],
		[head.replace('12.34', '1234567890123456'), 'Duration'],
	])('%j is not understood, and says where', (message, field) => {
		const record = only(message);
		expect(record.kind).toBe('notUnderstood');
		expect(record.kind === 'notUnderstood' && record.reason).toContain(field);
	});
});
