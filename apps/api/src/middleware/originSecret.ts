import { createHash, timingSafeEqual } from 'node:crypto';

import { LamplightError } from '@lamplight/core/errors';

/** Refuses what did not come through our own CloudFront. `null`: there is none, on a laptop. */
export function checkOrigin(secret: string | null, given: string | undefined): void {
	if (secret === null) return;
	const digest = (text: string) => createHash('sha256').update(text).digest();
	if (given !== undefined && timingSafeEqual(digest(secret), digest(given))) return;
	throw new LamplightError('forbidden', 'Ask through Lamplight’s own address.');
}
