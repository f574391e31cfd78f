import type { ConnectionRow } from '@lamplight/api/contract/connections';

import { share } from '#lib/format/number.ts';
import { day } from '#lib/format/time.ts';

/**
 * How much of the past has been read, over all functions: 0 to 1; `null` when all of it has, or when
 * that is not known.
 */
export function pastRead(
	answer: { readonly rows: readonly Pick<ConnectionRow, 'functions' | 'backfill'>[] } | undefined,
): number | null {
	const rows = answer?.rows ?? [];
	if (rows.every(({ backfill }) => backfill === null)) return null;
	const weight = (row: (typeof rows)[number]) => Math.max(1, row.functions);
	const all = rows.reduce((sum, row) => sum + weight(row), 0);
	const read = rows.reduce((sum, row) => sum + weight(row) * (row.backfill?.share ?? 1), 0);
	return Math.min(1, read / all);
}

/** In place of a comparison: what was not read yet of the days before is not 0. */
export const pastNote = 'earlier days are still being read';

/** Says so wherever earlier days are compared: they still grow. */
export function pastSentence(read: number): string {
	return `Earlier days are still being read, ${share(read, 0)} so far`;
}

/** From which UTC day on a month is known of every account; `null` when it is from its first on. */
export function wholeFrom(knownFrom: string | null): string | null {
	return knownFrom === null ? null : `whole from ${day(Date.parse(knownFrom), 'UTC')} on`;
}

/** Why a month is not forecast. */
export function noForecast(past: number | null, knownFrom: string | null): string {
	if (past !== null) return 'no forecast until the past is read';
	const whole = wholeFrom(knownFrom);
	return whole === null ? 'too few complete days for a forecast' : `no forecast: ${whole}`;
}
