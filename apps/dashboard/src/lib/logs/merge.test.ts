import type { LogLine } from '@lamplight/api/contract/logs';
import { expect, it } from 'vitest';

import { addHistogram, mergeLines } from './merge.ts';

const line = (id: string, at: string) => ({ id, at, functionId: 'f' }) as LogLine;

it('keeps lines newest first and each once', () => {
	const first = [line('2', '2026-11-23T10:00:02Z'), line('1', '2026-11-23T10:00:01Z')];
	const merged = mergeLines(first, [
		line('3', '2026-11-23T10:00:03Z'),
		line('2', '2026-11-23T10:00:02Z'),
	]);
	expect(merged.map(({ id }) => id)).toEqual(['3', '2', '1']);
});

it('adds up the counts of a search, step by step', () => {
	const count = (error: number) => ({ error, warn: 0, info: 1, other: 0 });
	const one = { from: '2026-11-23T10:00:00Z', stepMs: 60_000, counts: [count(1)] };
	const two = { ...one, counts: [count(2), count(3)] };
	expect(addHistogram(one, two).counts).toEqual([
		{ error: 3, warn: 0, info: 2, other: 0 },
		{ error: 3, warn: 0, info: 1, other: 0 },
	]);
	expect(addHistogram(null, one)).toBe(one);
	expect(addHistogram(one, { ...two, stepMs: 1 }).stepMs).toBe(1);
});
