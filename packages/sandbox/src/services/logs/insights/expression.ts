import type { Row, Value } from './row.ts';
import { type Cursor, malformed } from './tokens.ts';

export type Condition = (row: Row) => boolean;

/** Reads a filter's condition: `or` binds loosest, then `and`, then `not`. */
export function readCondition(cursor: Cursor): Condition {
	const parts = [readAll(cursor)];
	while (cursor.take('or')) parts.push(readAll(cursor));
	return (row) => parts.some((part) => part(row));
}

function readAll(cursor: Cursor): Condition {
	const parts = [readOne(cursor)];
	while (cursor.take('and')) parts.push(readOne(cursor));
	return (row) => parts.every((part) => part(row));
}

function readOne(cursor: Cursor): Condition {
	if (cursor.take('not')) {
		const inner = readOne(cursor);
		return (row) => !inner(row);
	}
	if (cursor.take('(')) {
		const inner = readCondition(cursor);
		cursor.expect(')');
		return inner;
	}
	if (cursor.take('ispresent')) return readPresence(cursor);
	return readComparison(cursor);
}

function readPresence(cursor: Cursor): Condition {
	cursor.expect('(');
	const field = cursor.word();
	cursor.expect(')');
	return (row) => row.get(field) !== null;
}

function readComparison(cursor: Cursor): Condition {
	const field = cursor.word();
	const isNegated = cursor.take('not');
	const test = readTest(cursor);
	return (row) => test(row.get(field)) !== isNegated;
}

function readTest(cursor: Cursor): (value: Value) => boolean {
	const operator = cursor.next().text.toLowerCase();
	if (operator === 'in') {
		cursor.expect('[');
		const wanted = [readLiteral(cursor)];
		while (cursor.take(',')) wanted.push(readLiteral(cursor));
		cursor.expect(']');
		return (value) => wanted.some((literal) => isEqual(value, literal));
	}
	if (operator === 'like' || operator === '=~') return readLike(cursor);
	const literal = readLiteral(cursor);
	switch (operator) {
		case '=':
			return (value) => isEqual(value, literal);
		case '!=':
			return (value) => !isEqual(value, literal);
		case '<':
			return (value) => value !== null && Number(value) < Number(literal);
		case '<=':
			return (value) => value !== null && Number(value) <= Number(literal);
		case '>':
			return (value) => value !== null && Number(value) > Number(literal);
		case '>=':
			return (value) => value !== null && Number(value) >= Number(literal);
		default:
			throw malformed(`unexpected operator '${operator}'`);
	}
}

function readLike(cursor: Cursor): (value: Value) => boolean {
	const token = cursor.next();
	if (token.kind === 'regex') {
		const regex = regexOf(token.text);
		return (value) => value !== null && regex.test(String(value));
	}
	if (token.kind !== 'text') throw malformed(`expected text or /regex/ before '${token.text}'`);
	if (/[%_]/.test(token.text)) {
		const escaped = token.text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
		const regex = regexOf(`^${escaped.replaceAll('%', '[\\s\\S]*').replaceAll('_', '[\\s\\S]')}$`);
		return (value) =>
			value !== null && (regex.test(String(value)) || String(value).includes(token.text));
	}
	return (value) => value !== null && String(value).includes(token.text);
}

/** A regular expression of a query. Throws MalformedQueryException when it is none. */
export function regexOf(source: string): RegExp {
	try {
		return source.startsWith('(?i)') ? new RegExp(source.slice(4), 'i') : new RegExp(source);
	} catch {
		throw malformed(`invalid regular expression /${source}/`);
	}
}

function readLiteral(cursor: Cursor): string | number {
	const token = cursor.next();
	if (token.kind === 'text') return token.text;
	if (token.kind === 'number') return Number(token.text);
	throw malformed(`expected a value before '${token.text}'`);
}

function isEqual(value: Value, literal: string | number): boolean {
	if (value === null) return false;
	return typeof literal === 'number' ? Number(value) === literal : String(value) === literal;
}
