import type { Invocation } from './invocation.ts';
import { RecentIds } from './recentIds.ts';
import type { PlatformRecord, ReportRecord } from './record.ts';

/** Limits of what is held at once; what exceeds them is handed out unfinished, never dropped. */
export interface GroupLimits {
	/** Log streams whose last lines are awaited. */
	readonly streams?: number;
	/** Executions begun and not reported, in one stream. */
	readonly openPerStream?: number;
}

type Failure = Pick<Invocation, 'status' | 'errorType'>;
/** Failures whose execution never reports are forgotten beyond these. */
const maxTold = 16;

type Draft = { -readonly [Key in keyof Invocation]: Invocation[Key] };

/** One execution environment's stream, or all lines whose stream is not known. */
interface Stream {
	readonly name: string | null;
	/** Begun and not reported, by request id. */
	readonly open: Map<string, Draft>;
	/** Reported last; lines that belong to it may still follow (X-Ray, "Process exited"). */
	last: Draft | null;
	/** Failures told before any other line of their execution, by request id; '' for the next to report. */
	readonly told: Map<string, Failure>;
	/** Which request ids came last, so that an id that comes again is known to be another attempt. */
	readonly recent: RecentIds;
}

/**
 * Puts the lines of many concurrent environments back together into executions, by stream, request
 * id and attempt. Lines of one stream come in order; streams may interleave in any way. Holds only
 * what is unfinished: an execution is handed out when the next one begins in its stream, or at `end`.
 */
export class InvocationGrouper {
	readonly #streams = new Map<string | null, Stream>();
	readonly #emit: (invocation: Invocation) => void;
	readonly #maxStreams: number;
	readonly #maxOpen: number;

	constructor(emit: (invocation: Invocation) => void, limits: GroupLimits = {}) {
		this.#emit = emit;
		this.#maxStreams = limits.streams ?? 20_000;
		this.#maxOpen = limits.openPerStream ?? 1000;
	}

	/** Takes the next record of a stream; `timeMs` is the log event's time, `null` when not known. */
	push(record: PlatformRecord, logStream: string | null, timeMs: number | null): void {
		const stream = this.#stream(logStream);
		const atMs = record.timeMs ?? timeMs;
		switch (record.kind) {
			case 'start':
				this.#settle(stream);
				this.#start(stream, record.requestId, { atMs, version: record.version });
				break;
			case 'report':
				this.#settle(stream);
				this.#report(stream, record, atMs);
				break;
			case 'runtimeDone':
				if (record.status !== null && record.status !== 'success') {
					this.#fail(stream, record.requestId, {
						status: record.status === 'timeout' ? 'timeout' : 'error',
						errorType: record.errorType,
					});
				}
				break;
			case 'timedOut':
				this.#fail(stream, record.requestId, { status: 'timeout', errorType: null });
				break;
			case 'exit':
				this.#fail(stream, record.requestId, { status: 'error', errorType: record.errorType });
				break;
			case 'thrown':
				this.#fail(stream, record.requestId, { status: 'error', errorType: record.errorType });
				break;
			case 'trace':
				if (stream.last !== null) stream.last.traceId = ownCopy(record.traceId);
				break;
			case 'initStart':
			case 'restoreStart':
				this.#settle(stream);
				break;
			default:
				break;
		}
	}

	/** Hands out everything still held; executions without a REPORT say `reported: false`. */
	end(): void {
		for (const stream of this.#streams.values()) this.#close(stream);
		this.#streams.clear();
	}

	#stream(name: string | null): Stream {
		const known = this.#streams.get(name);
		if (known !== undefined) return known;
		const own = name === null ? null : ownCopy(name);
		const stream: Stream = {
			name: own,
			open: new Map(),
			last: null,
			told: new Map(),
			recent: new RecentIds(),
		};
		this.#streams.set(own, stream);
		if (this.#streams.size > this.#maxStreams) {
			// The stream opened first has most likely ended: environments live for hours, files for days.
			const [oldestName, oldest] = this.#streams.entries().next().value ?? [null, stream];
			this.#close(oldest);
			this.#streams.delete(oldestName);
		}
		return stream;
	}

	#close(stream: Stream): void {
		this.#settle(stream);
		for (const draft of stream.open.values()) this.#emit(draft);
		stream.open.clear();
	}

	#settle(stream: Stream): void {
		if (stream.last === null) return;
		this.#emit(stream.last);
		stream.last = null;
	}

	#start(
		stream: Stream,
		requestId: string,
		{ atMs, version }: { atMs: number | null; version: string | null },
	): void {
		// What was told of nobody in particular was not of this one.
		stream.told.delete('');
		const draft = this.#draft(stream, requestId);
		draft.startMs = atMs;
		draft.version = version;
		const stale = stream.open.get(requestId);
		if (stale !== undefined) this.#emit(stale);
		stream.open.set(draft.requestId, draft);
		if (stream.open.size > this.#maxOpen) {
			const [oldestId, oldest] = stream.open.entries().next().value ?? [requestId, draft];
			stream.open.delete(oldestId);
			this.#emit(oldest);
		}
	}

	#draft(stream: Stream, requestId: string): Draft {
		const draft = unreported(stream.name, ownCopy(requestId));
		draft.attempt = 1 + stream.recent.countAndAdd(requestId);
		return draft;
	}

	#report(stream: Stream, record: ReportRecord, atMs: number | null): void {
		const { requestId, durationUs } = record;
		let draft = stream.open.get(requestId);
		if (draft === undefined) draft = this.#draft(stream, requestId);
		else stream.open.delete(requestId);
		draft.reported = true;
		draft.endMs = atMs;
		draft.durationUs = durationUs;
		draft.billedMs = record.billedMs;
		draft.memoryMib = record.memoryMib;
		draft.maxMemoryUsedMib = record.maxMemoryUsedMib;
		draft.initUs = record.initUs;
		draft.restoreUs = record.restoreUs;
		draft.billedRestoreMs = record.billedRestoreMs;
		if (record.traceId !== null) draft.traceId = ownCopy(record.traceId);
		if (record.status !== null && record.status !== 'success') {
			draft.status = record.status === 'timeout' ? 'timeout' : 'error';
		}
		if (record.errorType !== null) draft.errorType = ownCopy(record.errorType);
		for (const key of [requestId, '']) {
			const failure = stream.told.get(key);
			if (failure !== undefined) apply(draft, failure);
			stream.told.delete(key);
		}
		if (draft.startMs === null && atMs !== null && durationUs !== null) {
			draft.startMs = atMs - Math.round(durationUs / 1000);
		}
		stream.last = draft;
	}

	#fail(stream: Stream, requestId: string | null, failure: Failure): void {
		const draft = this.#find(stream, requestId);
		if (draft !== null) return apply(draft, failure);
		// Without START, as in filtered logs, a failure comes before anything else of its execution.
		if (requestId === null && stream.open.size > 0) return;
		const key = requestId === null ? '' : ownCopy(requestId);
		const held: Draft = { ...unreported(null, key), ...stream.told.get(key) };
		apply(held, failure);
		stream.told.set(key, { status: held.status, errorType: held.errorType });
		const [oldest] = stream.told.keys();
		if (stream.told.size > maxTold && oldest !== undefined) stream.told.delete(oldest);
	}

	/** The execution a line is about; `null` when that cannot be told. */
	#find(stream: Stream, requestId: string | null): Draft | null {
		if (requestId !== null) {
			const open = stream.open.get(requestId);
			if (open !== undefined) return open;
			return stream.last?.requestId === requestId ? stream.last : null;
		}
		if (stream.open.size !== 1) return null;
		return stream.open.values().next().value ?? null;
	}
}

function apply(draft: Draft, { status, errorType }: Failure): void {
	// A timeout is the cause of the exit that follows it, and the first error type is the reason.
	if (draft.status !== 'timeout') draft.status = status;
	if (errorType !== null) draft.errorType ??= ownCopy(errorType);
}

/**
 * The same text in memory of its own. A slice keeps the whole text it was cut from alive, and the
 * few words kept here would keep every chunk of a large file.
 */
function ownCopy(text: string): string {
	return ` ${text}`.slice(1);
}

function unreported(logStream: string | null, requestId: string): Draft {
	return {
		logStream,
		requestId,
		attempt: 1,
		version: null,
		startMs: null,
		endMs: null,
		durationUs: null,
		billedMs: null,
		memoryMib: null,
		maxMemoryUsedMib: null,
		initUs: null,
		restoreUs: null,
		billedRestoreMs: null,
		status: 'success',
		errorType: null,
		traceId: null,
		reported: false,
	};
}
