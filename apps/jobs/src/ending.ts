import { type ConnectionId, connectionIdSchema } from '@lamplight/core/ids';
import { utcDay } from '@lamplight/core/time';

import { jobCtx } from './account.ts';
import type { JobDeps } from './deps.ts';
import type { Message } from './message.ts';

/** What the queue says of a message that it hands out. */
export interface Delivery {
	readonly messageId: string;
	/** How often it was handed out, with this time. */
	readonly received: number;
}

interface Attempt {
	readonly message: Message;
	readonly delivery: Delivery;
}

/**
 * Works on a message so that the next worker knows whether this one came to its end. One that is killed
 * cannot tell its last calls: a message that comes again, without a word of the time before, says that
 * calls may be uncounted. What comes for the first time and succeeds, as nearly all do, writes nothing.
 */
export async function tellingItsEnd(
	deps: JobDeps,
	attempt: Attempt,
	work: () => Promise<void>,
): Promise<void> {
	const { message, delivery } = attempt;
	const { received } = delivery;
	const connectionId = received > 1 ? await calledAccount(deps, attempt) : null;
	if (connectionId === null) {
		await work().catch(async (error: unknown) => {
			// Where even that fails, the next worker says that calls may be uncounted.
			await tellFailure(deps, attempt).catch(() => undefined);
			throw error;
		});
		return;
	}
	const { cutOffs } = deps.store;
	const ctx = ctxOf(message);
	const keyOf = (time: number) => keyOfTime(delivery, time);
	const noteOf = (time: number) => ({
		day: utcDay(message.plannedMs),
		key: keyOf(time),
		parts: partsOf(message),
	});
	if (received === 2 && !(await cutOffs.hasFailed(ctx, connectionId, keyOf(1)))) {
		await cutOffs.note(ctx, connectionId, noteOf(1));
	}
	// From the second time on the note comes first, and goes with the end: nobody comes after the last time.
	await cutOffs.note(ctx, connectionId, noteOf(received));
	try {
		await work();
	} finally {
		await cutOffs.takeBack(ctx, connectionId, noteOf(received));
	}
}

async function tellFailure(deps: JobDeps, attempt: Attempt): Promise<void> {
	const connectionId = await calledAccount(deps, attempt);
	if (connectionId === null) return;
	const key = keyOfTime(attempt.delivery, 1);
	await deps.store.cutOffs.noteFailure(ctxOf(attempt.message), connectionId, key);
}

function keyOfTime({ messageId }: Delivery, time: number): string {
	return `${messageId}-${time}`;
}

function ctxOf({ workspaceId, kind }: Message) {
	return jobCtx(workspaceId, kind, kind);
}

/** The connection in whose account the work makes calls; `null` where it makes none. */
async function calledAccount(deps: JobDeps, { message }: Attempt): Promise<ConnectionId | null> {
	switch (message.kind) {
		case 'verify':
		case 'totals':
		case 'functions':
		case 'inventory':
		case 'deploys':
		case 'backfill':
			return message.connectionId;
		case 'bill': {
			const source = await deps.store.billingSources.get(ctxOf(message), message.billingSourceId);
			return connectionIdSchema.nullable().parse(source?.connectionId ?? null);
		}
		case 'compact':
		case 'evaluate':
		case 'purge':
		case 'rollup':
		case 'export':
			return null;
	}
}

/** Regions that are read side by side are counted each by itself. */
function partsOf(message: Message): number {
	return message.kind === 'functions' ? 1 + (message.beside?.length ?? 0) : 1;
}
