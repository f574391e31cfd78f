import { LamplightError } from '@lamplight/core/errors';
import type { Ctx } from '@lamplight/core/ctx';
import { hourMs, minuteMs } from '@lamplight/core/time';

/** Where an item is. */
export interface Key {
	readonly pk: string;
	readonly sk: string;
}

const separator = '#';

/**
 * A partition of the workspace: every key of a tenant begins with its id, so that a forgotten
 * filter can only ever miss data and never show another tenant's.
 */
export function tenantPartition(ctx: Ctx, ...parts: readonly string[]): string {
	return joined([ctx.workspaceId, ...parts]);
}

/** A partition outside workspaces; used by `lookups` alone. */
export function globalPartition(...parts: readonly string[]): string {
	return joined(['global', ...parts]);
}

/** A sort key of parts. Throws `invalid_input` when a part holds the separator. */
export function sortKey(...parts: readonly (string | number)[]): string {
	return joined(parts.map(String));
}

function joined(parts: readonly string[]): string {
	const bad = parts.find((part) => part.includes(separator) || part === '');
	if (bad !== undefined) {
		throw new LamplightError('invalid_input', `key part "${bad.slice(0, 60)}": empty or with #`);
	}
	return parts.join(separator);
}

/** The minute as 8 digits, so that text order is time order until the year 2160. */
export function minuteKey(timeMs: number): string {
	return String(Math.floor(timeMs / minuteMs)).padStart(8, '0');
}

export function minuteOfKey(key: string): number {
	return Number(key) * minuteMs;
}

/** The hour as 6 digits. */
export function hourKey(timeMs: number): string {
	return String(Math.floor(timeMs / hourMs)).padStart(6, '0');
}

export function hourOfKey(key: string): number {
	return Number(key) * hourMs;
}

/** Milliseconds as 15 digits, for lists by time. */
export function instantKey(timeMs: number): string {
	return String(Math.floor(timeMs)).padStart(15, '0');
}
