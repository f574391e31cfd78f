import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import type * as z from 'zod';

import { openJson, sealJson } from './codec/blob.ts';
import { type Db, ifAbsent, ifEqual } from './dynamo/db.ts';
import { bytes, count, type Item, text } from './dynamo/item.ts';
import { tenantPartition } from './dynamo/keys.ts';

/** Records of one kind in a workspace, each under its id. Reads are of the workspace in `ctx` only. */
export interface Documents<T> {
	/** `null` when there is none. */
	get(ctx: Ctx, id: string): Promise<T | null>;
	/** All of them, ascending by id. Throws `too_large` beyond `maxDocuments`. */
	list(ctx: Ctx): Promise<T[]>;
	/** Throws `conflict` when the id is taken by another value; the same value again is no conflict. */
	create(ctx: Ctx, value: T): Promise<void>;
	/** Creates or replaces. */
	put(ctx: Ctx, value: T): Promise<void>;
	/**
	 * Changes what is there now, again if another writer was quicker. `change` may run several
	 * times and must not have effects. Throws `not_found`; `conflict` after many attempts.
	 */
	update(ctx: Ctx, id: string, change: (current: T) => T): Promise<T>;
	/** Nothing happens when there is none. */
	remove(ctx: Ctx, id: string): Promise<void>;
}

/** The most records of one kind that a list returns; more is an error, never a cut list. */
export const maxDocuments = 20_000;

const updateAttempts = 12;

export interface DocumentsOptions<T> {
	/** Names the partition after the workspace, such as `connection`. */
	readonly kind: string;
	readonly schema: z.ZodType<T>;
	readonly idOf: (value: T) => string;
	/** What the messages call one, such as `connection`; the kind when unset. */
	readonly called?: string;
	/** Whether long ones are kept compressed; as text when unset. */
	readonly compressed?: boolean;
	/** When a record goes by itself, in epoch milliseconds; `null`: never. */
	readonly expiresMs?: (value: T) => number | null;
}

/** Documents of one kind in the table, as JSON, with a version so that no writer is overwritten unseen. */
export function createDocuments<T>(db: Db, options: DocumentsOptions<T>): Documents<T> {
	const { kind, schema, idOf, called = kind, expiresMs = () => null, compressed = false } = options;
	const partition = (ctx: Ctx) => tenantPartition(ctx, kind);

	const parse = (item: Item): T => parseDocument(called, schema, item);
	const itemOf = (ctx: Ctx, value: T, version: number): Item => {
		const expires = expiresMs(value);
		return {
			pk: partition(ctx),
			sk: idOf(value),
			...(compressed ? documentContent(value) : { json: JSON.stringify(value) }),
			version,
			...(expires === null ? {} : { expiresAt: Math.ceil(expires / 1000) }),
		};
	};
	const read = (ctx: Ctx, id: string) =>
		db.get({ pk: partition(ctx), sk: id }, { consistent: true });

	return {
		async get(ctx, id) {
			const item = id === '' ? null : await read(ctx, id);
			return item === null ? null : parse(item);
		},
		async list(ctx) {
			const items = await db.query(partition(ctx), { consistent: true, limit: maxDocuments + 1 });
			if (items.length > maxDocuments) {
				throw new LamplightError('too_large', `More than ${maxDocuments} records of ${called}`);
			}
			return items.map(parse);
		},
		async create(ctx, value) {
			const item = itemOf(ctx, value, 1);
			if (await db.put(item, ifAbsent)) return;
			const taken = await read(ctx, idOf(value));
			if (taken !== null && documentText(taken) === documentText(item)) return;
			throw new LamplightError('conflict', `There is a ${called} ${idOf(value)} already`);
		},
		async put(ctx, value) {
			const current = await read(ctx, idOf(value));
			const version = current === null ? 0 : count(current, 'version');
			await db.put(itemOf(ctx, value, version + 1));
		},
		async update(ctx, id, change) {
			for (let attempt = 0; attempt < updateAttempts; attempt++) {
				const current = await read(ctx, id);
				if (current === null) throw new LamplightError('not_found', `There is no ${called} ${id}`);
				const version = count(current, 'version');
				const next = change(parse(current));
				if (idOf(next) !== id) {
					throw new LamplightError('invalid_input', `A ${called} keeps its id ${id}`);
				}
				const condition = ifEqual('version', version);
				if (await db.put(itemOf(ctx, next, version + 1), condition)) return next;
			}
			throw new LamplightError('conflict', `The ${called} ${id} is being changed by others`);
		},
		async remove(ctx, id) {
			if (id !== '') await db.remove({ pk: partition(ctx), sk: id });
		},
	};
}

/** A write pays for each kilobyte that it begins: a longer document is kept compressed. */
const plainLength = 700;

/** The attributes that keep a JSON value: as text where it is short, else compressed. */
export function documentContent(value: unknown): Readonly<Record<string, string | Uint8Array>> {
	const json = JSON.stringify(value);
	return json.length <= plainLength ? { json } : { blob: sealJson(value) };
}

/** The JSON of an item's value, however it is kept. */
function documentText(item: Item): string {
	return item['blob'] === undefined
		? text(item, 'json')
		: JSON.stringify(openJson(bytes(item, 'blob')));
}

/** A stored JSON value, checked against its schema. Throws `data_damaged`, naming what it was. */
export function parseDocument<T>(called: string, schema: z.ZodType<T>, item: Item): T {
	let value: unknown;
	try {
		value = JSON.parse(documentText(item));
	} catch (error) {
		if (error instanceof LamplightError) throw error;
		throw new LamplightError('data_damaged', `The stored ${called} ${item.sk} is not JSON`, {
			cause: error,
		});
	}
	const parsed = schema.safeParse(value);
	if (parsed.success) return parsed.data;
	const where = parsed.error.issues[0]?.path.join('.') ?? '';
	throw new LamplightError(
		'data_damaged',
		`The stored ${called} ${item.sk} does not fit: ${where}`,
		{ cause: parsed.error },
	);
}
