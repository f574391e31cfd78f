import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What a stretch of work asked of DynamoDB, in the units that AWS charges on demand. */
export interface Units {
	calls: number;
	readUnits: number;
	writeUnits: number;
	readCalls: number;
}

/** Units as they grow over a client's life. */
export interface CountedUnits extends Units {
	/** Write units by the kind of item that was written: the second part of its partition's name. */
	readonly writesByKind: Map<string, number>;
	/** Read units by the kind of item that was asked for. */
	readonly readsByKind: Map<string, number>;
}

type Attributes = Record<string, AttributeValue>;

interface Output {
	readonly Item?: Attributes;
	readonly Items?: Attributes[];
	readonly Responses?: Record<string, Attributes[]>;
}

interface Input {
	readonly Item?: Attributes;
	readonly Key?: Attributes;
	readonly ConsistentRead?: boolean;
	/** A query's, whose first value is its partition. */
	readonly ExpressionAttributeValues?: Attributes;
	readonly RequestItems?: Record<
		string,
		| { Keys?: Attributes[] }
		| { PutRequest?: { Item: Attributes }; DeleteRequest?: { Key: Attributes } }[]
	>;
}

/**
 * Counts the units of a client's calls from the sizes of their items, because the embedded server
 * reports none for indexes and a figure must mean AWS's rule. A write takes a unit per started
 * 1 KB of the item; a read half a unit per started 4 KB, eventually consistent, twice that when
 * consistent; a query sums its items before rounding. Developer guide, "DynamoDB on-demand
 * capacity mode: read and write request units", read 2026-11.
 */
export function countUnits(client: DynamoDBClient): CountedUnits {
	const units: CountedUnits = {
		calls: 0,
		readUnits: 0,
		writeUnits: 0,
		readCalls: 0,
		writesByKind: new Map(),
		readsByKind: new Map(),
	};
	client.middlewareStack.add(
		(next, context) => async (args) => {
			const command = (context as { commandName?: string }).commandName ?? '';
			const input = args.input as Input;
			units.calls++;
			// A write that its condition refuses is charged like one that is kept.
			for (const [kind, written] of writes(command, input)) {
				units.writeUnits += written;
				add(units.writesByKind, kind, written);
			}
			const result = await next(args);
			const read = readUnits(command, input, result.output as Output);
			units.readUnits += read;
			if (read > 0) {
				units.readCalls++;
				add(units.readsByKind, kindAsked(input), read);
			}
			return result;
		},
		{ step: 'initialize', name: 'countUnits' },
	);
	return units;
}

function add(sums: Map<string, number>, kind: string, units: number): void {
	sums.set(kind, (sums.get(kind) ?? 0) + units);
}

/** The units that a piece of work took. */
export async function unitsOf(units: Units, work: () => Promise<unknown>): Promise<Units> {
	const before = { ...units };
	await work();
	return {
		calls: units.calls - before.calls,
		readUnits: units.readUnits - before.readUnits,
		writeUnits: units.writeUnits - before.writeUnits,
		readCalls: units.readCalls - before.readCalls,
	};
}

/** Units of each item that a command writes, with its kind. A delete takes those of what it removes, one at least. */
function writes(command: string, input: Input): [string, number][] {
	if (command === 'PutItemCommand') return [unitsToWrite(input.Item)];
	if (command === 'DeleteItemCommand') return [[kindOf(input.Key), 1]];
	if (command !== 'BatchWriteItemCommand') return [];
	return Object.values(input.RequestItems ?? {})
		.flatMap((requests) => (Array.isArray(requests) ? requests : []))
		.map(({ PutRequest, DeleteRequest }) =>
			PutRequest === undefined ? [kindOf(DeleteRequest?.Key), 1] : unitsToWrite(PutRequest.Item),
		);
}

function unitsToWrite(item: Attributes = {}): [string, number] {
	return [kindOf(item), writeUnits(itemBytes(item))];
}

function kindOf(item: Attributes = {}): string {
	const [, kind = ''] = (item['pk']?.S ?? '').split('#');
	// A region's fragments hold figures, whose keys begin with s, and executions, with x.
	return kind === 'fragment' ? `${kind} ${item['sk']?.S?.charAt(0) ?? ''}` : kind;
}

/** The kind of what is read; of a batch's keys, that of the first. */
function kindAsked(input: Input): string {
	if (input.Key !== undefined) return kindOf(input.Key);
	const { ':pk': pk, ...rest } = input.ExpressionAttributeValues ?? {};
	if (pk !== undefined) return kindOf({ pk, sk: Object.values(rest)[0] ?? { S: '' } });
	const [asked] = Object.values(input.RequestItems ?? {});
	return kindOf(Array.isArray(asked) ? undefined : asked?.Keys?.[0]);
}

function readUnits(command: string, input: Input, output: Output): number {
	const factor = input.ConsistentRead === true ? 1 : 0.5;
	if (command === 'GetItemCommand') return factor * readBlocks(itemBytes(output.Item ?? {}));
	if (command === 'QueryCommand') {
		const bytes = (output.Items ?? []).reduce((sum, item) => sum + itemBytes(item), 0);
		return factor * readBlocks(bytes);
	}
	if (command !== 'BatchGetItemCommand') return 0;
	const asked = Object.values(input.RequestItems ?? {}).reduce(
		(sum, one) => sum + (Array.isArray(one) ? 0 : (one.Keys?.length ?? 0)),
		0,
	);
	const items = Object.values(output.Responses ?? {}).flat();
	// A key without an item still costs the least a read can.
	const missing = asked - items.length;
	return 0.5 * (missing + items.reduce((sum, item) => sum + readBlocks(itemBytes(item)), 0));
}

function writeUnits(bytes: number): number {
	return Math.max(1, Math.ceil(bytes / 1024));
}

function readBlocks(bytes: number): number {
	return Math.max(1, Math.ceil(bytes / 4096));
}

/** Names and values in UTF-8; numbers about a byte per two digits. Developer guide, "Item sizes and formats". */
export function itemBytes(item: Attributes): number {
	let bytes = 0;
	for (const [name, value] of Object.entries(item)) {
		bytes += Buffer.byteLength(name);
		if (value.S !== undefined) bytes += Buffer.byteLength(value.S);
		else if (value.B !== undefined) bytes += value.B.length;
		else if (value.N !== undefined) bytes += Math.ceil(value.N.length / 2) + 1;
		else bytes += 1;
	}
	return bytes;
}
