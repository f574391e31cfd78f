import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import * as z from 'zod';

import { type Db, ifAbsent, ifEqual } from '../dynamo/db.ts';
import { bytes, count, type Item, text } from '../dynamo/item.ts';
import { sortKey, tenantPartition } from '../dynamo/keys.ts';
import { partBytes } from '../dynamo/parts.ts';
import { randomUUID } from 'node:crypto';

/** What is known of a kept blob without reading it. */
export interface Head {
	readonly name: string;
	readonly version: number;
	/** Names this very build, which it shares with the blobs that were put together with it. */
	readonly build: string;
	readonly builtMs: number;
	readonly parts: number;
}

/**
 * Parts are written over those of the build three before, so that a reader with a head of a
 * moment ago still finds what it points to.
 */
const slots = 3;
const readAttempts = 4;
const maxParts = 60;
/** Of decoded blobs, over all workspaces of the process; the least lately used go first. */
const maxDecoded = 64;

/** Blobs kept ready under a name: heads tell what there is, and are all read with one query. */
export interface Blobs {
	heads(ctx: Ctx): Promise<Map<string, Head>>;
	/**
	 * The blobs of the given names, decoded, from memory where the version is the same: one query
	 * and at most one batch. A name without a blob is absent.
	 */
	load<T>(
		ctx: Ctx,
		names: readonly string[],
		decode: (name: string, blob: Uint8Array) => T,
	): Promise<Map<string, { head: Head; value: T }>>;
	/**
	 * Replaces a blob. When two builders meet, one of them wins whole. `builtMs`: when what it is made
	 * of was read, if not now.
	 */
	put(ctx: Ctx, name: string, blob: Uint8Array, builtMs?: number): Promise<void>;
	/** The same for blobs that belong together, by name, under one head: none is seen without the others. */
	putTogether(
		ctx: Ctx,
		group: string,
		blobs: ReadonlyMap<string, Uint8Array>,
		builtMs: number,
	): Promise<void>;
}

export function createBlobs(db: Db): Blobs {
	const decoded = new Memory(maxDecoded);
	const readHeads = async (ctx: Ctx) => {
		const items = await db.query(partition(ctx), { prefix: 'head#' });
		// One that names its blobs counts for more than those of before, which had one each.
		const ascending = items.toSorted((a, b) => text(a, 'of').length - text(b, 'of').length);
		return new Map(ascending.flatMap(headsOf).map((head) => [head.name, head]));
	};
	/** A page asks for several blobs at once: the heads that are on their way are those of all. */
	const underWay = new Map<string, Promise<Map<string, Head>>>();
	const heads = (ctx: Ctx) => {
		const known = underWay.get(ctx.workspaceId);
		if (known !== undefined) return known;
		const reading = readHeads(ctx).finally(() => underWay.delete(ctx.workspaceId));
		underWay.set(ctx.workspaceId, reading);
		return reading;
	};
	return {
		heads,
		async load<T>(
			ctx: Ctx,
			names: readonly string[],
			decode: (name: string, blob: Uint8Array) => T,
		) {
			const memoryKey = (head: Head) => `${ctx.workspaceId} ${head.name} ${head.build}`;
			for (let attempt = 0; attempt < readAttempts; attempt++) {
				const all = await heads(ctx);
				const wanted = names.flatMap((name) => all.get(name) ?? []);
				const found = new Map<string, { head: Head; value: T }>();
				for (const head of wanted) {
					const known = decoded.get(memoryKey(head));
					if (known !== undefined) found.set(head.name, { head, value: known.value as T });
				}
				const cold = wanted.filter((head) => !found.has(head.name));
				const blobs = await readBlobs(db, ctx, cold);
				// Replaced while it was read: the next heads point to what is there now.
				if (blobs.size < cold.length) continue;
				for (const head of cold) {
					// Whoever asked at the same time may have decoded it meanwhile.
					const known = decoded.get(memoryKey(head)) ?? {
						value: decode(head.name, blobs.get(head.name) ?? new Uint8Array()),
					};
					decoded.set(memoryKey(head), known);
					found.set(head.name, { head, value: known.value as T });
				}
				return found;
			}
			throw new LamplightError('unavailable', 'The page is being rebuilt; try again', {
				retryAfterSeconds: 1,
			});
		},
		put: (ctx, name, blob, builtMs = db.clock()) =>
			putBlobs(db, ctx, { group: name, blobs: new Map([[name, blob]]), builtMs }),
		putTogether: (ctx, group, blobs, builtMs) => putBlobs(db, ctx, { group, blobs, builtMs }),
	};
}

const partition = (ctx: Ctx) => tenantPartition(ctx, 'rollup');
const headKey = (ctx: Ctx, name: string) => ({ pk: partition(ctx), sk: sortKey('head', name) });

function partKeys(ctx: Ctx, { name, version, parts }: Pick<Head, 'name' | 'version' | 'parts'>) {
	return Array.from({ length: parts }, (_, part) => ({
		pk: partition(ctx),
		sk: sortKey('part', name, version % slots, part),
	}));
}

/** The blobs of the heads, without those that were replaced meanwhile. */
async function readBlobs(
	db: Db,
	ctx: Ctx,
	wanted: readonly Head[],
): Promise<Map<string, Uint8Array>> {
	const blobs = new Map<string, Uint8Array>();
	if (wanted.length === 0) return blobs;
	const items = await db.getMany(wanted.flatMap((head) => partKeys(ctx, head)));
	const found = new Map(items.map((item) => [item.sk, item]));
	for (const head of wanted) {
		const parts = partKeys(ctx, head).flatMap(({ sk }) => found.get(sk) ?? []);
		const whole =
			parts.length === head.parts && parts.every((part) => text(part, 'build') === head.build);
		if (whole) blobs.set(head.name, Buffer.concat(parts.map((part) => bytes(part, 'blob'))));
	}
	return blobs;
}

interface Together {
	readonly group: string;
	readonly blobs: ReadonlyMap<string, Uint8Array>;
	readonly builtMs: number;
}

async function putBlobs(db: Db, ctx: Ctx, { group, blobs, builtMs }: Together): Promise<void> {
	const before = await db.get(headKey(ctx, group), { consistent: true });
	const version = (before === null ? 0 : count(before, 'version')) + 1;
	const build = randomUUID();
	const of: Record<string, number> = {};
	const items: Item[] = [];
	for (const [name, blob] of blobs) {
		const parts = Math.max(1, Math.ceil(blob.length / partBytes));
		if (parts > maxParts) {
			throw new LamplightError('too_large', `The page ${name} is too large to keep ready`);
		}
		of[name] = parts;
		for (const [part, key] of partKeys(ctx, { name, version, parts }).entries()) {
			const own = blob.subarray(part * partBytes, (part + 1) * partBytes);
			items.push({ ...key, build, blob: own });
		}
	}
	await db.putMany(items);
	await db.put(
		{ ...headKey(ctx, group), version, build, of: JSON.stringify(of), builtMs },
		before === null ? ifAbsent : ifEqual('version', version - 1),
	);
}

/** Values by key, the least lately used forgotten first. */
class Memory {
	readonly #most: number;
	readonly #values = new Map<string, { readonly value: unknown }>();

	constructor(most: number) {
		this.#most = most;
	}

	get(key: string): { readonly value: unknown } | undefined {
		const entry = this.#values.get(key);
		if (entry !== undefined) this.set(key, entry);
		return entry;
	}

	set(key: string, entry: { readonly value: unknown }): void {
		this.#values.delete(key);
		this.#values.set(key, entry);
		for (const oldest of this.#values.keys()) {
			if (this.#values.size <= this.#most) break;
			this.#values.delete(oldest);
		}
	}
}

const ofSchema = z.record(z.string(), z.number().int().positive());

/** The heads of the blobs that were put together. */
function headsOf(item: Item): Head[] {
	const of = text(item, 'of');
	const shared = {
		version: count(item, 'version'),
		build: text(item, 'build'),
		builtMs: count(item, 'builtMs'),
	};
	// Written before blobs were put together: its only blob has its name.
	if (of === '') {
		return [{ name: item.sk.slice('head#'.length), ...shared, parts: count(item, 'parts') }];
	}
	const parsed = ofSchema.safeParse(JSON.parse(of));
	if (!parsed.success) {
		throw new LamplightError('data_damaged', `The head ${item.sk} does not name its blobs`, {
			cause: parsed.error,
		});
	}
	return Object.entries(parsed.data).map(([name, parts]) => ({ name, ...shared, parts }));
}
