import type { Freshness } from '@lamplight/api/contract/workspace';
import { expect, it } from 'vitest';

import { plain } from '../format/number.ts';
import { behind, freshnessText, notRead } from './freshness.ts';

const nowMs = Date.UTC(2026, 10, 29, 12, 0, 10);
const view = { zone: 'UTC', nowMs };
const freshness: Freshness = {
	lamp: 'lit',
	newestMinute: '2026-11-29T11:56:00.000Z',
	lagMs: 0,
	connectionsRead: 10,
	connections: 10,
	waiting: 0,
	paused: 0,
};
const text = (change: Partial<Freshness>) =>
	plain(freshnessText({ ...freshness, ...change }, view));

it('counts the delay from the end of the newest minute, whatever the answer said when it was made', () => {
	expect(plain(behind(freshness, nowMs))).toBe('3 min behind');
	expect(plain(behind({ ...freshness, newestMinute: '2026-11-29T12:00:00.000Z' }, nowMs))).toBe(
		'0 s behind',
	);
	expect(behind({ newestMinute: null }, nowMs)).toBe('–');
	expect(text({})).toBe('3 min behind, 10 of 10 accounts');
});

it('names what is connected and not read, so that the count agrees with that of the connections', () => {
	expect(notRead({ waiting: 1, paused: 2 })).toBe('1 waiting, 2 paused');
	expect(notRead(freshness)).toBe('');
	expect(text({ waiting: 1 })).toBe('3 min behind, 10 of 10 accounts, 1 waiting');
	expect(text({ lamp: 'late', connectionsRead: 8, paused: 1 })).toBe(
		'late: 11:56, 8 of 10 accounts, 1 paused',
	);
	expect(text({ lamp: 'reading', connectionsRead: 1, waiting: 1 })).toBe(
		'reading: 1 of 10 accounts so far, 1 waiting',
	);
	const none = { lamp: 'none', newestMinute: null, connections: 0, waiting: 1 } as const;
	expect(text(none)).toBe('nothing read yet, 1 waiting');
	expect(text({ lamp: 'out' })).toBe('nothing heard since 11:56');
});
