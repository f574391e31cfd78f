import type { Ctx } from '@lamplight/core/ctx';
import type { Store } from '@lamplight/store/store';

import { makeId } from '../session/people.ts';

export interface Change {
	/** Such as `member.invite`. */
	readonly action: string;
	readonly target: string;
	readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/** Notes a change in the audit log: who, what, when, in which request. */
export async function audited(
	deps: { readonly store: Store; readonly wallClock: () => number },
	ctx: Ctx,
	{ action, target, details = {} }: Change,
): Promise<void> {
	const { actor } = ctx;
	const who =
		actor.kind === 'member'
			? { kind: actor.kind, id: actor.userId, name: actor.email }
			: actor.kind === 'token'
				? { kind: actor.kind, id: actor.tokenId, name: actor.tokenId }
				: { kind: actor.kind, id: actor.job, name: actor.job };
	await deps.store.audit.append(ctx, {
		id: makeId('aud'),
		atMs: deps.wallClock(),
		actor: who,
		action,
		target: target.slice(0, 300),
		requestId: ctx.requestId,
		details,
	});
}
