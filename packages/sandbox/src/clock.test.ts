import { describe, expect, it } from 'vitest';

import { worldClock } from './clock.ts';

describe('worldClock', () => {
	it('starts at real time and runs with it', () => {
		let wallMs = 1_000;
		const clock = worldClock(() => wallMs);
		expect(clock.nowMs()).toBe(1_000);
		wallMs = 1_500;
		expect(clock.nowMs()).toBe(1_500);
	});

	it('runs fast, stands still and jumps, always from where it is', () => {
		let wallMs = 0;
		const clock = worldClock(() => wallMs, { nowMs: 100, speed: 60 });
		wallMs = 10;
		expect(clock.nowMs()).toBe(700);
		clock.set({ speed: 0 });
		wallMs = 999;
		expect(clock.nowMs()).toBe(700);
		clock.advance(50);
		expect(clock.nowMs()).toBe(750);
		clock.set({ nowMs: 5_000, speed: 1 });
		wallMs += 3;
		expect(clock.state()).toEqual({ nowMs: 5_003, speed: 1 });
	});

	it.each([{ nowMs: Number.NaN }, { nowMs: -1 }, { speed: Infinity }, { speed: -2 }])(
		'refuses %o',
		(change) => {
			const clock = worldClock(() => 0);
			expect(() => clock.set(change)).toThrow(RangeError);
			expect(clock.state()).toEqual({ nowMs: 0, speed: 1 });
		},
	);
});
