import { isoTime } from './prefix.ts';
import type { PlatformRecord } from './record.ts';
import { platformStatus } from './report.ts';

/**
 * Reads a JSON platform event (`{"time":…,"type":"platform.report","record":{…}}`). `null` when the
 * text is no platform event: a function may log JSON of its own.
 */
export function readJsonEvent(text: string): PlatformRecord | null {
	let event: unknown;
	try {
		event = JSON.parse(text);
	} catch {
		return /^\s*\{[^{}]{0,80}"type"\s*:\s*"platform\./.test(text)
			? { ...unread('platform event', 'expected complete JSON'), timeMs: null }
			: null;
	}
	return isObject(event) ? readEventObject(event) : null;
}

/** Reads an already parsed platform event; `null` when it is none. */
export function readEventObject(event: Readonly<Record<string, unknown>>): PlatformRecord | null {
	const type = event['type'];
	if (typeof type !== 'string' || !type.startsWith('platform.')) return null;
	const timeMs = time(event['time']);
	// The preview of the Telemetry API called it `platformEvent`.
	const body = event['record'] ?? event['platformEvent'];
	if (type === 'platform.fault' && typeof body === 'string') return fault(body, timeMs);
	if (!isObject(body)) return { ...unread(type, 'record: expected an object'), timeMs };
	const fields = new Fields(body);
	const record = build(type, fields, timeMs);
	if (fields.problem !== null) return { ...unread(type, fields.problem), timeMs };
	return record;
}

function build(type: string, fields: Fields, timeMs: number | null): PlatformRecord {
	switch (type) {
		case 'platform.report':
			return report(fields, timeMs);
		case 'platform.start':
			return {
				kind: 'start',
				timeMs,
				requestId: fields.required('requestId'),
				version: fields.text('version'),
				functionArn: fields.text('functionArn'),
			};
		case 'platform.end':
			return { kind: 'end', timeMs, requestId: fields.required('requestId') };
		case 'platform.runtimeDone': {
			const metrics = fields.inner('metrics');
			return {
				kind: 'runtimeDone',
				timeMs,
				requestId: fields.required('requestId'),
				durationUs: metrics.microseconds('durationMs'),
				producedBytes: metrics.whole('producedBytes'),
				status: platformStatus(fields.text('status') ?? ''),
				errorType: fields.text('errorType'),
			};
		}
		case 'platform.initStart':
		case 'platform.restoreStart':
			return {
				kind: type === 'platform.initStart' ? 'initStart' : 'restoreStart',
				timeMs,
				runtimeVersion: fields.text('runtimeVersion'),
				runtimeVersionArn: fields.text('runtimeVersionArn'),
				functionName: fields.text('functionName'),
				initializationType: fields.text('initializationType'),
				phase: fields.text('phase'),
			};
		case 'platform.initReport':
		case 'platform.restoreReport':
		case 'platform.initRuntimeDone':
		case 'platform.restoreRuntimeDone':
			return phaseReport(phaseKinds[type], fields, timeMs);
		default:
			return rare(type, fields, timeMs);
	}
}

const phaseKinds = {
	'platform.initReport': 'initReport',
	'platform.restoreReport': 'restoreReport',
	'platform.initRuntimeDone': 'initRuntimeDone',
	'platform.restoreRuntimeDone': 'restoreRuntimeDone',
} as const;

function report(fields: Fields, timeMs: number | null): PlatformRecord {
	const metrics = fields.inner('metrics');
	const memoryMib = metrics.whole('memorySizeMB');
	const record: PlatformRecord = {
		kind: 'report',
		timeMs,
		requestId: fields.required('requestId'),
		durationUs: metrics.microseconds('durationMs'),
		billedMs: metrics.whole('billedDurationMs'),
		memoryMib,
		maxMemoryUsedMib: metrics.whole('maxMemoryUsedMB'),
		initUs: metrics.microseconds('initDurationMs'),
		restoreUs: metrics.microseconds('restoreDurationMs'),
		billedRestoreMs: metrics.whole('billedRestoreDurationMs'),
		status: platformStatus(fields.text('status') ?? ''),
		errorType: fields.text('errorType'),
		traceId: traceId(fields.inner('tracing').text('value')),
		tenantId: fields.text('tenantId'),
	};
	if (record.durationUs === null && record.billedMs === null) {
		fields.fail('metrics: expected durationMs or billedDurationMs');
	}
	if (memoryMib === 0) fields.fail('metrics.memorySizeMB: expected more than 0');
	return record;
}

function phaseReport(
	kind: (typeof phaseKinds)[keyof typeof phaseKinds],
	fields: Fields,
	timeMs: number | null,
): PlatformRecord {
	return {
		kind,
		timeMs,
		durationUs: fields.inner('metrics').microseconds('durationMs'),
		phase: fields.text('phase'),
		status: platformStatus(fields.text('status') ?? ''),
		errorType: fields.text('errorType'),
		initializationType: fields.text('initializationType'),
	};
}

function rare(type: string, fields: Fields, timeMs: number | null): PlatformRecord {
	switch (type) {
		case 'platform.extension':
			return {
				kind: 'extension',
				timeMs,
				name: fields.required('name'),
				state: fields.text('state'),
				events: fields.texts('events'),
				errorType: fields.text('errorType'),
			};
		case 'platform.telemetrySubscription':
		case 'platform.logsSubscription':
		case 'platform.logSubscription':
			return {
				kind: 'subscription',
				timeMs,
				name: fields.required('name'),
				state: fields.text('state'),
				types: fields.texts('types'),
			};
		case 'platform.logsDropped':
			return {
				kind: 'logsDropped',
				timeMs,
				reason: fields.text('reason'),
				records: fields.whole('droppedRecords'),
				bytes: fields.whole('droppedBytes'),
			};
		default:
			return { kind: 'other', timeMs, type };
	}
}

function fault(text: string, timeMs: number | null): PlatformRecord {
	const match = /^RequestId: (\S{1,64}) (.{1,400})$/s.exec(text.trim());
	if (match === null) {
		return { ...unread('platform.fault', 'expected "RequestId: … reason"'), timeMs };
	}
	const reason = (match[2] ?? '').replace(/^Error: /, '');
	const errorType = /(?:Runtime|Extension)\.\w+\s*$/.exec(reason)?.[0].trim() ?? null;
	return { kind: 'exit', timeMs, requestId: match[1] ?? '', reason, errorType };
}

/** `Root=1-…;Parent=…;Sampled=1` or a bare id. */
function traceId(value: string | null): string | null {
	if (value === null) return null;
	return /Root=([^;]+)/.exec(value)?.[1] ?? value;
}

/** Reads fields of a JSON object, and remembers the first that holds something else than it should. */
class Fields {
	problem: string | null = null;
	readonly #values: Readonly<Record<string, unknown>>;
	readonly #path: string;
	readonly #parent: Fields | null;

	constructor(values: Readonly<Record<string, unknown>>, path = '', parent: Fields | null = null) {
		this.#values = values;
		this.#path = path;
		this.#parent = parent;
	}

	fail(problem: string): void {
		if (this.#parent === null) this.problem ??= problem;
		else this.#parent.fail(problem);
	}

	#expected(key: string, what: string): null {
		const shown = (JSON.stringify(this.#values[key]) ?? 'nothing').slice(0, 40);
		this.fail(`${this.#path}${key}: expected ${what}, found ${shown}`);
		return null;
	}

	text(key: string): string | null {
		const value = this.#values[key];
		if (value === undefined || value === null) return null;
		return typeof value === 'string' ? value : this.#expected(key, 'text');
	}

	required(key: string): string {
		return this.text(key) ?? this.#expected(key, 'text') ?? '';
	}

	texts(key: string): string[] {
		const value = this.#values[key];
		return Array.isArray(value) ? value.filter((part) => typeof part === 'string') : [];
	}

	whole(key: string): number | null {
		const value = this.#values[key];
		if (value === undefined || value === null) return null;
		if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
		return this.#expected(key, 'a whole number');
	}

	microseconds(key: string): number | null {
		const value = this.#values[key];
		if (value === undefined || value === null) return null;
		if (typeof value === 'number' && value >= 0 && value < 1e12) return Math.round(value * 1000);
		return this.#expected(key, 'milliseconds');
	}

	/** The object under `key`; an empty one when there is none. */
	inner(key: string): Fields {
		const value = this.#values[key];
		if (isObject(value)) return new Fields(value, `${this.#path}${key}.`, this);
		if (value !== undefined && value !== null) this.#expected(key, 'an object');
		return new Fields({}, `${this.#path}${key}.`, this);
	}
}

function time(value: unknown): number | null {
	return typeof value === 'string' ? isoTime(value, 0, value.length) : null;
}

function unread(like: string, reason: string) {
	return { kind: 'notUnderstood', like, reason } as const;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
