import type { Ctx } from '@lamplight/core/ctx';
import { type LambdaFunction, lambdaFunctionSchema } from '@lamplight/core/function/function';
import { type FunctionId, functionParts } from '@lamplight/core/ids';
import { LamplightError } from '@lamplight/core/errors';

import { openJson, sealJson } from '../codec/blob.ts';
import type { Db } from '../dynamo/db.ts';
import { bytes, type Item } from '../dynamo/item.ts';
import { tenantPartition } from '../dynamo/keys.ts';
import type { Functions } from './fleet.ts';
import { FunctionLists } from './functionLists.ts';
import { noteChange } from './inventoryToken.ts';

/** One compressed item a function, one partition an account: an inventory run reads it whole. */
export function createFunctions(db: Db): Functions {
	const keyOf = (ctx: Ctx, id: FunctionId) => ({
		pk: functionsPartition(ctx, functionParts(id).accountId),
		sk: id,
	});
	const lists = new FunctionLists(db, parse);
	return {
		async get(ctx, id) {
			// Not alone: what a page reads of a function beside it shares the batch.
			const [item] = await db.getMany([keyOf(ctx, id)]);
			return item === undefined ? null : parse(item);
		},
		async getMany(ctx, ids) {
			const unique = [...new Set(ids)];
			const items = await db.getMany(unique.map((id) => keyOf(ctx, id)));
			const found = new Map<string, LambdaFunction>(items.map((item) => [item.sk, parse(item)]));
			return ids.map((id) => found.get(id) ?? null);
		},
		listAccount: (ctx, accountId) =>
			lists.list(ctx, {
				...{ accountId, pk: functionsPartition(ctx, accountId), prefix: `${accountId}.` },
			}),
		listRegion: (ctx, accountId, region) =>
			lists.list(ctx, {
				// A function's id is its account, its region and its name.
				...{ accountId, pk: functionsPartition(ctx, accountId), prefix: `${accountId}.${region}.` },
			}),
		async putMany(ctx, functions) {
			const items = new Map<string, Item>();
			for (const one of functions) {
				items.set(one.id, { ...keyOf(ctx, one.id), blob: sealJson(one) });
			}
			await db.putMany([...items.values()]);
			// After the items: whoever sees the token sees what it stands for.
			const accounts = Map.groupBy(functions, ({ id }) => functionParts(id).accountId);
			for (const [accountId, own] of accounts) {
				await noteChange(db, ctx, { accountId, ids: own.map(({ id }) => id) });
			}
		},
	};
}

export function functionsPartition(ctx: Ctx, accountId: string): string {
	return tenantPartition(ctx, 'function', accountId);
}

function parse(item: Item): LambdaFunction {
	const parsed = lambdaFunctionSchema.safeParse(openJson(bytes(item, 'blob')));
	if (parsed.success) return parsed.data;
	const where = parsed.error.issues[0]?.path.join('.') ?? '';
	throw new LamplightError(
		'data_damaged',
		`The stored function ${item.sk} does not fit: ${where}`,
		{
			cause: parsed.error,
		},
	);
}
