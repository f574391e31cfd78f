import { expect, it } from 'vitest';

import { csvOf } from './csv.ts';

it('quotes what must be quoted and leaves unknown fields empty', () => {
	expect(
		csvOf(
			['name', 'cost'],
			[
				['a,"b"', 1.5],
				['two\nlines', null],
			],
		),
	).toBe('name,cost\r\n"a,""b""",1.5\r\n"two\nlines",\r\n');
});

it('disarms formulas but keeps numbers', () => {
	expect(csvOf(['v'], [['=HYPERLINK("x")'], ['-12.5'], ['@cmd']])).toBe(
		'v\r\n"\'=HYPERLINK(""x"")"\r\n-12.5\r\n\'@cmd\r\n',
	);
});
