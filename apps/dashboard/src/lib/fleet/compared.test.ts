import { expect, it } from 'vitest';

import { held, withoutSentence } from './compared.ts';

const account = (accountName: string | null) => ({
	connectionId: 'con_00000000000000000000' as never,
	accountId: '111122223333',
	accountName,
	knownFrom: '2026-11-26T00:00:00Z',
});

it('holds against the span before what both know', () => {
	expect(held({ value: 10 })).toBe(10);
	expect(held({ value: 10, comparable: 7 })).toBe(7);
	expect(held({ value: 10, comparable: null })).toBeNull();
});

it('names the one account that is left out, and counts more', () => {
	expect(withoutSentence([])).toBe('');
	expect(withoutSentence([account('staging')])).toMatch(/^Compared without staging,/);
	expect(withoutSentence([account(null)])).toContain('111122223333');
	expect(withoutSentence([account(null), account('a')])).toContain('2 accounts');
});
