import { InvocationGrouper } from '@lamplight/core/invocation/group';
import type { Invocation } from '@lamplight/core/invocation/invocation';
import { readEventObject } from '@lamplight/core/invocation/json';
import { parseLine, parseMessage } from '@lamplight/core/invocation/parse';
import { bodyStart, prefixStream } from '@lamplight/core/invocation/prefix';
import type { PlatformRecord } from '@lamplight/core/invocation/record';

import { printable } from '../printable.ts';
import type { EventAbout, EventSink } from './sink.ts';

/** Where an execution was read. */
export interface Origin {
	readonly file: string;
	/** `null` when neither the lines nor the caller say it. */
	readonly functionName: string | null;
	readonly region: string | null;
}

/** A line that could not be understood, as it is shown. */
export interface Sample {
	readonly file: string;
	readonly line: number;
	readonly reason: string;
	readonly text: string;
}

/** What was found besides executions. */
export interface ReadCounts {
	/** Records by kind. */
	readonly records: Record<string, number>;
	notUnderstood: number;
	readonly samples: Sample[];
	/** Records of other makers' tools that look like Lambda's, by maker. */
	readonly lookalikes: Record<string, number>;
	duplicates: number;
	logsDropped: number;
}

const maxSamples = 5;
/** Event ids remembered to recognise the overlap of two exports; the oldest are forgotten. */
const rememberedEvents = 200_000;

/** Streams whose function and region are remembered; an environment lives for hours, so the oldest has ended. */
const rememberedStreams = 50_000;

/** Takes the events of one file after the other, and hands out executions with where they came from. */
export class LogReader implements EventSink {
	readonly counts: ReadCounts = {
		records: {},
		notUnderstood: 0,
		samples: [],
		lookalikes: {},
		duplicates: 0,
		logsDropped: 0,
	};
	readonly #onInvocation: (invocation: Invocation, origin: Origin) => void;
	#grouper: InvocationGrouper;
	#file = '';
	#line = 1;
	#fileStream: string | null = null;
	#origin: Origin = { file: '', functionName: null, region: null };
	/** Names and regions by stream, where the lines say them. */
	readonly #origins = new Map<string, Origin>();
	readonly #seen = new Set<string>();

	constructor(onInvocation: (invocation: Invocation, origin: Origin) => void) {
		this.#onInvocation = onInvocation;
		this.#grouper = this.#newGrouper();
	}

	/** Begins a file: its lines belong to this function and stream unless they say otherwise. */
	beginFile(
		file: string,
		defaults: { functionName: string | null; logStream: string | null },
	): void {
		this.endFile();
		this.#file = file;
		this.#line = 1;
		this.#fileStream = defaults.logStream;
		this.#origin = { file, functionName: defaults.functionName, region: null };
		this.#origins.clear();
		this.#grouper = this.#newGrouper();
	}

	/** Hands out what the file left unfinished. */
	endFile(): void {
		this.#grouper.end();
	}

	line(text: string, start: number, end: number): void {
		const record = parseLine(text, start, end);
		if (record === null) return;
		const digit = text.charCodeAt(start) - 48;
		const stream =
			digit >= 0 && digit <= 9 ? prefixStream(text, start, bodyStart(text, start, end)) : null;
		this.#take(record, stream ?? this.#fileStream, { timeMs: null, text, start, end });
	}

	event(message: string, about: EventAbout): void {
		if (about.eventId !== null && this.#isDuplicate(about.eventId)) {
			this.counts.duplicates += 1;
			return;
		}
		const stream = about.logStream ?? this.#fileStream;
		if (about.logGroup !== null) this.#nameByGroup(stream, about.logGroup);
		for (const record of parseMessage(message)) {
			this.#take(record, stream, {
				timeMs: about.timeMs,
				text: message,
				start: 0,
				end: message.length,
			});
		}
	}

	object(value: Readonly<Record<string, unknown>>): boolean {
		const record = readEventObject(value);
		if (record === null) return false;
		const text = record.kind === 'notUnderstood' ? JSON.stringify(value) : '';
		this.#take(record, this.#fileStream, { timeMs: null, text, start: 0, end: text.length });
		return true;
	}

	unreadable(reason: string, sample: string): void {
		this.counts.notUnderstood += 1;
		if (this.counts.samples.length >= maxSamples) return;
		const text = printable(sample, 120);
		this.counts.samples.push({ file: this.#file, line: this.#line, reason, text });
	}

	advanceLines(count: number): void {
		this.#line += count;
	}

	#take(
		record: PlatformRecord,
		stream: string | null,
		from: { timeMs: number | null; text: string; start: number; end: number },
	): void {
		const { records, lookalikes } = this.counts;
		records[record.kind] = (records[record.kind] ?? 0) + 1;
		switch (record.kind) {
			case 'notUnderstood':
				this.unreadable(`${record.like}: ${record.reason}`, from.text.slice(from.start, from.end));
				return;
			case 'lookalike':
				lookalikes[record.maker] = (lookalikes[record.maker] ?? 0) + 1;
				return;
			case 'logsDropped':
				this.counts.logsDropped += record.records ?? 1;
				return;
			case 'initStart':
			case 'restoreStart':
				this.#learn(stream, record.functionName, regionOf(record.runtimeVersionArn));
				break;
			case 'start':
				if (record.functionArn !== null) {
					this.#learn(
						stream,
						record.functionArn.split(':')[6] ?? null,
						regionOf(record.functionArn),
					);
				}
				break;
			default:
				break;
		}
		this.#grouper.push(record, stream, from.timeMs);
	}

	#nameByGroup(stream: string | null, logGroup: string): void {
		// The default group; a custom one says nothing about the function.
		const name = /^\/aws\/lambda\/([A-Za-z0-9_-]{1,140})$/.exec(logGroup)?.[1];
		if (name !== undefined) this.#learn(stream, name, null);
	}

	/** Remembers what a line says about its stream; without a stream, about the file. */
	#learn(stream: string | null, functionName: string | null, region: string | null): void {
		const known = this.#originOf(stream);
		const learnt = {
			file: known.file,
			functionName: functionName ?? known.functionName,
			region: region ?? known.region,
		};
		if (learnt.functionName === known.functionName && learnt.region === known.region) return;
		if (stream === null) this.#origin = learnt;
		else {
			this.#origins.set(stream, learnt);
			if (this.#origins.size > rememberedStreams) {
				const oldest = this.#origins.keys().next().value;
				if (oldest !== undefined) this.#origins.delete(oldest);
			}
		}
	}

	#originOf(stream: string | null): Origin {
		return (stream === null ? undefined : this.#origins.get(stream)) ?? this.#origin;
	}

	#newGrouper(): InvocationGrouper {
		return new InvocationGrouper((invocation) => {
			this.#onInvocation(invocation, this.#originOf(invocation.logStream));
		});
	}

	#isDuplicate(eventId: string): boolean {
		if (this.#seen.has(eventId)) return true;
		this.#seen.add(eventId);
		if (this.#seen.size > rememberedEvents) {
			const oldest = this.#seen.values().next().value;
			if (oldest !== undefined) this.#seen.delete(oldest);
		}
		return false;
	}
}

/** The region in an ARN; `null` when there is none, as where an example has it blotted out. */
function regionOf(arn: string | null): string | null {
	const region = arn?.split(':')[3] ?? '';
	return /^[a-z]{2}(-[a-z]+)+-\d$/.test(region) ? region : null;
}
