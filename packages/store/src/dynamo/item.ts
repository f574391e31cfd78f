import type { AttributeValue } from '@aws-sdk/client-dynamodb';

import type { Key } from './keys.ts';

export type Attribute = string | number | boolean | Uint8Array | null;

/** One item. `expiresAt` is in epoch seconds, as TTL wants it. */
export interface Item extends Key {
	readonly expiresAt?: number;
	readonly [name: string]: Attribute | undefined;
}

export function toAttributes(item: Item): Record<string, AttributeValue> {
	const attributes: Record<string, AttributeValue> = {};
	for (const [name, value] of Object.entries(item)) {
		if (value !== undefined) attributes[name] = toAttribute(value);
	}
	return attributes;
}

export function toAttribute(value: Attribute): AttributeValue {
	if (value === null) return { NULL: true };
	if (typeof value === 'string') return { S: value };
	if (typeof value === 'number') return { N: String(value) };
	if (typeof value === 'boolean') return { BOOL: value };
	return { B: value };
}

export function fromAttributes(attributes: Record<string, AttributeValue>): Item {
	const item: Record<string, Attribute> = {};
	for (const [name, value] of Object.entries(attributes)) item[name] = fromAttribute(value);
	return item as unknown as Item;
}

function fromAttribute(value: AttributeValue): Attribute {
	if (value.S !== undefined) return value.S;
	if (value.N !== undefined) return Number(value.N);
	if (value.B !== undefined) return value.B;
	if (value.BOOL !== undefined) return value.BOOL;
	return null;
}

/** A text attribute; empty when absent. */
export function text(item: Item, name: string): string {
	const value = item[name];
	return typeof value === 'string' ? value : '';
}

/** A number attribute; 0 when absent. */
export function count(item: Item, name: string): number {
	const value = item[name];
	return typeof value === 'number' ? value : 0;
}

/** A binary attribute; empty when absent. */
export function bytes(item: Item, name: string): Uint8Array {
	const value = item[name];
	return value instanceof Uint8Array ? value : new Uint8Array();
}
