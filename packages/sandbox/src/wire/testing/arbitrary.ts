import fc from 'fast-check';

import type { Member, Shape } from '../shape.ts';

export interface ValueOptions {
	/** Protocols without a way to write an empty list, map or structure. */
	readonly nonEmpty: boolean;
	/** False where the transport knows no numbers beyond JSON's own. */
	readonly nonFinite: boolean;
}

const deepest = 4;

/** A random value of a shape, as the SDK takes and gives it. Streams are left out. */
export function valueOf(shape: Shape, options: ValueOptions, depth = 0): fc.Arbitrary<unknown> {
	switch (shape.kind) {
		case 'unit':
			return fc.constant({});
		case 'struct':
			return structOf(shape, options, depth);
		case 'union':
			return unionOf(shape, options, depth);
		case 'list':
			return fc.array(valueOf(shape.value, options, depth + 1), lengths(options, depth));
		case 'map':
			return fc.dictionary(
				fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,8}$/),
				valueOf(shape.value, options, depth + 1),
				{ minKeys: options.nonEmpty ? 1 : 0, maxKeys: 2, noNullPrototype: true },
			);
		default:
			return scalarOf(shape, options);
	}
}

function lengths(options: ValueOptions, depth: number) {
	return { minLength: options.nonEmpty ? 1 : 0, maxLength: depth > 2 ? 1 : 3 };
}

function scalarOf(shape: Shape, options: ValueOptions): fc.Arbitrary<unknown> {
	switch (shape.kind) {
		case 'boolean':
			return fc.boolean();
		case 'number':
		case 'bigDecimal':
			return numbers(options);
		case 'bigInteger':
			return fc.maxSafeInteger().map(BigInt);
		case 'timestamp':
			// Whole seconds: the format of HTTP dates.
			return fc.integer({ min: 0, max: 4_000_000_000 }).map((second) => new Date(second * 1000));
		case 'blob':
			return fc.uint8Array({ minLength: 1, maxLength: 8 });
		case 'document':
			return fc.constant({ a: 1, b: ['x', null, true] });
		default:
			return shape.traits['mediaType'] === 'application/json'
				? fc.constant('{"a":1}')
				: fc
						.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
						.filter((text) => text.trim() === text);
	}
}

function numbers(options: ValueOptions): fc.Arbitrary<number> {
	const doubles = fc
		.double({ noNaN: !options.nonFinite, noDefaultInfinity: !options.nonFinite })
		.map((value) => (Object.is(value, -0) ? 0 : value));
	return fc.oneof(fc.integer(), doubles);
}

/** What a header, path or status can carry is narrower than a body. */
function boundOf(member: Member, options: ValueOptions): fc.Arbitrary<unknown> | null {
	const { traits, shape } = member;
	if (traits.httpResponseCode) return fc.integer({ min: 200, max: 299 });
	if (typeof traits.httpPrefixHeaders === 'string') {
		return fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), token, {
			minKeys: 1,
			maxKeys: 2,
			noNullPrototype: true,
		});
	}
	if (traits.httpHeader !== undefined) {
		if (shape.kind === 'string') return token;
		if (shape.kind === 'list') return fc.array(token, { minLength: 1, maxLength: 3 });
	}
	if (traits.httpLabel || traits.httpQuery !== undefined) {
		if (shape.kind === 'number') return fc.integer({ min: 0, max: 10_000 });
		if (shape.kind === 'string') return pathText;
		if (shape.kind === 'list') return fc.array(pathText, { minLength: 1, maxLength: 3 });
	}
	// An empty payload and an absent one look the same.
	if (traits.httpPayload) return valueOf(shape, { ...options, nonEmpty: true }, 1);
	return null;
}

const token = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9:/_-]{0,12}$/);
const pathText = fc.oneof(
	fc.constantFrom('arn:aws:x:us-east-1:123456789012:y/z', 'a b+c', 'ünï', '$LATEST', 'a%2Fb'),
	fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,12}$/),
);

function structOf(shape: Shape, options: ValueOptions, depth: number): fc.Arbitrary<unknown> {
	const fields: Record<string, fc.Arbitrary<unknown>> = {};
	const required: string[] = [];
	for (const member of shape.members) {
		if (member.streaming) continue;
		const nested = ['struct', 'union', 'list', 'map'].includes(member.shape.kind);
		// Idempotency tokens are filled in by the client when they are left out.
		const must =
			member.required ||
			Boolean(member.traits.idempotencyToken) ||
			// A status is always there to be read; an absent payload is sent as an empty one.
			Boolean(member.traits.httpResponseCode) ||
			Boolean(member.traits.httpPayload);
		if (nested && !must && depth >= deepest) continue;
		if (nested && depth > deepest * 2) continue;
		fields[member.name] = boundOf(member, options) ?? valueOf(member.shape, options, depth + 1);
		if (must || member.traits.httpLabel || depth > 0) required.push(member.name);
	}
	const some = Object.keys(fields);
	const fallback = shape.members.find((member) => !member.streaming);
	if (some.length === 0 && options.nonEmpty && fallback !== undefined) {
		fields[fallback.name] = valueOf(fallback.shape, options, depth + 1);
		some.push(fallback.name);
	}
	// A structure without members cannot be told from an absent one where nothing may be empty.
	const [first] = some;
	const keys =
		required.length === 0 && options.nonEmpty && first !== undefined ? [first] : required;
	return fc.record(fields, { requiredKeys: keys, noNullPrototype: true });
}

function unionOf(shape: Shape, options: ValueOptions, depth: number): fc.Arbitrary<unknown> {
	const members = shape.members.filter(
		(member) => !member.streaming && !(options.nonEmpty && isBare(member.shape)),
	);
	const simple = members.filter(({ shape: { kind } }) => kind !== 'struct' && kind !== 'union');
	const usable = depth >= deepest && simple.length > 0 ? simple : members;
	return fc.oneof(
		...usable.map((member) =>
			valueOf(member.shape, options, depth + 1).map((value) => ({ [member.name]: value })),
		),
	);
}

/** A structure without members: all that it says is that it is there. */
function isBare(shape: Shape): boolean {
	return shape.kind === 'struct' && shape.members.length === 0;
}
