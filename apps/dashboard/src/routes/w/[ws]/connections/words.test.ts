import { expect, it } from 'vitest';

import { accountDigits, health } from './words.ts';

const base = { state: 'healthy', exhausted: false, slowedFromMs: null, reason: null } as const;

it('says the worst about a connection first', () => {
	expect(health(base).word).toBe('Healthy');
	expect(health({ ...base, slowedFromMs: 60_000 }).word).toBe('Slowed by its cap');
	expect(health({ ...base, exhausted: true, slowedFromMs: 60_000 }).word).toBe('Cap reached');
	expect(health({ ...base, state: 'unsafe', exhausted: true })).toEqual({
		status: 'bad',
		word: 'Unsafe role',
	});
	expect(health({ ...base, state: 'degraded' }).status).toBe('warn');
});

it('groups the digits of an account', () => {
	expect(accountDigits('111122223333')).toBe('1111 2222 3333');
});
