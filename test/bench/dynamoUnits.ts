import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What a stretch of work asked of DynamoDB, in the units that AWS charges on demand. */
export interface Units {
	calls: number;
	readUnits: number;
	writeUnits: number;
	readCalls: number;
}

type Attributes = Record<string, AttributeValue>;

interface Output {
	readonly Item?: Attributes;
	readonly Items?: Attributes[];
	readonly Responses?: Record<string, Attributes[]>;
}

interface Input {
	readonly Item?: Attributes;
	readonly ConsistentRead?: boolean;
	readonly RequestItems?: Record<
		string,
		{ Keys?: Attributes[] } | { PutRequest?: { Item: Attributes } }[]
	>;
}

/**
 * Counts the units of a client's calls from the sizes of their items, because the embedded server
 * reports none for indexes and a figure must mean AWS's rule. A write takes a unit per started
 * 1 KB of the item; a read half a unit per started 4 KB, eventually consistent, twice that when
 * consistent; a query sums its items before rounding. Developer guide, "DynamoDB on-demand
 * capacity mode: read and write request units", read 2026-11.
 */
export function countUnits(client: DynamoDBClient): Units {
	const units: Units = { calls: 0, readUnits: 0, writeUnits: 0, readCalls: 0 };
	client.middlewareStack.add(
		(next, context) => async (args) => {
			const result = await next(args);
			const command = (context as { commandName?: string }).commandName ?? '';
			const input = args.input as Input;
			units.calls++;
			units.writeUnits += written(command, input);
			const read = readUnits(command, input, result.output as Output);
			units.readUnits += read;
			if (read > 0) units.readCalls++;
			return result;
		},
		{ step: 'initialize', name: 'countUnits' },
	);
	return units;
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

function written(command: string, input: Input): number {
	if (command === 'PutItemCommand') return writeUnits(itemBytes(input.Item ?? {}));
	if (command === 'DeleteItemCommand') return 1;
	if (command !== 'BatchWriteItemCommand') return 0;
	return Object.values(input.RequestItems ?? {})
		.flatMap((requests) => (Array.isArray(requests) ? requests : []))
		.reduce((sum, { PutRequest }) => sum + writeUnits(itemBytes(PutRequest?.Item ?? {})), 0);
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
