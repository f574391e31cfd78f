import { expect, it } from 'vitest';

import { marked, wordsOf } from './marked.ts';

it('marks words whatever their case, and takes nothing for a pattern', () => {
	expect(marked('Timeout (a+b) timeout', ['timeout'])).toEqual([
		{ text: 'Timeout', hit: true },
		{ text: ' (a+b) ', hit: false },
		{ text: 'timeout', hit: true },
	]);
	expect(marked('x (a+b)', ['(a+b)'])).toEqual([
		{ text: 'x ', hit: false },
		{ text: '(a+b)', hit: true },
	]);
	expect(marked('plain', [])).toEqual([{ text: 'plain', hit: false }]);
});

it('knows which words of a search a line holds', () => {
	expect(wordsOf('order "timed out" -debug -"health check"')).toEqual(['order', 'timed out']);
	expect(wordsOf('  ')).toEqual([]);
});
