import { randomUUID } from 'node:crypto';

import type { Ctx } from '@lamplight/core/ctx';
import type { AccountId, FunctionId } from '@lamplight/core/ids';
import * as z from 'zod';

import { type Db, ifAbsent, ifEqual } from '../dynamo/db.ts';
import { type Item, text } from '../dynamo/item.ts';
import { type Key, tenantPartition } from '../dynamo/keys.ts';

/** Functions that are named as changed, newest changes first kept: the item stays within a kilobyte or two. */
const maxNamed = 16;
const attempts = 12;

/** The functions whose change each token stands for, oldest first. */
const changesSchema = z.array(z.tuple([z.string(), z.array(z.string())]));
type Changes = z.infer<typeof changesSchema>;

export function inventoryPartition(ctx: Ctx): string {
	return tenantPartition(ctx, 'inventory');
}

export function inventoryKey(ctx: Ctx, accountId: AccountId): Key {
	return { pk: inventoryPartition(ctx), sk: accountId };
}

/** The token of the last change of each account's inventory: equal tokens, equal inventory. */
export async function readInventoryTokens(db: Db, ctx: Ctx): Promise<Map<AccountId, string>> {
	const items = await db.query(inventoryPartition(ctx), { consistent: true });
	return new Map(items.map((item) => [item.sk, text(item, 'token')]));
}

/** Gives an account's inventory a new token, after the functions were written that it stands for. */
export async function noteChange(
	db: Db,
	ctx: Ctx,
	{ accountId, ids }: { readonly accountId: AccountId; readonly ids: readonly FunctionId[] },
): Promise<void> {
	const key = inventoryKey(ctx, accountId);
	for (let attempt = 0; attempt < attempts; attempt += 1) {
		const before = await db.get(key, { consistent: true });
		const token = newToken();
		const changes = shortened([...(before === null ? [] : changesOf(before)), [token, [...ids]]]);
		const isKept = await db.put(
			{ ...key, token, changes: JSON.stringify(changes) },
			before === null ? ifAbsent : ifEqual('token', text(before, 'token')),
		);
		if (isKept) return;
	}
	// Many write at once: whoever holds a list reads it anew.
	await db.put({ ...key, token: newToken() });
}

/** Ids of the functions that changed since a token; `null` when that is not known any more. */
export function changedSince(item: Item, token: string): readonly string[] | null {
	const changes = changesOf(item);
	const at = changes.findIndex(([one]) => one === token);
	return at === -1 ? null : [...new Set(changes.slice(at + 1).flatMap(([, ids]) => ids))];
}

function changesOf(item: Item): Changes {
	const json = text(item, 'changes');
	return json === '' ? [] : changesSchema.parse(JSON.parse(json));
}

/** The newest changes that name few functions; of the oldest kept, the token alone is needed. */
function shortened(changes: Changes): Changes {
	let from = changes.length - 1;
	let named = changes[from]?.[1].length ?? 0;
	while (from > 0 && named <= maxNamed) {
		from -= 1;
		named += changes[from]?.[1].length ?? 0;
	}
	return changes.slice(from).map(([token, ids], at) => [token, at === 0 ? [] : ids]);
}

function newToken(): string {
	return randomUUID().slice(0, 13);
}
