import type { DynaliteStore } from 'dynalite/db/index.js';

import { runOperation } from './operations.ts';
import { isRefusal } from './refusal.ts';
import { timeToLiveOf } from './timeToLive.ts';

type Item = Record<string, Record<string, unknown>>;

interface Page {
	readonly Items?: readonly Item[];
	readonly LastEvaluatedKey?: Item;
}

export interface SweepOptions {
	readonly nowMs: number;
	/** Items looked at between two pauses. */
	readonly pageItems?: number;
	/** Ends the sweep between two pages. */
	readonly signal?: AbortSignal;
	/** Lets requests through between two pages. */
	readonly pause?: () => Promise<void>;
}

/**
 * Deletes what has expired, as DynamoDB does within days, and returns how many items went.
 * An item whose expiry was put off after it was read stays.
 */
export async function sweepExpired(store: DynaliteStore, options: SweepOptions): Promise<number> {
	const { TableNames = [] } = (await runOperation(store, 'ListTables', {})) as {
		TableNames?: string[];
	};
	let deleted = 0;
	for (const table of TableNames) {
		const setting = await timeToLiveOf(store, table);
		if (setting?.enabled !== true) continue;
		deleted += await sweepTable(store, { ...options, table, attribute: setting.attributeName });
	}
	return deleted;
}

async function sweepTable(
	store: DynaliteStore,
	options: SweepOptions & { readonly table: string; readonly attribute: string },
): Promise<number> {
	const { table, attribute, nowMs, pageItems = 50, signal, pause } = options;
	const { Table } = (await runOperation(store, 'DescribeTable', { TableName: table })) as {
		Table: { KeySchema: { AttributeName: string }[] };
	};
	const keyNames = Table.KeySchema.map((key) => key.AttributeName);
	const nowSeconds = String(Math.floor(nowMs / 1000));
	let deleted = 0;
	let from: Item | undefined;
	do {
		if (signal?.aborted === true) return deleted;
		const page = (await runOperation(store, 'Scan', {
			TableName: table,
			Limit: pageItems,
			FilterExpression: '#ttl < :now',
			ProjectionExpression: [...keyNames.map((_, i) => `#k${i}`), '#ttl'].join(', '),
			ExpressionAttributeNames: {
				'#ttl': attribute,
				...Object.fromEntries(keyNames.map((name, i) => [`#k${i}`, name])),
			},
			ExpressionAttributeValues: { ':now': { N: nowSeconds } },
			...(from === undefined ? {} : { ExclusiveStartKey: from }),
		})) as Page;
		for (const item of page.Items ?? []) {
			if (await deleteExpired(store, { table, attribute, keyNames, item })) deleted++;
		}
		from = page.LastEvaluatedKey;
		await pause?.();
	} while (from !== undefined);
	return deleted;
}

async function deleteExpired(
	store: DynaliteStore,
	found: { table: string; attribute: string; keyNames: string[]; item: Item },
): Promise<boolean> {
	const { table, attribute, keyNames, item } = found;
	try {
		await runOperation(store, 'DeleteItem', {
			TableName: table,
			Key: Object.fromEntries(keyNames.map((name) => [name, item[name]])),
			ConditionExpression: '#ttl = :seen',
			ExpressionAttributeNames: { '#ttl': attribute },
			ExpressionAttributeValues: { ':seen': item[attribute] },
		});
		return true;
	} catch (error) {
		if (isRefusal(error) && error.body.__type.endsWith('ConditionalCheckFailedException')) {
			return false;
		}
		throw error;
	}
}
