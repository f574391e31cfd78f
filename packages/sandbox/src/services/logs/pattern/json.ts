import { invalidParameter } from '../refusals.ts';
import type { Matcher } from './matcher.ts';

type Condition = (root: unknown) => boolean;

/** Reads a condition on JSON such as `{ $.type = "platform.report" && $.record.status != "success" }`. */
export function jsonMatcher(pattern: string): Matcher {
	const body = /^\{([\s\S]*)\}$/.exec(pattern)?.[1];
	if (body === undefined) throw invalidParameter('Invalid filter pattern: expected { … }');
	const reader = new Reader(tokensOf(body));
	const condition = reader.any();
	reader.end();
	return (message) => {
		const text = message.trimStart();
		if (!text.startsWith('{')) return false;
		let root: unknown;
		try {
			root = JSON.parse(text);
		} catch {
			return false;
		}
		return condition(root);
	};
}

function tokensOf(text: string): string[] {
	const token = /\s*("(?:[^"\\]|\\.)*"|%[^%]+%|&&|\|\||!=|>=|<=|[=<>()]|[^\s"%=<>()&|!]+)/y;
	const tokens: string[] = [];
	let at = 0;
	while (text.slice(at).trim() !== '') {
		token.lastIndex = at;
		const found = token.exec(text);
		if (found?.[1] === undefined) {
			throw invalidParameter(`Invalid filter pattern at '${text.slice(at, at + 20)}'`);
		}
		tokens.push(found[1]);
		at = token.lastIndex;
	}
	return tokens;
}

class Reader {
	readonly #tokens: readonly string[];
	#at = 0;

	constructor(tokens: readonly string[]) {
		this.#tokens = tokens;
	}

	/** `a || b`, with `&&` binding closer. */
	any(): Condition {
		const parts = [this.#all()];
		while (this.#take('||')) parts.push(this.#all());
		return parts.length === 1 ? (parts[0] ?? never) : (root) => parts.some((part) => part(root));
	}

	end(): void {
		if (this.#at < this.#tokens.length) throw this.#unexpected();
	}

	#all(): Condition {
		const parts = [this.#one()];
		while (this.#take('&&')) parts.push(this.#one());
		return parts.length === 1 ? (parts[0] ?? never) : (root) => parts.every((part) => part(root));
	}

	#one(): Condition {
		if (this.#take('(')) {
			const inner = this.any();
			if (!this.#take(')')) throw this.#unexpected();
			return inner;
		}
		const path = pathOf(this.#next());
		const operator = this.#next();
		switch (operator.toUpperCase()) {
			case 'IS':
				return isCondition(path, this.#next().toUpperCase());
			case 'NOT':
				if (this.#next().toUpperCase() !== 'EXISTS') throw this.#unexpected();
				return (root) => valueAt(root, path) === undefined;
			case 'EXISTS':
				return (root) => valueAt(root, path) !== undefined;
			default:
				return comparison(path, operator, this.#next());
		}
	}

	#take(token: string): boolean {
		if (this.#tokens[this.#at] !== token) return false;
		this.#at++;
		return true;
	}

	#next(): string {
		const token = this.#tokens[this.#at++];
		if (token === undefined) throw invalidParameter('Invalid filter pattern: it ends too early');
		return token;
	}

	#unexpected(): Error {
		return invalidParameter(`Invalid filter pattern at '${this.#tokens[this.#at] ?? 'its end'}'`);
	}
}

const never: Condition = () => false;

function pathOf(selector: string): (string | number)[] {
	if (!/^\$(\.[^.[\]]+|\[\d+\]|\['[^']+'\])+$/.test(selector)) {
		throw invalidParameter(`Invalid JSON selector '${selector}'`);
	}
	return [...selector.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']+)'\]/g)].map(
		([, name, index, quoted]) => (index === undefined ? (name ?? quoted ?? '') : Number(index)),
	);
}

function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
	let value = root;
	for (const step of path) {
		if (value === null || typeof value !== 'object') return undefined;
		value = (value as Record<string | number, unknown>)[step];
	}
	return value;
}

function isCondition(path: readonly (string | number)[], word: string): Condition {
	switch (word) {
		case 'NULL':
			return (root) => valueAt(root, path) === null;
		case 'TRUE':
			return (root) => valueAt(root, path) === true;
		case 'FALSE':
			return (root) => valueAt(root, path) === false;
		default:
			throw invalidParameter(`Invalid filter pattern: IS ${word}`);
	}
}

function comparison(
	path: readonly (string | number)[],
	operator: string,
	literal: string,
): Condition {
	const equals = equality(literal);
	switch (operator) {
		case '=':
			return (root) => equals(valueAt(root, path));
		case '!=':
			return (root) => {
				const value = valueAt(root, path);
				return value !== undefined && !equals(value);
			};
		case '<':
		case '<=':
		case '>':
		case '>=':
			return order(path, operator, literal);
		default:
			throw invalidParameter(`Invalid filter pattern at '${operator}'`);
	}
}

function order(
	path: readonly (string | number)[],
	operator: '<' | '<=' | '>' | '>=',
	literal: string,
): Condition {
	const bound = Number(literal);
	if (!Number.isFinite(bound)) throw invalidParameter(`Invalid number '${literal}'`);
	return (root) => {
		const value = valueAt(root, path);
		if (typeof value !== 'number') return false;
		if (operator === '<') return value < bound;
		if (operator === '<=') return value <= bound;
		return operator === '>' ? value > bound : value >= bound;
	};
}

/** A literal is text (with `*` as a wildcard), a number, or a regular expression. */
function equality(literal: string): (value: unknown) => boolean {
	if (literal.startsWith('%')) {
		const regex = new RegExp(literal.slice(1, -1));
		return (value) => typeof value === 'string' && regex.test(value);
	}
	const text = literal.startsWith('"') ? literal.slice(1, -1).replace(/\\(.)/g, '$1') : literal;
	if (text.includes('*')) {
		const escaped = text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
		const regex = new RegExp(`^${escaped}$`, 's');
		return (value) => typeof value === 'string' && regex.test(value);
	}
	const number = Number(text);
	return (value) =>
		typeof value === 'number' ? value === number : typeof value === 'string' && value === text;
}
