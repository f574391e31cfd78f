import { describe, expect, it } from 'vitest';

import { plain } from './number.ts';
import {
	bytes,
	duration,
	durationAxis,
	durationExact,
	durationParts,
	gbSeconds,
	memory,
} from './quantity.ts';

describe('quantities', () => {
	it.each([
		[0, '0 ms'],
		[1.44, '1.4 ms'],
		[2318, '2,318 ms'],
		[9999, '9,999 ms'],
		[14_200, '14.2 s'],
		[200_000, '3 min 20 s'],
		[7_500_000, '2 h 5 min'],
		[273_600_000, '3 d 4 h'],
	])('durations: %d ms', (ms, text) => {
		expect(plain(duration(ms))).toBe(text);
	});

	it('durations on axes and in records', () => {
		expect(plain(durationAxis(800))).toBe('800 ms');
		expect(plain(durationAxis(2000))).toBe('2 s');
		expect(plain(durationExact(842.17))).toBe('842.17 ms');
		expect(durationParts(341)).toEqual({ digits: '341', unit: 'ms' });
	});

	it('memory and GB-seconds', () => {
		expect(plain(memory(1024))).toBe('1,024 MB');
		expect(plain(gbSeconds(372_000_000))).toBe('372 M GB-s');
		expect(plain(gbSeconds(3.161))).toBe('3.16 GB-s');
	});

	it('bytes', () => {
		expect(plain(bytes(612))).toBe('612 B');
		expect(plain(bytes(6212))).toBe('6.2 kB');
		expect(plain(bytes(373e9))).toBe('373 GB');
	});

	it('what is not known is a dash', () => {
		for (const show of [duration, durationExact, memory, gbSeconds, bytes]) {
			expect(show(null)).toBe('–');
		}
	});
});
