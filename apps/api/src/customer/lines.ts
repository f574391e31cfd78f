import type { LogEvent } from '@lamplight/aws/records/filterEvents';
import type { FunctionId } from '@lamplight/core/ids';
import { parseMessage } from '@lamplight/core/invocation/parse';
import { classifyLine } from '@lamplight/core/issue/errorLine';

import type { LogLine } from '../contract/logs.ts';
import type { LimitHit } from '../contract/shared.ts';
import { instant } from '../fleet/range.ts';

/** The longest message that an answer carries; the rest is cut, and says so. */
export const maxMessageChars = 16_000;

const kinds: Readonly<Record<string, LogLine['kind']>> = {
	initStart: 'INIT_START',
	restoreStart: 'RESTORE',
	restoreReport: 'RESTORE',
	start: 'START',
	end: 'END',
	report: 'REPORT',
	extension: 'EXTENSION',
};

export interface LineOptions {
	readonly functionId: FunctionId;
	/** The handler's start, where the execution is known. */
	readonly startMs?: number;
}

/** A log event as a line of a page. */
export function lineOf(event: LogEvent, { functionId, startMs }: LineOptions): LogLine {
	const message = event.message.replace(/\n+$/, '');
	const [record] = parseMessage(event.message.slice(0, maxMessageChars));
	const verdict = classifyLine(message);
	return {
		id: event.id,
		at: instant(event.timestampMs),
		functionId,
		logStream: event.logStream,
		requestId: requestIdIn(record) ?? verdict.requestId,
		offsetMs: startMs === undefined ? null : event.timestampMs - startMs,
		kind: (record === undefined ? undefined : kinds[record.kind]) ?? 'line',
		level: verdict.level,
		message: message.slice(0, maxMessageChars),
		cut: message.length > maxMessageChars,
		json: jsonOf(message),
	};
}

function requestIdIn(record: object | undefined): string | null {
	if (record === undefined || !('requestId' in record)) return null;
	return typeof record.requestId === 'string' ? record.requestId : null;
}

/** A message that is one JSON object, parsed; `null` for any other. */
function jsonOf(message: string): Record<string, unknown> | null {
	if (!message.startsWith('{') || message.length > maxMessageChars) return null;
	try {
		const value: unknown = JSON.parse(message);
		return typeof value === 'object' && value !== null && !Array.isArray(value)
			? (value as Record<string, unknown>)
			: null;
	} catch {
		return null;
	}
}

/** A word or phrase that a line must hold, or must not. */
export interface Term {
	readonly without: boolean;
	readonly term: string;
}

/** The terms of a text: words, `"a phrase"` in one piece, `-word` for one that a line must not hold. */
export function termsOf(text: string | undefined, requestId: string | undefined): Term[] {
	const terms = [...(text ?? '').matchAll(/(-?)(?:"([^"]*)"|(\S+))/g)].map(
		([, minus = '', phrase, word]) => ({
			without: minus === '-',
			term: (phrase ?? word ?? '').replaceAll('"', ''),
		}),
	);
	if (requestId !== undefined) terms.push({ without: false, term: requestId });
	return terms.filter(({ term }) => term !== '');
}

/**
 * A CloudWatch Logs filter pattern for the terms of a text. Each is quoted, so no word of a
 * person's is read as syntax.
 */
export function filterPattern(text: string | undefined, requestId: string | undefined): string {
	return termsOf(text, requestId)
		.map(({ without, term }) => `${without ? '-' : ''}"${term.replaceAll('\\', '\\\\')}"`)
		.join(' ');
}

// A Function URL answers at most 6 MB (Lambda quotas, "Invocation payload", read 2026-11); lines
// are escaped, and repeated as JSON where they are that.
const maxAnswerChars = 1_500_000;
const shortMessageChars = 400;

/** Lines that fit into one answer: when they are too much together, the longest messages are cut. */
export function fitLines(lines: readonly LogLine[]): { lines: LogLine[]; limits: LimitHit[] } {
	const size = lines.reduce((sum, { message }) => sum + message.length, 0);
	if (size <= maxAnswerChars) return { lines: [...lines], limits: [] };
	const each = Math.max(shortMessageChars, Math.floor(maxAnswerChars / lines.length));
	return {
		lines: lines.map((line) =>
			line.message.length <= each
				? line
				: { ...line, message: line.message.slice(0, each), cut: true, json: null },
		),
		limits: [
			{
				limit: 'answerBytes',
				max: maxAnswerChars,
				message: `Messages longer than ${each} characters are cut; open a line to see all of it.`,
			},
		],
	};
}
