import { parseMessage } from '../parse.ts';
import type { PlatformRecord, ReportRecord } from '../record.ts';

/** A request id that stands in for any. */
export const id = '0f3c1a52-9b7e-4d21-8c6a-5e4f3a2b1c0d';

/** The one record in a message. */
export function only(message: string): PlatformRecord {
	const records = parseMessage(message);
	const [record] = records;
	if (record === undefined || records.length > 1) {
		throw new Error(`expected one record, found ${JSON.stringify(records)}`);
	}
	return record;
}

/** The one record in a message, which is a report. */
export function report(message: string): ReportRecord {
	const record = only(message);
	if (record.kind !== 'report') throw new Error(`${record.kind}: ${JSON.stringify(record)}`);
	return record;
}

/** What `head` says. */
export const plain: ReportRecord = {
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

/** The plainest REPORT line. */
export const head = `REPORT RequestId: ${id}\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 66 MB`;
