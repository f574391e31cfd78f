import { createHash } from 'node:crypto';

import type { Fragment } from '@lamplight/core/bucket/fragment';
import type { Ctx } from '@lamplight/core/ctx';

/** About 100 bytes each. */
const maxRemembered = 30_000;

/**
 * What this process wrote last under each fragment's key. The trailing hour is asked for again and
 * again at the same price and nearly always says the same: such a fragment need not be paid for.
 */
export class WrittenFragments {
	readonly #contents = new Map<string, { revision: number; hash: string }>();

	/** True when the newest that was written says the same, or is newer. */
	isKnown(ctx: Ctx, fragment: Fragment, content: Uint8Array): boolean {
		const known = this.#contents.get(nameOf(ctx, fragment));
		if (known === undefined) return false;
		return known.revision >= fragment.revision || known.hash === hashOf(content);
	}

	/** To be called once the fragment is surely in the table. */
	remember(ctx: Ctx, fragment: Fragment, content: Uint8Array): void {
		const name = nameOf(ctx, fragment);
		const known = this.#contents.get(name);
		if (known !== undefined && known.revision > fragment.revision) return;
		if (this.#contents.size >= maxRemembered) this.#contents.clear();
		this.#contents.set(name, { revision: fragment.revision, hash: hashOf(content) });
	}
}

function nameOf(ctx: Ctx, fragment: Fragment): string {
	const { connectionId, region, slotMs, source, batch } = fragment;
	return [ctx.workspaceId, connectionId, region, slotMs, source, batch].join(' ');
}

function hashOf(content: Uint8Array): string {
	return createHash('sha1').update(content).digest('base64');
}
