import type { Cursor } from './cursor.ts';
import type { LookalikeRecord, NotUnderstood, ReportRecord } from './record.ts';
import { readFields } from './report.ts';

/** Where the number just read ended: a variable of the module, because a line must cost no allocation. */
let after = 0;

/**
 * Reads the form that nearly every REPORT line has had since 2015: a request id of 36 characters and
 * four figures, between tabs, in one order. Every place follows from the digits before it, so a
 * label is checked by its first letter, its length and its colon: nothing is searched for, and
 * nothing copied but the id. `null` for any other form; the tolerant reader then begins again.
 */
export function readStandardReport(
	cursor: Cursor,
	timeMs: number | null,
): ReportRecord | LookalikeRecord | NotUnderstood | null {
	const { text, pos: start, end } = cursor;
	if (end - start < shortest || !isReportOfUuid(text, start)) return null;
	const durationUs = thousandths(text, start + 65, end);
	if (durationUs < 0 || !isLabelAfterMs(text, after, 66, 20)) return null; // " ms\tBilled Duration: "
	const billedMs = whole(text, after + 21, end);
	if (billedMs < 0 || !isLabelAfterMs(text, after, 77, 16)) return null; // " ms\tMemory Size: "
	const memoryMib = whole(text, after + 17, end);
	if (memoryMib <= 0 || !isMb(text, after) || !isLabel(text, after, 77, 20)) return null; // " MB\tMax Memory Used: "
	const maxMemoryUsedMib = whole(text, after + 21, end);
	if (maxMemoryUsedMib < 0 || !isMb(text, after) || after + 3 > end) return null;
	const report = {
		kind: 'report' as const,
		timeMs,
		requestId: text.slice(start + 18, start + 54),
		durationUs,
		billedMs,
		memoryMib,
		maxMemoryUsedMib,
		initUs: null,
		restoreUs: null,
		billedRestoreMs: null,
		status: null,
		errorType: null,
		traceId: null,
		tenantId: null,
	};
	// Most lines end here, with or without a last tab.
	const rest = end - after - 3;
	if (rest === 0 || (rest === 1 && text.charCodeAt(end - 1) === 9)) return report;
	cursor.pos = after + 3;
	return readFields(cursor, report);
}

/** The same with one digit in each figure. */
const shortest = 134;

/** `REPORT RequestId: ` + 36 characters in groups + `\tDuration: `. */
function isReportOfUuid(text: string, at: number): boolean {
	return (
		text.charCodeAt(at + 5) === 84 && // T
		text.charCodeAt(at + 7) === 82 && // R
		text.charCodeAt(at + 14) === 73 && // I
		text.charCodeAt(at + 16) === 58 && // :
		text.charCodeAt(at + 26) === 45 && // -
		text.charCodeAt(at + 41) === 45 && // -
		text.charCodeAt(at + 54) === 9 && // tab
		text.charCodeAt(at + 55) === 68 && // D
		text.charCodeAt(at + 63) === 58 && // :
		text.charCodeAt(at + 64) === 32
	);
}

/** ` ms` and a tab, then a label with this initial, and its colon `length` − 1 on. */
function isLabelAfterMs(text: string, at: number, initial: number, length: number): boolean {
	return (
		text.charCodeAt(at + 1) === 109 &&
		text.charCodeAt(at + 2) === 115 &&
		isLabel(text, at, initial, length)
	);
}

function isLabel(text: string, at: number, initial: number, length: number): boolean {
	return (
		text.charCodeAt(at) === 32 &&
		text.charCodeAt(at + 3) === 9 &&
		text.charCodeAt(at + 4) === initial &&
		text.charCodeAt(at + length - 1) === 58 &&
		text.charCodeAt(at + length) === 32
	);
}

/** ` MB`. */
function isMb(text: string, at: number): boolean {
	return (
		text.charCodeAt(at) === 32 && text.charCodeAt(at + 1) === 77 && text.charCodeAt(at + 2) === 66
	);
}

/** The whole number at `at`, at most 15 digits; -1 when there is none. */
function whole(text: string, at: number, end: number): number {
	let pos = at;
	let value = 0;
	for (; pos < end; pos += 1) {
		const digit = text.charCodeAt(pos) - 48;
		if (digit < 0 || digit > 9) break;
		value = value * 10 + digit;
	}
	after = pos;
	return pos === at || pos - at > 15 ? -1 : value;
}

/** The number with two decimals at `at`, in thousandths; -1 when it is written otherwise. */
function thousandths(text: string, at: number, end: number): number {
	const value = whole(text, at, end);
	if (value < 0 || after - at > 12 || text.charCodeAt(after) !== 46) return -1;
	const tenths = text.charCodeAt(after + 1) - 48;
	const hundredths = text.charCodeAt(after + 2) - 48;
	if (tenths < 0 || tenths > 9 || hundredths < 0 || hundredths > 9) return -1;
	after += 3;
	return value * 1000 + tenths * 100 + hundredths * 10;
}
