import {
	type ConnectionId,
	connectionIdSchema,
	type Region,
	regionSchema,
} from '@lamplight/core/ids';

import type { FleetSpan } from '../codec/fleet.ts';
import { bytes, count, type Item } from '../dynamo/item.ts';
import { hourOfKey } from '../dynamo/keys.ts';
import { damaged } from '../codec/varint.ts';

/** A region's row-per-function blob of one hour or day, read as what it is wanted for. */
export interface SpanItem<S> {
	readonly connectionId: ConnectionId;
	readonly region: Region;
	readonly kind: 'hour' | 'day';
	readonly startMs: number;
	readonly span: S;
}
export type FleetItem = SpanItem<FleetSpan>;

/** The blobs of a query's items, parts put together. Parts follow their first in key order. */
export function decodeFleetItems<S>(
	items: readonly Item[],
	decode: (blob: Uint8Array) => S,
): SpanItem<S>[] {
	const found: SpanItem<S>[] = [];
	for (let at = 0; at < items.length;) {
		const first = items[at] as Item;
		const parts = Math.max(1, count(first, 'parts'));
		const blobs = items.slice(at, at + parts);
		if (blobs.length < parts) throw damaged(`${first.sk} has lost a part`);
		const blob = parts === 1 ? bytes(first, 'blob') : Buffer.concat(blobs.map(blobOf));
		found.push({ ...placeOf(first.sk), span: decode(blob) });
		at += parts;
	}
	return found;
}

function blobOf(item: Item): Uint8Array {
	return bytes(item, 'blob');
}

function placeOf(sk: string): Omit<SpanItem<never>, 'span'> {
	const [kind, at = '', connectionId, region] = sk.split('#');
	return {
		connectionId: connectionIdSchema.parse(connectionId),
		region: regionSchema.parse(region),
		kind: kind === 'h' ? 'hour' : 'day',
		startMs: kind === 'h' ? hourOfKey(at) : Date.parse(`${at}T00:00:00Z`),
	};
}
