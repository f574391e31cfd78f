import { invalidField } from '@lamplight/core/errors';

import type { Db } from '../dynamo/db.ts';
import type { Item } from '../dynamo/item.ts';
import type { Page, PageOptions } from './identity.ts';

const maxPageItems = 200;

interface PageQuery<T> extends PageOptions {
	readonly pk: string;
	/** Both ends inclusive. */
	readonly from?: string;
	readonly to?: string;
	readonly parse: (item: Item) => T;
}

/** A page of a partition, newest first. The cursor is the last sort key of the page before. */
export async function readPage<T>(db: Db, query: PageQuery<T>): Promise<Page<T>> {
	const { pk, from, to, cursor, limit = maxPageItems, parse } = query;
	const wanted = Math.min(limit, maxPageItems);
	const before = cursor === undefined ? to : fromCursor(cursor);
	// One beyond the page says whether there is another; one more because the cursor is inclusive.
	const items = await db.query(pk, {
		newestFirst: true,
		limit: wanted + 2,
		...(from === undefined ? {} : { from }),
		...(before === undefined ? {} : { to: before }),
	});
	const rest = cursor === undefined ? items : items.filter((item) => item.sk !== before);
	const page = rest.slice(0, wanted);
	const last = page.at(-1);
	return {
		items: page.map(parse),
		cursor: rest.length > wanted && last !== undefined ? toCursor(last.sk) : null,
	};
}

function toCursor(sk: string): string {
	return Buffer.from(sk).toString('base64url');
}

function fromCursor(cursor: string): string {
	const sk = Buffer.from(cursor, 'base64url').toString();
	if (sk === '' || toCursor(sk) !== cursor) throw invalidField('cursor', 'not one of ours', cursor);
	return sk;
}
