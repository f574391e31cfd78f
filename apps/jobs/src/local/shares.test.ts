import { expect, it } from 'vitest';

import { Shares } from './shares.ts';

/** Begins all that may begin. */
function begin(shares: Shares<number>): string[] {
	const begun: string[] = [];
	for (let next = shares.next(); next !== null; next = shares.next()) begun.push(next.group);
	return begun;
}

it('gives all places but one to a group that is alone, and an equal part to groups beside each other', () => {
	const shares = new Shares<number>(6);
	for (let at = 0; at < 10; at += 1) shares.add('a', at);
	expect(begin(shares)).toEqual(['a', 'a', 'a', 'a', 'a']);
	shares.add('late', 0);
	expect(begin(shares)).toEqual(['late']);
	const both = new Shares<number>(6);
	for (let at = 0; at < 10; at += 1) both.add('a', at);
	for (let at = 0; at < 10; at += 1) both.add('b', at);
	expect(begin(both).sort()).toEqual(['a', 'a', 'a', 'b', 'b', 'b']);
	expect(both.waiting).toBe(14);
});

it('never lets a group that hangs have more than its share, however much of it waits', () => {
	const shares = new Shares<number>(6);
	for (let at = 0; at < 50; at += 1) shares.add('hangs', at);
	for (const group of ['b', 'c']) shares.add(group, 0);
	begin(shares);
	let served = 0;
	// What hangs never ends; the others come again and again.
	for (let round = 0; round < 20; round += 1) {
		for (const group of ['b', 'c']) {
			shares.ended(group);
			shares.add(group, round);
			served += begin(shares).filter((one) => one === group).length;
		}
	}
	expect(served).toBe(40);
});

it('keeps the share of groups that were served lately, although nothing of theirs waits', () => {
	const shares = new Shares<number>(6);
	for (const group of ['b', 'c']) shares.add(group, 0);
	begin(shares);
	for (const group of ['b', 'c']) shares.ended(group);
	for (let at = 0; at < 50; at += 1) shares.add('hangs', at);
	expect(begin(shares)).toEqual(['hangs', 'hangs']);
});

it('serves the group first that waits longest, and forgets one that has nothing more', () => {
	const shares = new Shares<string>(1);
	shares.add('a', 'a1');
	shares.add('a', 'a2');
	shares.add('b', 'b1');
	expect(shares.next()).toEqual({ group: 'a', item: 'a1' });
	expect(shares.next()).toBeNull();
	shares.ended('a');
	expect(shares.next()).toEqual({ group: 'b', item: 'b1' });
	shares.ended('b');
	expect(shares.next()).toEqual({ group: 'a', item: 'a2' });
	shares.ended('a');
	expect(shares.left()).toEqual([]);
	expect(shares.waiting).toBe(0);
});
