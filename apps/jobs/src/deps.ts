import type { Aws } from '@lamplight/aws/aws';
import type { Clock } from '@lamplight/core/ctx';
import type { ExportFiles } from '@lamplight/store/exports/files';
import type { Store } from '@lamplight/store/store';

import type { Message } from './message.ts';
import type { Memory } from './memory.ts';

/** What every job gets. Only the composition roots know where these come from. */
export interface JobDeps {
	readonly store: Store;
	readonly aws: Aws;
	/** The data's time. */
	readonly clock: Clock;
	readonly wallClock: Clock;
	readonly randomBytes: (count: number) => Uint8Array;
	readonly queue: Outbox;
	/** The bucket of exports. */
	readonly files: Pick<ExportFiles, 'write'>;
	readonly memory: Memory;
	readonly log: Log;
}

/** Where jobs send further work. */
export interface Outbox {
	send(messages: readonly Message[]): Promise<void>;
}

/** One structured line: what happened, and facts about it. Never log text of a customer, never keys. */
export type Log = (
	event: string,
	facts?: Readonly<Record<string, string | number | boolean | null>>,
) => void;
