import type { Log, Outbox } from '../deps.ts';
import type { Message, MessageOf } from '../message.ts';

/** Reads the past in the background, one connection at a time, so that the present is never late. */
export interface PastReader {
	/** An outbox that keeps messages about the past here and passes the others on. */
	wrap(outbox: Outbox): Outbox;
	/** Begins once the newest hour is in. */
	begin(): void;
	stop(): Promise<void>;
}

/** What is lost with the process is planned again within a minute. */
export function createPastReader(work: (message: Message) => Promise<void>, log: Log): PastReader {
	const waiting = new Map<string, MessageOf<'backfill'>>();
	let begun = false;
	let stopped = false;
	let running: Promise<void> | null = null;
	const turn = async (): Promise<void> => {
		for (;;) {
			const [next] = waiting.values();
			if (stopped || next === undefined) return;
			waiting.delete(next.connectionId);
			try {
				await work(next);
			} catch (error) {
				log('past failed', { error: error instanceof Error ? error.message.slice(0, 300) : '' });
			}
		}
	};
	const wake = () => {
		if (!begun || stopped || running !== null || waiting.size === 0) return;
		running = turn().finally(() => {
			running = null;
			wake();
		});
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
			await running;
		},
	};
}
