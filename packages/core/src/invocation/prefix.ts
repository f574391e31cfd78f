/**
 * What exporting tools put in front of a platform line: a time (`aws logs tail`, S3 export), the log
 * stream's name (`sam logs`), or both. Everything here works in place and returns positions.
 */

/** The length of an ISO 8601 date-time at `pos`, or 0. A space between date and time is allowed. */
export function isoLength(text: string, pos: number, end: number): number {
	// 2026-11-01T00:00:00 is the shortest.
	if (end - pos < 19 || text.charCodeAt(pos + 4) !== 45 || text.charCodeAt(pos + 13) !== 58)
		return 0;
	const separator = text.charCodeAt(pos + 10);
	if (separator !== 84 && separator !== 32) return 0;
	if (!digits(text, pos, 4) || !digits(text, pos + 17, 2)) return 0;
	let at = pos + 19;
	if (at < end && (text.charCodeAt(at) === 46 || text.charCodeAt(at) === 44)) {
		at += 1;
		while (at < end && isDigit(text.charCodeAt(at))) at += 1;
	}
	const zone = at < end ? text.charCodeAt(at) : 0;
	if (zone === 90) at += 1;
	else if ((zone === 43 || zone === 45) && digits(text, at + 1, 2)) {
		at += text.charCodeAt(at + 3) === 58 ? 6 : 5;
		if (at > end) return 0;
	}
	return at - pos;
}

/** Epoch milliseconds of the ISO date-time at `pos` (UTC when it names no zone); `null` when it is none. */
export function isoTime(text: string, pos: number, end: number): number | null {
	const length = isoLength(text, pos, end);
	if (length === 0) return null;
	const year = number(text, pos, 4);
	const month = number(text, pos + 5, 2);
	const day = number(text, pos + 8, 2);
	const hour = number(text, pos + 11, 2);
	const minute = number(text, pos + 14, 2);
	const second = number(text, pos + 17, 2);
	if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) {
		return null;
	}
	let at = pos + 19;
	let fraction = 0;
	const separator = text.charCodeAt(at);
	if (separator === 46 || separator === 44) {
		at += 1;
		for (let unit = 100; at < pos + length && isDigit(text.charCodeAt(at)); at += 1) {
			fraction += (text.charCodeAt(at) - 48) * unit;
			unit = Math.floor(unit / 10);
		}
	}
	const utc = midnight(year, month, day) + ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
	const zone = text.charCodeAt(at);
	if (zone !== 43 && zone !== 45) return utc;
	const minutesAt = text.charCodeAt(at + 3) === 58 ? at + 4 : at + 3;
	const offsetMs = (number(text, at + 1, 2) * 60 + number(text, minutesAt, 2)) * 60_000;
	return zone === 43 ? utc - offsetMs : utc + offsetMs;
}

let lastDay = 0;
let lastMidnightMs = 0;

/** Epoch milliseconds of a UTC day. Remembers the last one: neighbouring lines are of one day. */
function midnight(year: number, month: number, day: number): number {
	const key = (year * 16 + month) * 32 + day;
	if (key !== lastDay) {
		lastDay = key;
		lastMidnightMs = Date.UTC(year, month - 1, day);
	}
	return lastMidnightMs;
}

/** The length of a Lambda log stream's name (`2026/11/01/[$LATEST]0123…`) at `pos`, or 0. */
export function streamLength(text: string, pos: number, end: number): number {
	if (end - pos < 20 || text.charCodeAt(pos + 4) !== 47 || text.charCodeAt(pos + 7) !== 47)
		return 0;
	if (!digits(text, pos, 4)) return 0;
	if (text.charCodeAt(pos + 10) !== 47) return 0;
	// AWS ends the name with 32 hexadecimal digits (Lambda guide, "Log stream names", read 2026-11):
	// jump over them when a space follows.
	let at = pos + 11;
	while (at < end && at - pos < longestStream && text.charCodeAt(at) !== 93) {
		if (text.charCodeAt(at) <= 32) return 0;
		at += 1;
	}
	if (at >= end || text.charCodeAt(at) !== 93) return 0;
	const usual = at + 33;
	if (usual === end || (usual < end && text.charCodeAt(usual) <= 32)) return usual - pos;
	while (at < end && at - pos < longestStream && text.charCodeAt(at) > 32) at += 1;
	return at - pos;
}

/** A stream's name has at most 512 characters (CloudWatch Logs API reference, read 2026-11). */
const longestStream = 512;

/** Where the line itself begins: after any leading spaces, times and stream name, two of each at most. */
export function bodyStart(text: string, start: number, end: number): number {
	let pos = start;
	for (let tokens = 0; tokens < 3; tokens += 1) {
		while (pos < end && (text.charCodeAt(pos) === 32 || text.charCodeAt(pos) === 9)) pos += 1;
		if (pos >= end || !isDigit(text.charCodeAt(pos))) return pos;
		const length = isoLength(text, pos, end) || streamLength(text, pos, end);
		if (length === 0) return pos;
		// A tab after a time is how a runtime's own logger begins a line: that is the function speaking.
		if (text.charCodeAt(pos + length) === 9 && text.charCodeAt(pos + 4) === 45) return pos;
		pos += length;
	}
	return pos;
}

/** The first time named before the line itself; `null` when there is none. */
export function prefixTime(text: string, start: number, body: number): number | null {
	for (let pos = start; pos < body; pos += 1) {
		if (!isDigit(text.charCodeAt(pos))) continue;
		const time = isoTime(text, pos, body);
		if (time !== null) return time;
		pos += Math.max(0, streamLength(text, pos, body) - 1);
	}
	return null;
}

/** The log stream named before the line itself; `null` when there is none. */
export function prefixStream(text: string, start: number, body: number): string | null {
	for (let pos = start; pos < body; pos += 1) {
		if (!isDigit(text.charCodeAt(pos))) continue;
		const length = streamLength(text, pos, body);
		if (length > 0) return text.slice(pos, pos + length);
		pos += Math.max(0, isoLength(text, pos, body) - 1);
	}
	return null;
}

function isDigit(code: number): boolean {
	return code >= 48 && code <= 57;
}

function digits(text: string, pos: number, count: number): boolean {
	for (let at = pos; at < pos + count; at += 1) if (!isDigit(text.charCodeAt(at))) return false;
	return true;
}

function number(text: string, pos: number, count: number): number {
	let value = 0;
	for (let at = pos; at < pos + count; at += 1) value = value * 10 + text.charCodeAt(at) - 48;
	return value;
}
