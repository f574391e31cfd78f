import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import type { CheckpointKey } from '@lamplight/store/collection/collection';
import * as z from 'zod';

import type { JobDeps } from './deps.ts';

const anything = z.unknown();

/** Writes a document over whatever is there; when another writer is quicker, theirs is as new. */
export async function putCheckpoint(
	deps: Pick<JobDeps, 'store'>,
	ctx: Ctx,
	key: CheckpointKey,
	value: unknown,
): Promise<void> {
	const held = await deps.store.checkpoints.get(ctx, key, anything);
	try {
		await deps.store.checkpoints.put(ctx, key, { value, version: held?.version ?? null });
	} catch (error) {
		if (!(error instanceof LamplightError) || error.code !== 'conflict') throw error;
	}
}

/** A document's value, or what to begin with where there is none. */
export async function readCheckpoint<T>(
	deps: Pick<JobDeps, 'store'>,
	ctx: Ctx,
	key: CheckpointKey,
	options: { readonly schema: z.ZodType<T>; readonly empty: T },
): Promise<T> {
	const held = await deps.store.checkpoints.get(ctx, key, options.schema);
	return held === null ? options.empty : held.value;
}
