import { expect, it } from 'vitest';

import { sparkPath } from './sparkPath.ts';

const size = { width: 10, height: 10 };

it('puts the lowest value at the bottom and the highest at the top', () => {
	expect(sparkPath([0, 5, 10], size).line).toBe('M0.0 8.5L5.0 5.0L10.0 1.5');
});

it('leaves a gap where a value is not known', () => {
	expect(sparkPath([1, null, 2], size).line).toBe('M0.0 8.5h.1M10.0 1.5h.1');
});

it('draws a flat line in the middle, zeros at the bottom and nothing for what is not known', () => {
	expect(sparkPath([4, 4], size).line).toBe('M0.0 5.0L10.0 5.0');
	expect(sparkPath([0, 0], size).line).toBe('M0.0 8.5L10.0 8.5');
	expect(sparkPath([null, null], size)).toEqual({ line: '', area: '' });
	expect(sparkPath([], size)).toEqual({ line: '', area: '' });
});
