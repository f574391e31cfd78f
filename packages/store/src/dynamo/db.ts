import {
	BatchGetItemCommand,
	BatchWriteItemCommand,
	ConditionalCheckFailedException,
	DeleteItemCommand,
	type DynamoDBClient,
	GetItemCommand,
	PutItemCommand,
	QueryCommand,
	type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '@lamplight/core/ctx';

import { backoff, guarded, inParallel } from './faults.ts';
import { fromAttributes, toAttribute, toAttributes, type Attribute, type Item } from './item.ts';
import type { Key } from './keys.ts';

/** DynamoDB API reference, BatchGetItem and BatchWriteItem, read 2026-11: 100 and 25 items. */
const batchGetItems = 100;
const batchWriteItems = 25;
const batchesAtOnce = 4;
/** Rounds for what a batch left unprocessed; with the pauses between them about 20 seconds. */
const batchRounds = 10;

export interface Condition {
	/** Over `#name` and `:name` of the given attributes. */
	readonly expression: string;
	readonly names?: readonly string[];
	readonly values?: Readonly<Record<string, Attribute>>;
	/** Holds for an item that has expired, too: readers do not see it, though TTL has not deleted it yet. */
	readonly orExpired?: true;
}

/** Only when no item has this key, or none that readers see. */
export const ifAbsent: Condition = { expression: 'attribute_not_exists(pk)', orExpired: true };

/** Only when the item is absent or its number `name` is lower. */
export function ifLower(name: string, value: number): Condition {
	return {
		expression: `attribute_not_exists(pk) OR #${name} < :${name}`,
		names: [name],
		values: { [name]: value },
		orExpired: true,
	};
}

/** Only when the item's `name` is exactly this. */
export function ifEqual(name: string, value: Attribute): Condition {
	return { expression: `#${name} = :${name}`, names: [name], values: { [name]: value } };
}

export interface QuerySpan {
	/** Both ends inclusive. */
	readonly from?: string;
	readonly to?: string;
	readonly prefix?: string;
	readonly newestFirst?: boolean;
	/** Ends after so many items. */
	readonly limit?: number;
	readonly consistent?: boolean;
}

interface Gathering {
	readonly keys: Map<string, Key>;
	readonly found: Promise<ReadonlyMap<string, Item>>;
}

function nameOf({ pk, sk }: Key): string {
	return `${pk}\n${sk}`;
}

/** The one table, with plain values, expired items left out, and faults in the product's words. */
export class Db {
	readonly clock: Clock;
	readonly #client: DynamoDBClient;
	readonly #table: string;
	/** Keys of this turn of the event loop, not asked for yet. */
	#gathering: Gathering | null = null;

	constructor(options: { client: DynamoDBClient; tableName: string; clock: Clock }) {
		this.#client = options.client;
		this.#table = options.tableName;
		this.clock = options.clock;
	}

	async get(key: Key, options: { readonly consistent?: boolean } = {}): Promise<Item | null> {
		const { Item: found } = await guarded(this.#table, () =>
			this.#client.send(
				new GetItemCommand({
					TableName: this.#table,
					Key: { pk: { S: key.pk }, sk: { S: key.sk } },
					ConsistentRead: options.consistent ?? false,
				}),
			),
		);
		if (found === undefined) return null;
		const item = fromAttributes(found);
		return this.#alive(item) ? item : null;
	}

	/** The items that exist, in no order. What is asked for side by side shares its batches. */
	async getMany(keys: readonly Key[]): Promise<Item[]> {
		if (keys.length === 0) return [];
		const gathering = (this.#gathering ??= this.#gather());
		for (const key of keys) gathering.keys.set(nameOf(key), key);
		const found = await gathering.found;
		return keys.flatMap((key) => found.get(nameOf(key)) ?? []).filter((item) => this.#alive(item));
	}

	#gather(): Gathering {
		const keys = new Map<string, Key>();
		const found = new Promise((resolve) => setImmediate(resolve)).then(async () => {
			this.#gathering = null;
			const batches = chunks([...keys.values()], batchGetItems);
			const items = await inParallel(batches, batchesAtOnce, (batch) => this.#getBatch(batch));
			return new Map(items.flat().map((item) => [nameOf(item), item]));
		});
		return { keys, found };
	}

	/** False when the condition did not hold. */
	async put(item: Item, condition?: Condition): Promise<boolean> {
		return this.#conditional(() =>
			this.#client.send(
				new PutItemCommand({
					TableName: this.#table,
					Item: toAttributes(item),
					...conditionInput(condition, this.clock()),
				}),
			),
		);
	}

	async putMany(items: readonly Item[]): Promise<void> {
		await this.#writeMany(items.map((item) => ({ PutRequest: { Item: toAttributes(item) } })));
	}

	/** False when the condition did not hold. Without one, true whether or not there was an item. */
	async remove(key: Key, condition?: Condition): Promise<boolean> {
		return this.#conditional(() =>
			this.#client.send(
				new DeleteItemCommand({
					TableName: this.#table,
					Key: { pk: { S: key.pk }, sk: { S: key.sk } },
					...conditionInput(condition, this.clock()),
				}),
			),
		);
	}

	async removeMany(keys: readonly Key[]): Promise<void> {
		await this.#writeMany(
			keys.map((key) => ({ DeleteRequest: { Key: { pk: { S: key.pk }, sk: { S: key.sk } } } })),
		);
	}

	/** The items of a partition, in order, page by page as they are taken. */
	async *pages(pk: string, span: QuerySpan = {}): AsyncGenerator<Item[], void, undefined> {
		const input = this.#queryInput(pk, span);
		let left = span.limit ?? Infinity;
		let from: Record<string, { S: string }> | undefined;
		do {
			const page = await guarded(this.#table, () =>
				this.#client.send(
					new QueryCommand({
						...input,
						...(from === undefined ? {} : { ExclusiveStartKey: from }),
						...(left === Infinity ? {} : { Limit: left }),
					}),
				),
			);
			const items = (page.Items ?? []).map(fromAttributes).filter((item) => this.#alive(item));
			left -= items.length;
			if (items.length > 0) yield items;
			from = page.LastEvaluatedKey as Record<string, { S: string }> | undefined;
		} while (from !== undefined && left > 0);
	}

	async query(pk: string, span: QuerySpan = {}): Promise<Item[]> {
		const items: Item[] = [];
		for await (const page of this.pages(pk, span)) items.push(...page);
		return items;
	}

	#queryInput(pk: string, span: QuerySpan) {
		const { from, to, prefix, newestFirst = false, consistent = false } = span;
		const values: Record<string, { S: string }> = { ':pk': { S: pk } };
		let keys = 'pk = :pk';
		if (prefix !== undefined) {
			keys += ' AND begins_with(sk, :prefix)';
			values[':prefix'] = { S: prefix };
		} else if (from !== undefined && to !== undefined) {
			keys += ' AND sk BETWEEN :from AND :to';
			values[':from'] = { S: from };
			values[':to'] = { S: to };
		} else if (from !== undefined) {
			keys += ' AND sk >= :from';
			values[':from'] = { S: from };
		} else if (to !== undefined) {
			keys += ' AND sk <= :to';
			values[':to'] = { S: to };
		}
		return {
			TableName: this.#table,
			KeyConditionExpression: keys,
			ExpressionAttributeValues: values,
			ScanIndexForward: !newestFirst,
			ConsistentRead: consistent,
		};
	}

	/** TTL deletes late, within days: until then the reader does. */
	#alive(item: Item): boolean {
		return item.expiresAt === undefined || item.expiresAt * 1000 > this.clock();
	}

	async #conditional(send: () => Promise<unknown>): Promise<boolean> {
		try {
			await guarded(this.#table, send);
			return true;
		} catch (error) {
			if (error instanceof ConditionalCheckFailedException) return false;
			throw error;
		}
	}

	async #getBatch(keys: readonly Key[]): Promise<Item[]> {
		const items: Item[] = [];
		let left = keys.map((key) => ({ pk: { S: key.pk }, sk: { S: key.sk } }));
		for (let round = 0; left.length > 0; round++) {
			await backoff(round, batchRounds, 'batch read');
			const { Responses, UnprocessedKeys } = await guarded(this.#table, () =>
				this.#client.send(
					new BatchGetItemCommand({ RequestItems: { [this.#table]: { Keys: left } } }),
				),
			);
			items.push(...(Responses?.[this.#table] ?? []).map(fromAttributes));
			left = (UnprocessedKeys?.[this.#table]?.Keys ?? []) as typeof left;
		}
		return items;
	}

	async #writeMany(requests: readonly WriteRequest[]): Promise<void> {
		await inParallel(chunks(requests, batchWriteItems), batchesAtOnce, async (batch) => {
			let left: WriteRequest[] = [...batch];
			for (let round = 0; left.length > 0; round++) {
				await backoff(round, batchRounds, 'batch write');
				const { UnprocessedItems } = await guarded(this.#table, () =>
					this.#client.send(new BatchWriteItemCommand({ RequestItems: { [this.#table]: left } })),
				);
				left = UnprocessedItems?.[this.#table] ?? [];
			}
		});
	}
}

function conditionInput(given: Condition | undefined, nowMs: number) {
	if (given === undefined) return {};
	const condition = given.orExpired === true ? orExpired(given, nowMs) : given;
	const { expression, names = [], values = {} } = condition;
	return {
		ConditionExpression: expression,
		...(names.length === 0
			? {}
			: { ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])) }),
		...(Object.keys(values).length === 0
			? {}
			: {
					ExpressionAttributeValues: Object.fromEntries(
						Object.entries(values).map(([name, value]) => [`:${name}`, toAttribute(value)]),
					),
				}),
	};
}

function chunks<T>(all: readonly T[], size: number): T[][] {
	const parts: T[][] = [];
	for (let at = 0; at < all.length; at += size) parts.push(all.slice(at, at + size));
	return parts;
}

/** As `#alive` tells it: the two never disagree about whether there is an item. */
function orExpired({ expression, names = [], values = {} }: Condition, nowMs: number): Condition {
	return {
		expression: `${expression} OR #expiresAt <= :now`,
		names: [...names, 'expiresAt'],
		values: { ...values, now: nowMs / 1000 },
	};
}
