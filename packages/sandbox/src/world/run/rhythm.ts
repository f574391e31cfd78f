import type { Traffic } from '../blueprint.ts';
import { unit } from '../random.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/**
 * Mean invocations per minute at an instant: a day's wave, quieter weekends, and a slow wander of
 * ±12% from hour to hour that keeps two days from looking the same.
 */
export function ratePerMinute(
	traffic: Extract<Traffic, { kind: 'random' }>,
	seed: number,
	atMs: number,
): number {
	const hour = (atMs % dayMs) / hourMs;
	const wave = 1 + traffic.swing * Math.cos(((hour - traffic.peakHourUtc) * Math.PI) / 12);
	// 1 January 1970 was a Thursday.
	const weekday = (Math.floor(atMs / dayMs) + 4) % 7;
	const isWeekend = weekday === 0 || weekday === 6;
	const norm = 7 / (5 + 2 * traffic.weekend);
	const wander = 0.88 + 0.24 * unit(seed, Math.floor(atMs / hourMs), 0x77);
	return (traffic.perDay / 1440) * wave * (isWeekend ? traffic.weekend : 1) * norm * wander;
}
