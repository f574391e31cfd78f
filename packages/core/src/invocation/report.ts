import type { Cursor } from './cursor.ts';
import type { LookalikeRecord, NotUnderstood, PlatformStatus, ReportRecord } from './record.ts';

export type Draft = { -readonly [Key in keyof ReportRecord]: ReportRecord[Key] };

/**
 * Reads `REPORT RequestId: …` from just after `REPORT `. Fields may come in any order, be missing or
 * be unknown; a known field whose value is no number with its unit makes the line not understood,
 * because a figure cut short ("15" of "150 ms") must never become money.
 */
export function readReport(
	cursor: Cursor,
	timeMs: number | null,
): ReportRecord | LookalikeRecord | NotUnderstood {
	if (!cursor.take('RequestId:')) return bad(cursor, timeMs, 'expected RequestId');
	cursor.skipSpaces();
	const requestId = cursor.word();
	if (requestId === '') return bad(cursor, timeMs, 'RequestId: expected an id');
	return readFields(cursor, emptyReport(requestId, timeMs));
}

/** Reads the fields from the cursor to the end of the line into the draft. */
export function readFields(
	cursor: Cursor,
	draft: Draft,
): ReportRecord | LookalikeRecord | NotUnderstood {
	const { timeMs } = draft;
	for (;;) {
		cursor.skipSpaces();
		if (cursor.done) break;
		const outcome = readField(cursor, draft);
		if (outcome === read) continue;
		if (outcome === stop) break;
		if (outcome === lookalike) {
			return { kind: 'lookalike', timeMs, maker: 'datadog', like: 'REPORT' };
		}
		return bad(cursor, timeMs, outcome);
	}
	if (draft.durationUs === null && draft.billedMs === null) {
		return bad(cursor, timeMs, 'expected Duration or Billed Duration');
	}
	return draft;
}

function emptyReport(requestId: string, timeMs: number | null): Draft {
	return {
		kind: 'report',
		timeMs,
		requestId,
		durationUs: null,
		billedMs: null,
		memoryMib: null,
		maxMemoryUsedMib: null,
		initUs: null,
		restoreUs: null,
		billedRestoreMs: null,
		status: null,
		errorType: null,
		traceId: null,
		tenantId: null,
	};
}

const read = '';
const stop = '\n';
const lookalike = '\t';

/** `read`, `stop` at what is no field, `lookalike`, or the reason why a known field cannot be read. */
function readField(cursor: Cursor, draft: Draft): string {
	switch (cursor.text.charCodeAt(cursor.pos)) {
		case 68: // D
			if (!cursor.take('Duration:')) break;
			draft.durationUs = microseconds(cursor);
			return draft.durationUs < 0 ? badMs('Duration') : read;
		case 66: // B
			return readBilled(cursor, draft);
		case 77: // M
			return readMemory(cursor, draft);
		case 73: // I
			if (!cursor.take('Init Duration:')) break;
			draft.initUs = microseconds(cursor);
			return draft.initUs < 0 ? badMs('Init Duration') : read;
		case 82: // R
			return readR(cursor, draft);
		case 83: // S
			if (!cursor.take('Status:')) break;
			cursor.skipSpaces();
			draft.status = platformStatus(cursor.word());
			return read;
		case 69: // E
			if (!cursor.take('Error Type:')) break;
			cursor.skipSpaces();
			draft.errorType = cursor.word() || null;
			return read;
		case 88: // X
			if (!cursor.take('XRAY TraceId:')) break;
			cursor.skipSpaces();
			draft.traceId = cursor.word() || null;
			return read;
	}
	return skipUnknown(cursor);
}

function readBilled(cursor: Cursor, draft: Draft): string {
	if (cursor.take('Billed Duration:')) {
		draft.billedMs = wholeWithUnit(cursor, 'ms');
		return draft.billedMs < 0 ? badMs('Billed Duration') : read;
	}
	if (cursor.take('Billed Restore Duration:')) {
		draft.billedRestoreMs = wholeWithUnit(cursor, 'ms');
		return draft.billedRestoreMs < 0 ? badMs('Billed Restore Duration') : read;
	}
	return skipUnknown(cursor);
}

function readMemory(cursor: Cursor, draft: Draft): string {
	if (cursor.take('Memory Size:')) {
		draft.memoryMib = wholeWithUnit(cursor, 'MB');
		return draft.memoryMib <= 0 ? badMb('Memory Size') : read;
	}
	if (cursor.take('Max Memory Used:')) {
		draft.maxMemoryUsedMib = wholeWithUnit(cursor, 'MB');
		return draft.maxMemoryUsedMib < 0 ? badMb('Max Memory Used') : read;
	}
	return skipUnknown(cursor);
}

function readR(cursor: Cursor, draft: Draft): string {
	if (cursor.take('Restore Duration:')) {
		draft.restoreUs = microseconds(cursor);
		return draft.restoreUs < 0 ? badMs('Restore Duration') : read;
	}
	// Datadog's extension prints a REPORT of its own, which AWS's never resembles in this field.
	if (cursor.take('Runtime Duration:')) return lookalike;
	// The next record of a message that holds two: it is read on its own.
	if (cursor.take('RequestId:')) return stop;
	return skipUnknown(cursor);
}

function badMs(field: string): string {
	return `${field}: expected milliseconds such as "12.34 ms"`;
}

function badMb(field: string): string {
	return `${field}: expected megabytes such as "128 MB"`;
}

/** `12.34 ms` as 12340; -1 when it is anything else. */
export function microseconds(cursor: Cursor): number {
	cursor.skipSpaces();
	const start = cursor.pos;
	const value = cursor.thousandths();
	cursor.skipSpaces();
	if (value >= 0 && cursor.take('ms')) return value;
	cursor.pos = start;
	return -1;
}

function wholeWithUnit(cursor: Cursor, unit: 'ms' | 'MB'): number {
	cursor.skipSpaces();
	const start = cursor.pos;
	const value = cursor.whole();
	cursor.skipSpaces();
	if (value >= 0 && cursor.take(unit)) return value;
	cursor.pos = start;
	return -1;
}

/**
 * The platform's word for how something ended; `null` for an empty one. A word AWS may add later
 * is read as `failure`, because success is never spelled out in a REPORT line.
 */
export function platformStatus(word: string): PlatformStatus | null {
	if (word === '') return null;
	if (word === 'success' || word === 'error' || word === 'timeout') return word;
	return 'failure';
}

const knownLabel =
	/(?:Billed (?:Restore )?Duration|(?:Init |Restore )?Duration|Memory Size|Max Memory Used|Status|Error Type|XRAY TraceId):/g;

/** Past a field we do not know (`SegmentId: …`), or `stop` when what comes is no field at all. */
function skipUnknown(cursor: Cursor): string {
	const { text, pos, end } = cursor;
	const rest = text.slice(pos, Math.min(end, pos + unknownFieldLimit));
	const field = /^[^:\t\n]{1,40}:[ \t]?/.exec(rest);
	if (field === null) return stop;
	const value = rest.slice(field[0].length);
	const gap = /\t|\n| {2}|\\t|\\n/.exec(value)?.index ?? value.length;
	knownLabel.lastIndex = 0;
	const label = knownLabel.exec(value)?.index ?? value.length;
	cursor.pos = Math.min(end, pos + field[0].length + Math.min(gap, label));
	return read;
}

const unknownFieldLimit = 400;

function bad(cursor: Cursor, timeMs: number | null, reason: string): NotUnderstood {
	const found = cursor.done ? 'the end of the line' : JSON.stringify(cursor.preview());
	return { kind: 'notUnderstood', timeMs, like: 'REPORT', reason: `${reason}, found ${found}` };
}
