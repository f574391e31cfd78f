import { AwsError } from './awsError.ts';
import type { Member, Shape, TimestampFormat } from './shape.ts';

export interface JsonSettings {
	/** REST-JSON honours `jsonName`; the RPC protocols do not. */
	readonly jsonNames: boolean;
}

type Json = Readonly<Record<string, unknown>>;

/** The value of a shape as JSON.stringify takes it: dates as epoch seconds, blobs as base64. */
export function toJson(shape: Shape, value: unknown, settings: JsonSettings): unknown {
	switch (shape.kind) {
		case 'struct':
		case 'union':
			return structToJson(shape.members, value as Json, settings);
		case 'list':
			return listToJson(shape.value, value as readonly unknown[], settings);
		case 'map':
			return Object.fromEntries(
				Object.entries(value as Json).map(([key, entry]) => [
					key,
					toJson(shape.value, entry, settings),
				]),
			);
		case 'timestamp':
			return timestampToJson(value as Date, shape.timestampFormat);
		case 'number':
			return numberToJson(value as number);
		case 'blob':
			return Buffer.from(value as Uint8Array).toString('base64');
		case 'bigInteger':
			return Number(value);
		case 'unit':
			return {};
		default:
			return value;
	}
}

/** The given members of a value, those that are null or undefined left out. */
export function structToJson(
	members: readonly Member[],
	value: Json,
	settings: JsonSettings,
): Record<string, unknown> {
	const out: Record<string, unknown> = {};
	for (const member of members) {
		const found = value[member.name];
		if (found === undefined || found === null) continue;
		out[jsonName(member, settings)] = toJson(member.shape, found, settings);
	}
	return out;
}

function listToJson(element: Shape, values: readonly unknown[], settings: JsonSettings): unknown {
	if (element.kind === 'string' || element.kind === 'boolean') return values;
	const out = new Array<unknown>(values.length);
	for (let index = 0; index < values.length; index++) {
		const value = values[index];
		out[index] = value === null ? null : toJson(element, value, settings);
	}
	return out;
}

function jsonName(member: Member, settings: JsonSettings): string {
	return (settings.jsonNames ? member.traits.jsonName : undefined) ?? member.name;
}

function timestampToJson(value: Date, format: TimestampFormat | null): string | number {
	if (format === 'date-time') return value.toISOString();
	if (format === 'http-date') return value.toUTCString();
	return value.getTime() / 1000;
}

function numberToJson(value: number): number | string {
	return Number.isFinite(value) ? value : String(value);
}

/** Decodes parsed JSON by a shape. Throws SerializationException where a value cannot be of its shape. */
export function fromJson(shape: Shape, json: unknown, settings: JsonSettings): unknown {
	switch (shape.kind) {
		case 'unit':
			return {};
		case 'struct':
		case 'union':
			return structFromJson(shape.members, expectObject(json), settings);
		case 'list':
			return expectArray(json).map((entry) => fromJson(shape.value, entry, settings));
		case 'map':
			return Object.fromEntries(
				Object.entries(expectObject(json))
					.filter(([, entry]) => entry !== null)
					.map(([key, entry]) => [key, fromJson(shape.value, entry, settings)]),
			);
		case 'document':
			return json;
		default:
			return scalarFromJson(shape, json);
	}
}

/** Decodes the given members of a JSON object; members it does not know are ignored, as AWS ignores them. */
export function structFromJson(
	members: readonly Member[],
	json: Json,
	settings: JsonSettings,
): Record<string, unknown> {
	const out: Record<string, unknown> = {};
	for (const member of members) {
		const found = json[jsonName(member, settings)];
		if (found === undefined || found === null) continue;
		out[member.name] = fromJson(member.shape, found, settings);
	}
	return out;
}

function scalarFromJson(shape: Shape, json: unknown): unknown {
	switch (shape.kind) {
		case 'string':
			if (typeof json === 'string') return json;
			break;
		case 'boolean':
			if (typeof json === 'boolean') return json;
			break;
		case 'number':
		case 'bigDecimal':
			if (typeof json === 'number') return json;
			if (json === 'NaN' || json === 'Infinity' || json === '-Infinity') return Number(json);
			break;
		case 'bigInteger':
			if (typeof json === 'number' && Number.isInteger(json)) return BigInt(json);
			break;
		case 'blob':
			if (typeof json === 'string') return new Uint8Array(Buffer.from(json, 'base64'));
			break;
		case 'timestamp': {
			const date = typeof json === 'number' ? new Date(Math.round(json * 1000)) : parseDate(json);
			if (date !== null && !Number.isNaN(date.getTime())) return date;
			break;
		}
		default:
			break;
	}
	throw wrongType(json, shape.kind);
}

function parseDate(json: unknown): Date | null {
	return typeof json === 'string' ? new Date(json) : null;
}

function expectObject(json: unknown): Json {
	if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Json;
	throw wrongType(json, 'structure');
}

function expectArray(json: unknown): readonly unknown[] {
	if (Array.isArray(json)) return json;
	throw wrongType(json, 'list');
}

function wrongType(json: unknown, wanted: string): AwsError {
	const got = json === null ? 'NULL_VALUE' : Array.isArray(json) ? 'START_ARRAY' : typeof json;
	return new AwsError('SerializationException', `${got} can not be converted to a ${wanted}`);
}

/** Parses a body as a JSON object; an empty one counts as `{}`. */
export function parseJsonBody(body: Buffer): Json {
	if (body.length === 0) return {};
	let parsed: unknown;
	try {
		parsed = JSON.parse(body.toString('utf8'));
	} catch {
		throw new AwsError('SerializationException', 'Could not parse the request body as JSON.');
	}
	return expectObject(parsed);
}
