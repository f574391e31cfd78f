import { expect, test } from 'vitest';

import { fnv128Hex } from './hash.ts';

test('equals the published FNV-1a 128 values', () => {
	// http://www.isthe.com/chongo/tech/comp/fnv, test vectors, read 2026-11.
	expect(fnv128Hex('')).toBe('6c62272e07bb014262b821756295c58d');
	expect(fnv128Hex('a')).toBe('d228cb696f1a8caf78912b704e4a8964');
	expect(fnv128Hex('foobar')).toBe('343e1662793c64bf6f0d3597ba446f18');
});
