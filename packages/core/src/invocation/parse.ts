import { Cursor } from './cursor.ts';
import { readJsonEvent } from './json.ts';
import {
	readEnd,
	readExit,
	readNamed,
	readPhaseReport,
	readPhaseStart,
	readStart,
	readThrown,
	readTimedOut,
} from './lines.ts';
import { bodyStart, prefixTime } from './prefix.ts';
import type { PlatformRecord } from './record.ts';
import { readReport } from './report.ts';
import { readStandardReport } from './standardReport.ts';

const cursor = new Cursor();

/**
 * Reads one line of a Lambda log: text or JSON, in any form AWS has written since 2015, with or
 * without the time and stream name that exporting tools put in front. `null` means that the line is
 * the function's own. Never throws: what begins as a platform record and cannot be read as one is
 * `notUnderstood`, with the reason. Reads in place between `start` and `end`.
 */
export function parseLine(text: string, start = 0, end = text.length): PlatformRecord | null {
	const body = bodyStart(text, start, end);
	if (body >= end) return null;
	const record = readBody(text, body, end, body === start ? null : start);
	if (record !== undefined) return record;
	return isToolPrefixed(text, body, end) ? parsePrefixed(text, start, end) : null;
}

/** `undefined` when nothing of the platform begins here. */
function readBody(
	text: string,
	body: number,
	end: number,
	prefix: number | null,
): PlatformRecord | null | undefined {
	cursor.reset(text, body, end);
	const timeMs = prefix === null ? null : prefixTime(text, prefix, body);
	switch (text.charCodeAt(body)) {
		case 82: // R
			return readR(text, body, end, timeMs);
		case 83: // S
			return cursor.take('START ') ? (readStart(cursor, timeMs) ?? undefined) : undefined;
		case 69: // E
			if (cursor.take('END ')) return readEnd(cursor, timeMs) ?? undefined;
			if (cursor.take('EXTENSION') && afterWord()) {
				return readNamed(cursor, timeMs, 'EXTENSION') ?? undefined;
			}
			return undefined;
		case 73: // I
			if (cursor.take('INIT_START')) return readPhaseStart(cursor, timeMs, 'initStart');
			if (cursor.take('INIT_REPORT')) return readPhaseReport(cursor, timeMs, 'initReport');
			return undefined;
		case 84: // T
			if (!cursor.take('TELEMETRY') || !afterWord()) return undefined;
			return readNamed(cursor, timeMs, 'TELEMETRY') ?? undefined;
		case 76: // L
			if (!cursor.take('LOGS') || !afterWord()) return undefined;
			return readNamed(cursor, timeMs, 'LOGS') ?? undefined;
		case 88: // X
			return readTrace(timeMs);
		case 123: // {
			return readJson(text, body, end, timeMs);
		case 91: // [
			return readThrown(rest(text, body, end), timeMs) ?? undefined;
		default:
			return readUnworded(text, body, end, timeMs);
	}
}

function readR(
	text: string,
	body: number,
	end: number,
	timeMs: number | null,
): PlatformRecord | undefined {
	const standard = readStandardReport(cursor, timeMs);
	if (standard !== null) return standard;
	cursor.pos = body;
	if (cursor.take('REPORT')) return afterWord() ? readReport(cursor, timeMs) : undefined;
	if (cursor.take('RESTORE_REPORT')) return readPhaseReport(cursor, timeMs, 'restoreReport');
	if (cursor.take('RESTORE_START')) return readPhaseStart(cursor, timeMs, 'restoreStart');
	if (cursor.take('RequestId: ')) return readExit(rest(text, body, end), timeMs) ?? undefined;
	return undefined;
}

/** Past the spaces or the tab that must follow a record's word. */
function afterWord(): boolean {
	const before = cursor.pos;
	cursor.skipSpaces();
	return cursor.pos > before;
}

function readTrace(timeMs: number | null): PlatformRecord | undefined {
	if (!cursor.take('XRAY TraceId:')) return undefined;
	cursor.skipSpaces();
	const traceId = cursor.word();
	return traceId === '' ? undefined : { kind: 'trace', timeMs, traceId };
}

function readJson(
	text: string,
	body: number,
	end: number,
	timeMs: number | null,
): PlatformRecord | null {
	if (end - body > jsonEventLimit) return null;
	const line = text.slice(body, end);
	if (!line.includes('"platform.')) return null;
	const record = readJsonEvent(line);
	return record !== null && record.timeMs === null && timeMs !== null
		? { ...record, timeMs }
		: record;
}

/** A platform event is a few hundred characters; CloudWatch holds at most 1 MB in one log event (Logs quotas, read 2026-11). */
const jsonEventLimit = 1_048_576;

/** Lines that begin with a request id or a time: a timeout, or an exception the Node runtime prints. */
function readUnworded(
	text: string,
	body: number,
	end: number,
	timeMs: number | null,
): PlatformRecord | null | undefined {
	const code = text.charCodeAt(body);
	const hexadecimal = (code >= 48 && code <= 57) || (code >= 97 && code <= 102);
	if (!hexadecimal) return undefined;
	// A runtime's own logger: time, tab, request id, tab, level. Nothing of the platform follows.
	if (text.charCodeAt(body + 24) === 9 && text.charCodeAt(body + 23) === 90) {
		if (text.charCodeAt(body + 62) !== 69) return null;
		return readThrown(rest(text, body, end), prefixTime(text, body, body + 24) ?? timeMs);
	}
	return readTimedOut(rest(text, body, end), timeMs) ?? undefined;
}

/** Enough of a line for the patterns that need a copy of it. */
function rest(text: string, body: number, end: number): string {
	return text.slice(body, Math.min(end, body + 600));
}

const prefixLimit = 200;
const anywhere =
	/(?:REPORT|START|END) RequestId: |INIT_START Runtime|(?:INIT|RESTORE)_REPORT (?:Init|Restore) |RESTORE_START |Task timed out after |\{"time":/;

/** True where a platform record may follow something a tool put in front of it. */
function isToolPrefixed(text: string, body: number, end: number): boolean {
	const code = text.charCodeAt(body);
	// A function's own JSON, or indented text such as a stack trace, quotes records without being one.
	return code !== 123 && code !== 34 && end - body > 24;
}

/** A record after the prefix of a tool we do not know; `null` when the prefix is the function speaking. */
function parsePrefixed(text: string, start: number, end: number): PlatformRecord | null {
	const line = text.slice(start, Math.min(end, start + prefixLimit));
	const match = anywhere.exec(line);
	if (match === null || match.index === 0) return null;
	let at = start + match.index;
	if (match[0].startsWith('Task')) at = text.lastIndexOf(' ', at - 2) + 1;
	const prefix = text.slice(start, at);
	if (!/\s$/.test(prefix) || /["{}]|\b(?:INFO|WARN|ERROR|DEBUG|TRACE|FATAL)\b/.test(prefix)) {
		return null;
	}
	const record = readBody(text, at, end, start);
	return record ?? null;
}

/**
 * Reads one log event's message, which may hold several lines: a REPORT with its X-Ray tail, or two
 * records that an exporter joined. One unreadable line never costs its neighbours.
 */
export function parseMessage(message: string): PlatformRecord[] {
	const isOneLine = !message.includes('\n');
	if (isOneLine || message.charCodeAt(0) === 123) {
		const record = parseLine(message);
		const isRead = record !== null && record.kind !== 'notUnderstood';
		if (isRead || isOneLine) return record === null ? [] : [record];
		// A document that is cut short may still have whole records behind it.
	}
	const records: PlatformRecord[] = [];
	for (let start = 0; start < message.length;) {
		const next = message.indexOf('\n', start);
		const end = next < 0 ? message.length : next;
		const record = parseLine(message, start, end);
		if (record !== null) joinRecord(records, record);
		start = end + 1;
	}
	return records;
}

/** Appends a record, or completes the one before it when it is only its continuation. */
function joinRecord(records: PlatformRecord[], record: PlatformRecord): void {
	const last = records.at(-1);
	if (record.kind === 'trace' && last?.kind === 'report') {
		records[records.length - 1] = { ...last, traceId: record.traceId };
	} else records.push(record);
}
