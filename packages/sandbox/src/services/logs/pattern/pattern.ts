import { invalidParameter } from '../refusals.ts';
import { jsonMatcher } from './json.ts';
import type { Matcher } from './matcher.ts';

// CloudWatch Logs user guide, "Filter pattern syntax", read 2026-04: terms are case-sensitive and all
// must be there; `?a ?b` any of them (ignored beside plain terms); `-a` none; "…" exact text; %…% a
// regular expression; `{ … }` a condition on JSON.
const longest = 1024;

/** Reads a filter pattern. Throws InvalidParameterException for one that cannot be read. */
export function parsePattern(pattern: string | undefined): Matcher {
	const text = (pattern ?? '').trim();
	if (text === '') return () => true;
	if (text.length > longest) {
		throw invalidParameter(
			`1 validation error detected: Value at 'filterPattern' failed to satisfy constraint: Member must have length less than or equal to ${longest}`,
		);
	}
	if (text.startsWith('{')) return jsonMatcher(text);
	if (text.startsWith('[')) {
		throw invalidParameter('Invalid filter pattern: space-delimited patterns are not simulated.');
	}
	return termsMatcher(readTerms(text));
}

interface Term {
	readonly sign: 'must' | 'may' | 'not';
	readonly test: Matcher;
}

function readTerms(text: string): Term[] {
	const terms: Term[] = [];
	const token = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]+)%|([^\s"]+))/y;
	let at = 0;
	while (at < text.length) {
		token.lastIndex = at;
		const found = token.exec(text);
		if (found === null) throw invalidParameter(`Invalid filter pattern`);
		const [whole, sign, quoted, regex, plain] = found;
		at += whole.length;
		if (text.slice(at).trim() === '') at = text.length;
		if (plain !== undefined && !/^[\w.:/@#$+=,;!^~|*'()<>&-]+$/.test(plain)) {
			throw invalidParameter(`Invalid character(s) in term '${plain}'`);
		}
		terms.push({
			sign: sign === '?' ? 'may' : sign === '-' ? 'not' : 'must',
			test:
				regex === undefined
					? containsTerm((quoted ?? plain ?? '').replace(/\\(.)/g, '$1'))
					: regexTest(regex),
		});
	}
	return terms;
}

function termsMatcher(terms: readonly Term[]): Matcher {
	const must = terms.filter((term) => term.sign === 'must').map((term) => term.test);
	const not = terms.filter((term) => term.sign === 'not').map((term) => term.test);
	const may =
		must.length > 0 ? [] : terms.filter((term) => term.sign === 'may').map((term) => term.test);
	return (message) =>
		must.every((test) => test(message)) &&
		(may.length === 0 || may.some((test) => test(message))) &&
		!not.some((test) => test(message));
}

const wordCharacter = /[A-Za-z0-9_]/;

/** A term is found as whole words: `ERROR` is not in `ERRORCODE`. */
function containsTerm(term: string): Matcher {
	if (term === '') return () => true;
	const opensInWord = wordCharacter.test(term.charAt(0));
	const closesInWord = wordCharacter.test(term.charAt(term.length - 1));
	return (message) => {
		for (let at = message.indexOf(term); at >= 0; at = message.indexOf(term, at + 1)) {
			const before = at === 0 ? ' ' : message.charAt(at - 1);
			const after = message.charAt(at + term.length);
			if (opensInWord && wordCharacter.test(before)) continue;
			if (closesInWord && after !== '' && wordCharacter.test(after)) continue;
			return true;
		}
		return false;
	};
}

/** A regular expression between percent signs. Throws when it is none. */
function regexTest(source: string): Matcher {
	try {
		const regex = new RegExp(source);
		return (message) => regex.test(message);
	} catch {
		throw invalidParameter(`Invalid regular expression: ${source}`);
	}
}
