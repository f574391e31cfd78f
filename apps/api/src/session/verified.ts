import { createHash } from 'node:crypto';

import type { Clock } from '@lamplight/core/ctx';

/** What a verified access token says: whose it is, and until when. */
export interface VerifiedAccess {
	readonly subject: string;
	readonly expiresMs: number;
}

/**
 * A verified token is believed this long without a look at its signature: a page asks many times
 * with one token, and a key that the provider withdraws ends within the minute.
 */
const believedMs = 60_000;
/** The oldest leave first, which only costs another look. */
const maxBelieved = 5_000;

/**
 * Remembers, by hash, the tokens whose signatures were checked. Refusals are not remembered, so that
 * a token which begins to be valid is taken, and nobody fills the memory with rubbish.
 */
export function createVerified(clock: Clock) {
	const believed = new Map<string, VerifiedAccess & { readonly untilMs: number }>();
	return {
		async read(token: string, verify: () => Promise<VerifiedAccess>): Promise<VerifiedAccess> {
			const key = createHash('sha256').update(token).digest('base64');
			const known = believed.get(key);
			if (known !== undefined && known.untilMs > clock()) return known;
			believed.delete(key);
			const found = await verify();
			for (const oldest of believed.keys()) {
				if (believed.size < maxBelieved) break;
				believed.delete(oldest);
			}
			const untilMs = Math.min(clock() + believedMs, found.expiresMs);
			believed.set(key, { ...found, untilMs });
			return found;
		},
	};
}
