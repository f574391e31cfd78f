import { LamplightError } from '@lamplight/core/errors';

import type { Db } from './db.ts';
import { bytes, count, type Item } from './item.ts';

/**
 * An item holds 400 KB (developer guide, "Quotas: Item size", read 2026-11); binary counts as it
 * is. Room is left for keys and the other attributes.
 */
export const partBytes = 380 * 1024;

/** A blob cut into as many items as it takes: the first under the key given, the others beside it. */
export function blobParts(item: Item, blob: Uint8Array): Item[] {
	const parts = Math.max(1, Math.ceil(blob.length / partBytes));
	return Array.from({ length: parts }, (_, part) => ({
		...item,
		sk: partKey(item.sk, part),
		blob: blob.subarray(part * partBytes, (part + 1) * partBytes),
		...(part === 0 ? { parts } : {}),
	}));
}

/** The whole blob of a first part. Throws `data_damaged` when a part is not there. */
export async function wholeBlob(db: Db, first: Item): Promise<Uint8Array> {
	const parts = count(first, 'parts');
	if (parts <= 1) return bytes(first, 'blob');
	const keys = Array.from({ length: parts - 1 }, (_, at) => ({
		pk: first.pk,
		sk: partKey(first.sk, at + 1),
	}));
	const rest = new Map((await db.getMany(keys)).map((item) => [item.sk, bytes(item, 'blob')]));
	const all = [bytes(first, 'blob')];
	for (const { sk } of keys) {
		const part = rest.get(sk);
		if (part === undefined) {
			throw new LamplightError('data_damaged', `A part of the stored ${first.sk} is missing`);
		}
		all.push(part);
	}
	return Buffer.concat(all);
}

/** Sorts behind the first part and before any other key that does not begin with it. */
function partKey(sk: string, part: number): string {
	return part === 0 ? sk : `${sk}#part${part}`;
}
