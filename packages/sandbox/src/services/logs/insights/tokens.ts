import { AwsError } from '../../../wire/awsError.ts';

export interface Token {
	readonly kind: 'word' | 'text' | 'regex' | 'number' | 'sign';
	readonly text: string;
}

/** What CloudWatch Logs says of a query that it cannot read. */
export function malformed(message: string): AwsError {
	return new AwsError('MalformedQueryException', message, { status: 400 });
}

const pattern =
	/\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\/(?:[^/\\\n]|\\.)+\/)|(\d+(?:\.\d+)?(?:ms|[smhdw])?(?![\w.]))|(`[^`]+`|@?[A-Za-z_][\w.@-]*)|(!=|>=|<=|=~|[=<>(),|*[\]+]))/y;

/** The tokens of a query; comments left out. Throws MalformedQueryException. */
export function tokensOf(query: string): Token[] {
	const text = query.replace(/^\s*#.*$/gm, '');
	const tokens: Token[] = [];
	let at = 0;
	while (text.slice(at).trim() !== '') {
		pattern.lastIndex = at;
		const found = pattern.exec(text);
		if (found === null) throw malformed(`unexpected symbol found at '${text.slice(at, at + 20)}'`);
		at = pattern.lastIndex;
		const [, quoted, regex, number, word, sign] = found;
		if (quoted !== undefined) {
			tokens.push({ kind: 'text', text: quoted.slice(1, -1).replace(/\\(["'\\])/g, '$1') });
		} else if (regex !== undefined) tokens.push({ kind: 'regex', text: regex.slice(1, -1) });
		else if (number !== undefined) tokens.push({ kind: 'number', text: number });
		else if (word !== undefined) tokens.push({ kind: 'word', text: word.replaceAll('`', '') });
		else tokens.push({ kind: 'sign', text: sign ?? '' });
	}
	return tokens;
}

/** Reads tokens one by one. */
export class Cursor {
	readonly #tokens: readonly Token[];
	#at = 0;

	constructor(tokens: readonly Token[]) {
		this.#tokens = tokens;
	}

	get isDone(): boolean {
		return this.#at >= this.#tokens.length;
	}

	peek(): Token | null {
		return this.#tokens[this.#at] ?? null;
	}

	next(): Token {
		const token = this.#tokens[this.#at++];
		if (token === undefined) throw malformed('unexpected end of the query');
		return token;
	}

	/** Takes the next token when it is this sign or word (words without regard to case). */
	take(text: string): boolean {
		const token = this.peek();
		if (token === null || token.kind === 'text' || token.text.toLowerCase() !== text) return false;
		this.#at++;
		return true;
	}

	expect(text: string): void {
		if (!this.take(text))
			throw malformed(`expected '${text}' before '${this.peek()?.text ?? 'the end'}'`);
	}

	word(): string {
		const token = this.next();
		if (token.kind !== 'word') throw malformed(`expected a field's name before '${token.text}'`);
		return token.text;
	}
}
