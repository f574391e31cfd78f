import { NormalizedSchema, translateTraits } from '@smithy/core/schema';
import type { SchemaRef, SchemaTraitsObject, StaticOperationSchema } from '@smithy/types';

export type ShapeKind =
	| 'unit'
	| 'struct'
	| 'union'
	| 'list'
	| 'map'
	| 'string'
	| 'number'
	| 'boolean'
	| 'bigInteger'
	| 'bigDecimal'
	| 'blob'
	| 'timestamp'
	| 'document';

export type TimestampFormat = 'date-time' | 'http-date' | 'epoch-seconds';

/** One member of a structure. Its traits are the target's with the member's own on top. */
export interface Member {
	readonly name: string;
	readonly shape: Shape;
	readonly traits: SchemaTraitsObject;
	/** The member's own traits only; XML names come from these. */
	readonly ownTraits: SchemaTraitsObject;
	readonly required: boolean;
	readonly streaming: boolean;
}

/**
 * A shape of an SDK client's schema, resolved once and kept. Members are resolved on first use,
 * because shapes may contain themselves (Cost Explorer's Expression does).
 */
export class Shape {
	readonly kind: ShapeKind;
	readonly name: string;
	readonly traits: SchemaTraitsObject;
	/** `null` where the schema leaves the format to the protocol. */
	readonly timestampFormat: TimestampFormat | null;
	readonly #schema: NormalizedSchema;
	#members: readonly Member[] | undefined;
	#byName: ReadonlyMap<string, Member> | undefined;
	#key: Shape | undefined;
	#value: Shape | undefined;

	constructor(schema: NormalizedSchema) {
		this.#schema = schema;
		this.kind = kindOf(schema);
		this.name = schema.getName() ?? '';
		this.traits = schema.getMergedTraits();
		this.timestampFormat = this.kind === 'timestamp' ? formatOf(schema) : null;
	}

	get members(): readonly Member[] {
		this.#members ??= membersOf(this.#schema);
		return this.#members;
	}

	member(name: string): Member | null {
		this.#byName ??= new Map(this.members.map((member) => [member.name, member]));
		return this.#byName.get(name) ?? null;
	}

	/** The key of a map. */
	get key(): Shape {
		this.#key ??= shapeOf(this.#schema.getKeySchema());
		return this.#key;
	}

	/** What XML and query parameters call a map's key, where the schema says so. */
	get keyXmlName(): string | undefined {
		return this.#schema.getKeySchema().getMergedTraits().xmlName;
	}

	/** What they call a map's value or a list's element: a trait of the place, not of the shape. */
	get valueXmlName(): string | undefined {
		return this.#schema.getValueSchema().getMergedTraits().xmlName;
	}

	/** The value of a map, the element of a list. */
	get value(): Shape {
		this.#value ??= shapeOf(this.#schema.getValueSchema());
		return this.#value;
	}
}

export interface Operation {
	readonly name: string;
	readonly input: Shape;
	readonly output: Shape;
	/** Method, URI template and success status of a REST operation; `null` elsewhere. */
	readonly http: readonly [method: string, uri: string, status: number] | null;
}

export interface ErrorShape {
	readonly name: string;
	readonly namespace: string;
	readonly shape: Shape;
	readonly status: number;
	/** The code in the query protocols. */
	readonly queryCode: string;
}

const operationTag = 9;
const errorTag = -3;

/** The operations of an SDK client module, by name. */
export function operationsOf(sdk: Readonly<Record<string, unknown>>): Map<string, Operation> {
	const operations = new Map<string, Operation>();
	for (const value of Object.values(sdk)) {
		if (!Array.isArray(value) || value[0] !== operationTag) continue;
		const [, , name, indicator, input, output] = value as StaticOperationSchema;
		const traits = translateTraits(indicator);
		operations.set(name, {
			name,
			input: shapeOf(NormalizedSchema.of(input)),
			output: shapeOf(NormalizedSchema.of(output)),
			http: (traits.http as Operation['http'] | undefined) ?? null,
		});
	}
	return operations;
}

/** The modelled errors of an SDK client module, by name and by query code. */
export function errorsOf(sdk: Readonly<Record<string, unknown>>): Map<string, ErrorShape> {
	const errors = new Map<string, ErrorShape>();
	for (const value of Object.values(sdk)) {
		if (!Array.isArray(value) || value[0] !== errorTag) continue;
		const [, namespace, name] = value as [number, string, string];
		const shape = shapeOf(NormalizedSchema.of(value as unknown as SchemaRef));
		const query = shape.traits['awsQueryError'] as readonly [string, number] | undefined;
		const error: ErrorShape = {
			name,
			namespace,
			shape,
			status: (shape.traits.httpError as number | undefined) ?? query?.[1] ?? 400,
			queryCode: query?.[0] ?? name,
		};
		errors.set(name, error);
		if (!errors.has(error.queryCode)) errors.set(error.queryCode, error);
	}
	return errors;
}

/** Required members are the first of a structure; their number is the schema's seventh element. */
const requiredCountIndex = 6;

const cache = new WeakMap<object, Shape>();

function shapeOf(schema: NormalizedSchema): Shape {
	const target = schema.getSchema();
	// Structures are shared by every member that names them; simple shapes are cheap to wrap again.
	if (!Array.isArray(target) || !(schema.isStructSchema() || schema.isUnionSchema())) {
		return new Shape(schema);
	}
	const known = cache.get(target);
	if (known !== undefined) return known;
	const shape = new Shape(NormalizedSchema.of(target));
	cache.set(target, shape);
	return shape;
}

function membersOf(schema: NormalizedSchema): Member[] {
	const target: unknown = schema.getSchema();
	const requiredCount =
		Array.isArray(target) && !schema.isUnionSchema()
			? ((target[requiredCountIndex] as number | undefined) ?? 0)
			: 0;
	return [...schema.structIterator()].map(([name, member], index) => ({
		name,
		shape: shapeOf(member),
		traits: member.getMergedTraits(),
		ownTraits: member.getMemberTraits(),
		required: index < requiredCount,
		streaming: member.isStreaming(),
	}));
}

function kindOf(schema: NormalizedSchema): ShapeKind {
	if (schema.isUnitSchema()) return 'unit';
	if (schema.isUnionSchema()) return 'union';
	if (schema.isStructSchema()) return 'struct';
	if (schema.isListSchema()) return 'list';
	if (schema.isMapSchema()) return 'map';
	if (schema.isBlobSchema()) return 'blob';
	if (schema.isTimestampSchema()) return 'timestamp';
	if (schema.isBooleanSchema()) return 'boolean';
	if (schema.isBigIntegerSchema()) return 'bigInteger';
	if (schema.isBigDecimalSchema()) return 'bigDecimal';
	if (schema.isNumericSchema()) return 'number';
	if (schema.isStringSchema()) return 'string';
	return 'document';
}

/** 5, 6 and 7 are date-time, http-date and epoch-seconds; 4 leaves it open (@smithy/types schema/sentinels, 4.20.0). */
function formatOf(schema: NormalizedSchema): TimestampFormat | null {
	switch (schema.getSchema()) {
		case 5:
			return 'date-time';
		case 6:
			return 'http-date';
		case 7:
			return 'epoch-seconds';
		default:
			return null;
	}
}
