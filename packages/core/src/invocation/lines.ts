import type { Cursor } from './cursor.ts';
import type { PlatformRecord, PlatformStatus } from './record.ts';
import { microseconds, platformStatus } from './report.ts';

/** Reads `START RequestId: … Version: …` from just after `START `; `null` when it is the function's own text. */
export function readStart(cursor: Cursor, timeMs: number | null): PlatformRecord | null {
	const requestId = readRequestId(cursor);
	if (requestId === null) return null;
	cursor.skipSpaces();
	let version: string | null = null;
	if (cursor.take('Version:')) {
		cursor.skipSpaces();
		version = cursor.word() || null;
	}
	return { kind: 'start', timeMs, requestId, version, functionArn: null };
}

/** Reads `END RequestId: …` from just after `END `; `null` when it is the function's own text. */
export function readEnd(cursor: Cursor, timeMs: number | null): PlatformRecord | null {
	const requestId = readRequestId(cursor);
	return requestId === null ? null : { kind: 'end', timeMs, requestId };
}

function readRequestId(cursor: Cursor): string | null {
	if (!cursor.take('RequestId:')) return null;
	cursor.skipSpaces();
	return cursor.word() || null;
}

/** Reads `INIT_START` and `RESTORE_START` from just after the word. */
export function readPhaseStart(
	cursor: Cursor,
	timeMs: number | null,
	kind: 'initStart' | 'restoreStart',
): PlatformRecord {
	const fields = namedFields(cursor);
	return {
		kind,
		timeMs,
		runtimeVersion: fields.get('Runtime Version') ?? null,
		runtimeVersionArn: fields.get('Runtime Version ARN') ?? null,
		functionName: null,
		initializationType: null,
		phase: null,
	};
}

/** Reads `INIT_REPORT` and `RESTORE_REPORT` from just after the word. */
export function readPhaseReport(
	cursor: Cursor,
	timeMs: number | null,
	kind: 'initReport' | 'restoreReport',
): PlatformRecord {
	const like = kind === 'initReport' ? 'INIT_REPORT' : 'RESTORE_REPORT';
	cursor.skipSpaces();
	// OpenTelemetry's receiver spells these differently: "Initialization Type:", "Status: … Duration:".
	if (!cursor.take(kind === 'initReport' ? 'Init Duration:' : 'Restore Duration:')) {
		const rest = cursor.text.slice(cursor.pos, Math.min(cursor.end, cursor.pos + 200));
		if (/^(Initialization Type|Status|Duration):/.test(rest)) {
			return { kind: 'lookalike', timeMs, maker: 'opentelemetry', like };
		}
		return notUnderstood(cursor, timeMs, like, 'expected a duration');
	}
	const durationUs = microseconds(cursor);
	if (durationUs < 0) {
		return notUnderstood(
			cursor,
			timeMs,
			like,
			'Duration: expected milliseconds such as "12.34 ms"',
		);
	}
	const fields = namedFields(cursor);
	const status: PlatformStatus | null = platformStatus(fields.get('Status') ?? '');
	return {
		kind,
		timeMs,
		durationUs,
		phase: fields.get('Phase') ?? null,
		status,
		errorType: fields.get('Error Type') ?? null,
		initializationType: null,
	};
}

/** Reads `EXTENSION`, `TELEMETRY` and `LOGS` from just after the word. */
export function readNamed(
	cursor: Cursor,
	timeMs: number | null,
	word: 'EXTENSION' | 'TELEMETRY' | 'LOGS',
): PlatformRecord | null {
	const fields = namedFields(cursor);
	const name = fields.get('Name');
	const state = fields.get('State');
	if (name === undefined || state === undefined) return null;
	if (word !== 'EXTENSION') {
		return { kind: 'subscription', timeMs, name, state, types: list(fields.get('Types')) };
	}
	return {
		kind: 'extension',
		timeMs,
		name,
		state,
		events: list(fields.get('Events')),
		errorType: fields.get('Error Type') ?? null,
	};
}

const phaseLabel =
	/(Runtime Version ARN|Runtime Version|Phase|Status|Error Type|Name|State|Events|Types):/g;

/** The fields of a rare line by label; a value lasts to the next label, so that spaces and tabs read alike. */
function namedFields(cursor: Cursor): Map<string, string> {
	const text = cursor.text.slice(cursor.pos, Math.min(cursor.end, cursor.pos + 2000));
	const fields = new Map<string, string>();
	const found = [...text.matchAll(phaseLabel)];
	found.forEach((label, at) => {
		const from = label.index + label[0].length;
		const value = text.slice(from, found[at + 1]?.index ?? text.length);
		fields.set(label[1] ?? '', value.replace(/\\[tnr]/g, ' ').trim());
	});
	return fields;
}

function list(value: string | undefined): string[] {
	return (value ?? '')
		.replace(/^\[|\].*$/g, '')
		.split(',')
		.map((part) => part.trim())
		.filter((part) => part !== '');
}

const timedOutPattern = /^(\S{1,64})\s+Task timed out after ([\d.]+) seconds/;
const exitPattern =
	/^RequestId: (\S{1,64}) (?:Error: )?((?:Runtime exited|Process exited)[^\n]*?)(?:\s+(Runtime\.\w+|Extension\.\w+))?\s*$/;

/** Reads `<request id> Task timed out after 3.00 seconds`; `null` when it is none. */
export function readTimedOut(line: string, timeMs: number | null): PlatformRecord | null {
	const match = timedOutPattern.exec(line);
	if (match === null) return null;
	const seconds = Number(match[2]);
	if (!Number.isFinite(seconds)) return null;
	const afterUs = Math.round(seconds * 1e6);
	return { kind: 'timedOut', timeMs, requestId: match[1] ?? '', afterUs };
}

/** Reads `RequestId: … Error: Runtime exited …` and the older `… Process exited …`; `null` when it is none. */
export function readExit(line: string, timeMs: number | null): PlatformRecord | null {
	const match = exitPattern.exec(line);
	if (match === null) return null;
	const [, requestId = '', reason = '', errorType] = match;
	return { kind: 'exit', timeMs, requestId, reason, errorType: errorType ?? null };
}

const nodeThrown =
	/^\S{1,40}\t(\S{1,64})\tERROR\t(?:Invoke Error|Uncaught Exception|Unhandled Promise Rejection)\s*\t?(?:.{0,200}?"errorType":"([^"]{1,200})")?/;
const pythonThrown = /^\[ERROR\] ([A-Za-z_][\w.]{0,100})(?::|$)/;

/** An uncaught exception as the Node and Python runtimes print it; `null` when it is none. */
export function readThrown(line: string, timeMs: number | null): PlatformRecord | null {
	const node = nodeThrown.exec(line);
	if (node !== null) {
		const [, requestId, errorType] = node;
		const known = requestId === 'undefined' ? null : (requestId ?? null);
		return { kind: 'thrown', timeMs, requestId: known, errorType: errorType ?? null };
	}
	const python = pythonThrown.exec(line);
	if (python === null) return null;
	return { kind: 'thrown', timeMs, requestId: null, errorType: python[1] ?? null };
}

function notUnderstood(
	cursor: Cursor,
	timeMs: number | null,
	like: string,
	reason: string,
): PlatformRecord {
	const found = cursor.done ? 'the end of the line' : JSON.stringify(cursor.preview());
	return { kind: 'notUnderstood', timeMs, like, reason: `${reason}, found ${found}` };
}
