import { describe, expect, it } from 'vitest';

import { plural } from './plural.ts';

describe('a count in words', () => {
	it.each([
		[plural(0, 'row'), '0 rows'],
		[plural(1, 'row'), '1 row'],
		[plural(1n, 'execution'), '1 execution'],
		[plural(2n, 'execution'), '2 executions'],
		[plural(1, 'execution has', 'executions have'), '1 execution has'],
		[plural(12_000, 'execution has', 'executions have', '12,000'), '12,000 executions have'],
	])('%s', (said, expected) => {
		expect(said).toBe(expected);
	});
});
