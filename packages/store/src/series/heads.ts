import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';

import { type Db, ifAbsent, ifEqual } from '../dynamo/db.ts';
import { bytes, count, type Item, text } from '../dynamo/item.ts';
import { sortKey, tenantPartition } from '../dynamo/keys.ts';
import { partBytes } from '../dynamo/parts.ts';
import { randomUUID } from 'node:crypto';

/** What is known of a kept blob without reading it. */
export interface Head {
	readonly name: string;
	readonly version: number;
	/** Names this very build; its parts carry it too. */
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
	/** Replaces a blob. When two builders meet, one of them wins whole. */
	put(ctx: Ctx, name: string, blob: Uint8Array): Promise<void>;
}

export function createBlobs(db: Db): Blobs {
	const decoded = new Map<string, unknown>();
	const pk = (ctx: Ctx) => tenantPartition(ctx, 'rollup');
	const partKeys = (ctx: Ctx, { name, version, parts }: Pick<Head, 'name' | 'version' | 'parts'>) =>
		Array.from({ length: parts }, (_, part) => ({
			pk: pk(ctx),
			sk: sortKey('part', name, version % slots, part),
		}));
	const headKey = (ctx: Ctx, name: string) => ({ pk: pk(ctx), sk: sortKey('head', name) });
	const heads = async (ctx: Ctx) => {
		const items = await db.query(pk(ctx), { prefix: 'head#' });
		return new Map(items.map((item) => [item.sk.slice('head#'.length), headOf(item)]));
	};
	const memoryKey = (ctx: Ctx, head: Head) => `${ctx.workspaceId} ${head.name} ${head.build}`;
	const remember = (key: string, value: unknown) => {
		decoded.delete(key);
		decoded.set(key, value);
		for (const oldest of decoded.keys()) {
			if (decoded.size <= maxDecoded) break;
			decoded.delete(oldest);
		}
	};

	const read = async (ctx: Ctx, wanted: readonly Head[]): Promise<Map<string, Uint8Array>> => {
		const items = await db.getMany(wanted.flatMap((head) => partKeys(ctx, head)));
		const found = new Map(items.map((item) => [item.sk, item]));
		const blobs = new Map<string, Uint8Array>();
		for (const head of wanted) {
			const parts = partKeys(ctx, head).map(({ sk }) => found.get(sk));
			const whole = parts.every((part) => part !== undefined && text(part, 'build') === head.build);
			if (!whole) continue;
			blobs.set(head.name, Buffer.concat(parts.map((part) => bytes(part as Item, 'blob'))));
		}
		return blobs;
	};

	return {
		heads,
		async load<T>(
			ctx: Ctx,
			names: readonly string[],
			decode: (name: string, blob: Uint8Array) => T,
		) {
			for (let attempt = 0; attempt < readAttempts; attempt++) {
				const all = await heads(ctx);
				const wanted = names.flatMap((name) => all.get(name) ?? []);
				const cold = wanted.filter((head) => !decoded.has(memoryKey(ctx, head)));
				const blobs = cold.length === 0 ? new Map<string, Uint8Array>() : await read(ctx, cold);
				// Replaced while it was read: the next heads point to what is there now.
				if (blobs.size < cold.length) continue;
				return new Map(
					wanted.map((head) => {
						const key = memoryKey(ctx, head);
						const blob = blobs.get(head.name);
						const value = (blob === undefined ? decoded.get(key) : decode(head.name, blob)) as T;
						remember(key, value);
						return [head.name, { head, value }] as const;
					}),
				);
			}
			throw new LamplightError('unavailable', 'The page is being rebuilt; try again', {
				retryAfterSeconds: 1,
			});
		},
		async put(ctx, name, blob) {
			const before = await db.get(headKey(ctx, name), { consistent: true });
			const version = (before === null ? 0 : count(before, 'version')) + 1;
			const parts = Math.max(1, Math.ceil(blob.length / partBytes));
			if (parts > maxParts) {
				throw new LamplightError('too_large', `The page ${name} is too large to keep ready`);
			}
			const build = randomUUID();
			const items = partKeys(ctx, { name, version, parts }).map((key, part) => ({
				...key,
				build,
				blob: blob.subarray(part * partBytes, (part + 1) * partBytes),
			}));
			await db.putMany(items);
			await db.put(
				{ ...headKey(ctx, name), version, build, parts, builtMs: db.clock() },
				before === null ? ifAbsent : ifEqual('version', version - 1),
			);
		},
	};
}

function headOf(item: Item): Head {
	return {
		name: item.sk.slice('head#'.length),
		version: count(item, 'version'),
		build: text(item, 'build'),
		builtMs: count(item, 'builtMs'),
		parts: count(item, 'parts'),
	};
}
