import type { Completeness } from '@lamplight/core/bucket/bucket';
import type { Ctx } from '@lamplight/core/ctx';
import type { ConnectionId, Region } from '@lamplight/core/ids';
import type { TimeRange } from '@lamplight/core/time';
import type * as z from 'zod';

/** Names one remembered position or state: of a log group, a region, a backfill. */
export interface CheckpointKey {
	readonly connectionId: ConnectionId;
	/** Such as `cursor/eu-west-1/checkout-api` or `region/eu-west-1`. At most 400 characters. */
	readonly name: string;
}

export interface Versioned<T> {
	readonly value: T;
	/** Pass it back to replace exactly this one. */
	readonly version: number;
}

/** Small JSON documents that collection resumes from, replaced only by who read the newest. */
export interface Checkpoints {
	/** `null` when there is none. Throws `data_damaged` when it does not fit the schema. */
	get<T>(ctx: Ctx, key: CheckpointKey, schema: z.ZodType<T>): Promise<Versioned<T> | null>;
	/** The value as of a moment ago, at half the price: for who only looks, and will look again. */
	peek<T>(ctx: Ctx, key: CheckpointKey, schema: z.ZodType<T>): Promise<T | null>;
	/** All whose name begins with `prefix`, ascending by name. */
	list<T>(
		ctx: Ctx,
		key: CheckpointKey,
		schema: z.ZodType<T>,
	): Promise<(Versioned<T> & { readonly name: string })[]>;
	/**
	 * Replaces the given version (`null`: only if there is none) and returns the new one.
	 * Throws `conflict` when another writer was quicker: read again and decide again.
	 */
	put<T>(ctx: Ctx, key: CheckpointKey, next: { value: T; version: number | null }): Promise<number>;
	remove(ctx: Ctx, key: CheckpointKey): Promise<void>;
}

export interface Lease {
	readonly name: string;
	readonly holder: string;
	/** Grows with every new holder: a fence for whoever was replaced without noticing. */
	readonly fence: number;
	readonly untilMs: number;
}

/** One holder at a time of a named piece of work. Time is the store's clock. */
export interface Leases {
	/** `null` while another holder has it. The same holder gets it again, prolonged. */
	acquire(
		ctx: Ctx,
		name: string,
		options: { readonly holder: string; readonly forMs: number },
	): Promise<Lease | null>;
	/** The lease prolonged; `null` when it was lost meanwhile. */
	renew(ctx: Ctx, lease: Lease, forMs: number): Promise<Lease | null>;
	/** Frees it at once. Nothing happens when it was lost. */
	release(ctx: Ctx, lease: Lease): Promise<void>;
}

export interface CompletenessMark {
	readonly region: Region;
	/** Whole minutes, within 35 days. */
	readonly range: TimeRange;
	readonly state: Completeness;
}

export interface CompletenessSpan extends TimeRange {
	readonly state: Completeness;
}

/** Every minute of every region has a state; one never marked is `missing`. */
export interface CompletenessStore {
	/** Marks apply in order, later ones over earlier ones. The same again changes nothing. */
	mark(ctx: Ctx, connectionId: ConnectionId, marks: readonly CompletenessMark[]): Promise<void>;
	/** The regions that were ever marked in the range, each as spans that cover the whole range. */
	read(
		ctx: Ctx,
		connectionId: ConnectionId,
		range: TimeRange,
	): Promise<{ readonly region: Region; readonly spans: readonly CompletenessSpan[] }[]>;
}
