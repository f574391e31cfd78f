import { invalidField } from '@lamplight/core/errors';
import { dayMs } from '@lamplight/core/time';

/** What is known of a day's calls is kept for a year and a month. */
export const dayKeptDays = 400;

/** When an item goes that is kept so many days, as DynamoDB counts: in seconds. */
export function expiry(fromMs: number, keptDays: number): number {
	return Math.floor((fromMs + keptDays * dayMs) / 1000);
}

/** The first millisecond of a day. Throws `invalid_input` for what is no day. */
export function startOf(day: string): number {
	const startMs = Date.parse(`${day}T00:00:00Z`);
	if (Number.isNaN(startMs)) throw invalidField('day', 'expected YYYY-MM-DD', day);
	return startMs;
}
