import type { Connection } from '@lamplight/core/connection/connection';

/**
 * Since when every connected account's figures are whole (epoch ms): before, the past is still being
 * read, or was never within reach, and a comparison with it would call the unknown zero. 0 when
 * nothing is connected.
 */
export function knownFromMs(connections: readonly Connection[]): number {
	// An account that nobody gets into has no figures to be missed; its own page says so.
	const reading = connections.filter(({ state }) => state === 'healthy' || state === 'degraded');
	return Math.max(0, ...reading.map((one) => one.knownFromMs ?? one.createdMs));
}
