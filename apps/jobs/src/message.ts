import { exportMessageSchema } from '@lamplight/core/export/export';
import { shardSchema } from '@lamplight/core/collection/shards';
import * as z from 'zod';

import {
	billingSourceIdSchema,
	connectionIdSchema,
	regionSchema,
	workspaceIdSchema,
} from '@lamplight/core/ids';

const planned = {
	workspaceId: workspaceIdSchema,
	/** The minute that it was planned for: the same message again does the same work. */
	plannedMs: z.number().int().nonnegative(),
};
const ofConnection = { ...planned, connectionId: connectionIdSchema };

/** What the queue carries. Each kind is one job folder. */
export const messageSchema = z.discriminatedUnion('kind', [
	/** One try of a connection whose role is not known to work. */
	z.object({ kind: z.literal('verify'), ...ofConnection }),
	/** Region totals of all active regions of a connection. */
	z.object({
		kind: z.literal('totals'),
		...ofConnection,
		counts: z.boolean(),
		/** Whether concurrency is asked for beside the counts; where left out, it is. */
		concurrency: z.boolean().optional(),
	}),
	/** Functions of one region, until they add up to its total. */
	z.object({
		kind: z.literal('functions'),
		...ofConnection,
		region: regionSchema,
		/** Which part of the region; when left out, the job itself finds out how many parts there are. */
		shard: shardSchema.optional(),
		/** More of the connection that is due in the same minute: read side by side, so that waits overlap. */
		beside: z
			.array(z.object({ region: regionSchema, shard: shardSchema }))
			.max(63)
			.optional(),
		/** How many functions ran lately in all of these; left out where nobody knows. */
		ran: z.number().int().nonnegative().optional(),
	}),
	/** What exists: of all regions; `details` also asks for each changed function's own. */
	z.object({ kind: z.literal('inventory'), ...ofConnection, details: z.boolean() }),
	/** Deploys of one region from before it was watched; once, when it is first seen. */
	z.object({ kind: z.literal('deploys'), ...ofConnection, region: regionSchema }),
	/** The next stretches of the past, newest first; `forMs`: none is begun after so long. */
	z.object({
		kind: z.literal('backfill'),
		...ofConnection,
		forMs: z.number().int().positive().optional(),
	}),
	z.object({ kind: z.literal('compact'), ...ofConnection }),
	/** What there is to tell of a connection: its state, silence, gaps, budget, issues that came back. */
	z.object({ kind: z.literal('evaluate'), ...ofConnection }),
	z.object({ kind: z.literal('rollup'), ...planned, windows: z.array(z.string()).max(7) }),
	/** Removes a connection with all that was read of it. */
	z.object({ kind: z.literal('purge'), ...ofConnection }),
	z.object({ kind: z.literal('bill'), ...planned, billingSourceId: billingSourceIdSchema }),
	/** One file that somebody asked for. */
	exportMessageSchema,
]);
export type Message = z.infer<typeof messageSchema>;
export type MessageOf<Kind extends Message['kind']> = Extract<Message, { kind: Kind }>;

/** A reading of this many functions has room in the small worker's memory. */
const smallReadingFunctions = 700;

/** Whether a message is a reading that the small worker does: it mostly waits for its turn at AWS's rates. */
export function isSmallReading(message: Message): boolean {
	if (message.kind !== 'functions' || message.ran === undefined) return false;
	return message.ran <= smallReadingFunctions;
}
