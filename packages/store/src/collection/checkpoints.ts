import type { Ctx } from '@lamplight/core/ctx';
import { invalidField, LamplightError } from '@lamplight/core/errors';

import { documentContent, parseDocument } from '../documents.ts';
import { type Db, ifAbsent, ifEqual } from '../dynamo/db.ts';
import { count } from '../dynamo/item.ts';
import { tenantPartition } from '../dynamo/keys.ts';
import type { CheckpointKey, Checkpoints } from './collection.ts';

const maxNameLength = 400;

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
			const value = parseDocument('checkpoint', schema, item);
			return { value, version: count(item, 'version') };
		},
		async peek(ctx, key, schema) {
			const item = await db.get(keyOf(ctx, key));
			return item === null ? null : parseDocument('checkpoint', schema, item);
		},
		async list(ctx, key, schema) {
			const span = key.name === '' ? {} : { prefix: key.name };
			const items = await db.query(partition(ctx, key), { ...span, consistent: true });
			return items.map((item) => ({
				name: item.sk,
				value: parseDocument('checkpoint', schema, item),
				version: count(item, 'version'),
			}));
		},
		async put(ctx, key, { value, version }) {
			const next = (version ?? 0) + 1;
			const kept = await db.put(
				{ ...keyOf(ctx, key), ...documentContent(value), version: next },
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
