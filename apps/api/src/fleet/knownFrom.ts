import type { Connection } from '@lamplight/core/connection/connection';
import { letsUsIn } from '@lamplight/core/connection/health';
import type { ConnectionId } from '@lamplight/core/ids';

import type { LeftOut } from '../contract/shared.ts';
import { instant } from './range.ts';

/** Accounts of a comparison that are named as left out; with more, the first ones are. */
const maxLeftOut = 200;

/** Accounts with figures to be missed: one that nobody gets into has none, and its own page says so. */
export function readAccounts(connections: readonly Connection[]): readonly Connection[] {
	return connections.filter(letsUsIn);
}

/**
 * Since when an account's figures are whole (epoch ms): before, its past is still being read, or was
 * never within reach, and a comparison with it would call the unknown zero.
 */
export function accountKnownFromMs({ knownFromMs, createdMs }: Connection): number {
	return knownFromMs ?? createdMs;
}

/** The same of one connection among all; one that is no longer there is taken at its word: 0. */
export function connectionKnownFromMs(
	connections: readonly Connection[],
	id: ConnectionId,
): number {
	const own = connections.find((one) => one.id === id);
	return own === undefined ? 0 : accountKnownFromMs(own);
}

/** Since when the figures of all accounts are whole (epoch ms); 0 when nothing is connected. */
export function knownFromMs(connections: readonly Connection[]): number {
	return Math.max(0, ...readAccounts(connections).map(accountKnownFromMs));
}

/** The first moment that is known of any account (epoch ms); 0 when nothing is connected. */
export function firstKnownMs(connections: readonly Connection[]): number {
	return connections.length === 0 ? 0 : Math.min(...connections.map(accountKnownFromMs));
}

/** Which accounts a span is compared over: those that both it and the span before know. */
export interface ComparedAccounts {
	/** Connections that are not known for so long. */
	readonly without: ReadonlySet<ConnectionId>;
	readonly leftOut: readonly LeftOut[];
	/** False when no account is known for so long. */
	readonly isAny: boolean;
}

/** The accounts whose figures are whole since a moment, and which are not. */
export function comparedSince(
	connections: readonly Connection[],
	fromMs: number,
): ComparedAccounts {
	const read = readAccounts(connections);
	const late = read.filter((one) => accountKnownFromMs(one) > fromMs);
	return {
		without: new Set(late.map(({ id }) => id)),
		leftOut: late.slice(0, maxLeftOut).map((one) => ({
			connectionId: one.id,
			accountId: one.accountId,
			accountName: one.accountName,
			knownFrom: instant(accountKnownFromMs(one)),
		})),
		isAny: late.length === 0 || late.length < read.length,
	};
}
