import { isoTime } from '@lamplight/core/invocation/prefix';

import type { EventAbout, EventSink } from './sink.ts';

type Json = Readonly<Record<string, unknown>>;

/** Delivers one JSON object: a platform event, a log event of some exporter, or an envelope of them. */
export function deliver(value: Json, envelope: Json, sink: EventSink): void {
	if (sink.object(value)) return;
	const events = value['logEvents'] ?? value['events'];
	if (Array.isArray(events)) {
		for (const event of events) if (isObject(event)) deliver(event, value, sink);
		return;
	}
	const message = text(value, 'message', '@message');
	// A level beside the message is how a function's own logger writes: that is the function speaking.
	if (message === null || 'level' in value) return;
	sink.event(message, about(value, envelope));
}

function about(value: Json, envelope: Json): EventAbout {
	return {
		timeMs: time(value['timestamp'] ?? value['@timestamp'] ?? value['time']),
		logStream:
			text(value, 'logStreamName', 'logStream', '@logStream', 'log_stream') ??
			text(envelope, 'logStream', 'logStreamName'),
		logGroup:
			text(value, 'logGroupName', 'logGroup', '@log', 'log_group') ??
			text(envelope, 'logGroup', 'logGroupName', 'logGroupIdentifier'),
		eventId: text(value, 'eventId', 'id'),
	};
}

function time(value: unknown): number | null {
	if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
	if (typeof value !== 'string') return null;
	return /^\d{12,14}$/.test(value) ? Number(value) : isoTime(value, 0, value.length);
}

function text(value: Json, ...keys: readonly string[]): string | null {
	for (const key of keys) {
		const found = value[key];
		if (typeof found === 'string' && found !== '') return found;
	}
	return null;
}

function isObject(value: unknown): value is Json {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
