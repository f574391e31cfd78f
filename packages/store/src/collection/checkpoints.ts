import type { Ctx } from '@lamplight/core/ctx';
import { invalidField, LamplightError } from '@lamplight/core/errors';

import { openJson, sealJson } from '../codec/blob.ts';
import { parseDocument } from '../documents.ts';
import { type Db, ifAbsent, ifEqual } from '../dynamo/db.ts';
import { bytes, count, type Item } from '../dynamo/item.ts';
import { tenantPartition } from '../dynamo/keys.ts';
import type { CheckpointKey, Checkpoints } from './collection.ts';

const maxNameLength = 400;
/** A write pays for each kilobyte that it begins: a longer document is kept compressed. */
const plainLength = 700;

export function createCheckpoints(db: Db): Checkpoints {
	const partition = (ctx: Ctx, key: CheckpointKey) =>
		tenantPartition(ctx, 'checkpoint', key.connectionId);
	const keyOf = (ctx: Ctx, key: CheckpointKey) => {
		if (key.name === '' || key.name.length > maxNameLength) {
			throw invalidField('name', `expected 1 to ${maxNameLength} characters`, key.name);
		}
		return { pk: partition(ctx, key), sk: key.name };
	};
	return {
		async get(ctx, key, schema) {
			const item = await db.get(keyOf(ctx, key), { consistent: true });
			if (item === null) return null;
			const value = parseDocument('checkpoint', schema, plain(item));
			return { value, version: count(item, 'version') };
		},
		async list(ctx, key, schema) {
			const span = key.name === '' ? {} : { prefix: key.name };
			const items = await db.query(partition(ctx, key), { ...span, consistent: true });
			return items.map((item) => ({
				name: item.sk,
				value: parseDocument('checkpoint', schema, plain(item)),
				version: count(item, 'version'),
			}));
		},
		async put(ctx, key, { value, version }) {
			const next = (version ?? 0) + 1;
			const json = JSON.stringify(value);
			const content = json.length <= plainLength ? { json } : { blob: sealJson(value) };
			const kept = await db.put(
				{ ...keyOf(ctx, key), ...content, version: next },
				version === null ? ifAbsent : ifEqual('version', version),
			);
			if (kept) return next;
			throw new LamplightError('conflict', `The checkpoint ${key.name} was moved by another`);
		},
		async remove(ctx, key) {
			await db.remove(keyOf(ctx, key));
		},
	};
}

/** An item with its document as text, however it is kept. */
function plain(item: Item): Item {
	if (item['blob'] === undefined) return item;
	return { ...item, json: JSON.stringify(openJson(bytes(item, 'blob'))) };
}
