import { readFileSync } from 'node:fs';

import { type Row, rowsOf } from './csv.ts';

/** Where the recorded traffic lies; both are paths of CSV files. */
export interface ReplayOptions {
	/** What ran: one invocation a line. */
	readonly path: string;
	/** What a function is, one a line; needed where the trace itself holds no durations. */
	readonly functionsPath?: string;
}

/** Recorded traffic of one function, ascending by start. */
export interface TraceFunction {
	/** The trace's own name for it. */
	readonly name: string;
	/** The trace's name for what it belongs to; `null` where the trace knows no apps. */
	readonly app: string | null;
	/** Memory that it used, MiB; `null` where the trace does not tell. */
	readonly memoryUsedMib: number | null;
	/** Starts, milliseconds from the begin of the playing. */
	readonly offsetMs: Int32Array;
	/** Multiples of 10, as REPORT prints hundredths of a millisecond. */
	readonly durationUs: Int32Array;
}

/** Recorded traffic, played over and over: each playing begins at a multiple of its length since 1970. */
export interface Trace {
	/** Whole hours. */
	readonly lengthMs: number;
	readonly functions: readonly TraceFunction[];
}

const hourMs = 3_600_000;
/** A start is kept in 32 bits of milliseconds; traces that were published end long before. */
const longestDays = 24;
const longestMs = longestDays * 24 * hourMs;
// Lambda runs nothing longer than 900 s (Lambda quotas, read 2026-11); what ran longer elsewhere is
// cut there and times out.
export const longestRunUs = 900_000_000;
/** What took no time by the trace's clock took some: the least that REPORT can print. */
const shortestRunUs = 10;

interface Draft {
	readonly app: string | null;
	readonly memoryUsedMib: number | null;
	readonly runs: { readonly startUs: number; readonly durationUs: number }[];
}

/**
 * Reads a published trace. Two forms are known by their first line: that of the Azure Functions
 * Invocation Trace 2021 (`app,func,end_timestamp,duration`, in seconds), and start times with the
 * functions apart (`func_name,invoke_time_ms` and `func_name,…,warm_dur_ms,mem_mb`). Throws
 * RangeError with file, line, the beginning of the value and what was expected.
 */
export function readTrace(options: ReplayOptions): Trace {
	const rows = rowsOf(options.path, bytesOf(options.path));
	const form = forms.find(({ columns }) => columns.every((name) => rows.columns.includes(name)));
	if (form === undefined) {
		const known = forms.map(({ columns }) => columns.join(',')).join(' or ');
		throw new RangeError(
			`${options.path}: expected the columns ${known}, got ${rows.columns.join(',').slice(0, 80)}`,
		);
	}
	const drafts = new Map<string, Draft>();
	form.read(rows.rows(), options, drafts);
	return traceOf(drafts, options.path);
}

function bytesOf(path: string): Uint8Array {
	try {
		return readFileSync(path);
	} catch (error) {
		const why = error instanceof Error ? error.message : 'unknown';
		throw new RangeError(`${path}: the trace cannot be read: ${why}`, { cause: error });
	}
}

interface Form {
	readonly columns: readonly string[];
	read(rows: Iterable<Row>, options: ReplayOptions, drafts: Map<string, Draft>): void;
}

const forms: readonly Form[] = [
	{ columns: ['app', 'func', 'end_timestamp', 'duration'], read: readEnds },
	{ columns: ['func_name', 'invoke_time_ms'], read: readStarts },
];

function readEnds(rows: Iterable<Row>, _: ReplayOptions, drafts: Map<string, Draft>): void {
	for (const row of rows) {
		const app = row.text('app');
		const func = row.text('func');
		const key = `${app}/${func}`;
		const draft = drafts.get(key) ?? { app, memoryUsedMib: null, runs: [] };
		drafts.set(key, draft);
		const durationUs = row.number('duration') * 1e6;
		draft.runs.push({ startUs: row.number('end_timestamp') * 1e6 - durationUs, durationUs });
	}
}

function readStarts(
	rows: Iterable<Row>,
	{ path, functionsPath }: ReplayOptions,
	drafts: Map<string, Draft>,
): void {
	if (functionsPath === undefined) {
		throw new RangeError(`${path} holds no durations: name the file of its functions beside it`);
	}
	const facts = new Map<string, { durationUs: number; draft: Draft }>();
	const described = rowsOf(functionsPath, bytesOf(functionsPath));
	for (const row of described.rows()) {
		const draft = { app: null, memoryUsedMib: row.number('mem_mb'), runs: [] };
		facts.set(row.text('func_name'), { durationUs: row.number('warm_dur_ms') * 1000, draft });
	}
	for (const row of rows) {
		const name = row.text('func_name');
		const known = facts.get(name);
		if (known === undefined) throw row.refusal('func_name', `a function of ${functionsPath}`);
		drafts.set(name, known.draft);
		const { durationUs } = known;
		known.draft.runs.push({ startUs: row.number('invoke_time_ms') * 1000, durationUs });
	}
}

function traceOf(drafts: ReadonlyMap<string, Draft>, path: string): Trace {
	let beginUs = 0;
	let endUs = 0;
	for (const { runs } of drafts.values()) {
		for (const { startUs } of runs) {
			if (startUs < beginUs) beginUs = startUs;
			if (startUs > endUs) endUs = startUs;
		}
	}
	if (drafts.size === 0) throw new RangeError(`${path}: expected invocations, found none`);
	const spanMs = (endUs - beginUs) / 1000;
	if (spanMs >= longestMs) {
		throw new RangeError(`${path}: expected at most ${longestDays} days of traffic`);
	}
	const functions = [...drafts].map(([key, draft]) => functionOf(key, draft, beginUs));
	return { lengthMs: (Math.floor(spanMs / hourMs) + 1) * hourMs, functions };
}

function functionOf(key: string, draft: Draft, beginUs: number): TraceFunction {
	const runs = draft.runs.sort((a, b) => a.startUs - b.startUs);
	const { app, memoryUsedMib } = draft;
	return {
		name: app === null ? key : key.slice(app.length + 1),
		app,
		memoryUsedMib,
		// Microseconds first: the difference of two decimal seconds is off by a hair.
		offsetMs: Int32Array.from(runs, ({ startUs }) =>
			Math.floor(Math.round(startUs - beginUs) / 1000),
		),
		durationUs: Int32Array.from(runs, ({ durationUs }) =>
			Math.min(longestRunUs, Math.max(shortestRunUs, Math.round(durationUs / 10) * 10)),
		),
	};
}
