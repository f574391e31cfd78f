import type { ConnectionId } from '@lamplight/core/ids';

import type { Log, Outbox } from '../deps.ts';
import type { Message, MessageOf } from '../message.ts';

/** Reads the past in the background, a few connections at a time, so that the present is never late. */
export interface PastReader {
	/** An outbox that keeps messages about the past here and passes the others on. */
	wrap(outbox: Outbox): Outbox;
	/** Begins once the newest hour is in. */
	begin(): void;
	stop(): Promise<void>;
}

/** Short turns: the newest days of all connections come before the oldest of one. */
const turnMs = 5_000;
/** While one waits for AWS or the database, another works: more only take turns on one processor. */
const readersAtOnce = 2;

/**
 * Connections take turns in the order in which they asked; one that asks again while it is read
 * comes last. What is lost with the process is planned again within a minute.
 */
export function createPastReader(options: {
	readonly work: (message: Message) => Promise<void>;
	/** Whether a connection that was read has more past: then it takes another turn at once. */
	readonly hasMore: (connectionId: ConnectionId) => boolean;
	readonly log: Log;
}): PastReader {
	const { work, hasMore, log } = options;
	const waiting = new Map<string, MessageOf<'backfill'>>();
	const running = new Map<string, Promise<void>>();
	let begun = false;
	let stopped = false;
	const read = async (message: MessageOf<'backfill'>): Promise<void> => {
		const { connectionId } = message;
		try {
			await work({ ...message, forMs: turnMs });
			// Named anew: what a turn calls is counted under its name.
			const next = { ...message, plannedMs: message.plannedMs + 1 };
			if (hasMore(connectionId) && !waiting.has(connectionId)) waiting.set(connectionId, next);
		} catch (error) {
			log('past failed', { error: error instanceof Error ? error.message.slice(0, 300) : '' });
		}
	};
	const wake = (): void => {
		for (const [connectionId, next] of waiting) {
			if (!begun || stopped || running.size >= readersAtOnce) return;
			if (running.has(connectionId)) continue;
			waiting.delete(connectionId);
			const reading = read(next).then(() => {
				running.delete(connectionId);
				wake();
			});
			running.set(connectionId, reading);
		}
	};
	return {
		wrap: (outbox) => ({
			async send(messages) {
				for (const message of messages) {
					if (message.kind === 'backfill') waiting.set(message.connectionId, message);
				}
				wake();
				await outbox.send(messages.filter(({ kind }) => kind !== 'backfill'));
			},
		}),
		begin() {
			begun = true;
			wake();
		},
		async stop() {
			stopped = true;
			await Promise.all(running.values());
		},
	};
}
