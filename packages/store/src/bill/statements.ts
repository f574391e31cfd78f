import { type BillDayRow, billDayRowSchema, type BillStatement } from '@lamplight/core/bill/day';
import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import type { BillingSourceId } from '@lamplight/core/ids';
import * as z from 'zod';
import { createHash } from 'node:crypto';

import { openJson, sealJson } from '../codec/blob.ts';
import { type Db, ifAbsent } from '../dynamo/db.ts';
import { count, type Item, text } from '../dynamo/item.ts';
import { instantKey, sortKey, tenantPartition } from '../dynamo/keys.ts';
import { blobParts, wholeBlob } from '../dynamo/parts.ts';
import type { Bill, StatementHead } from './bill.ts';

const rowsSchema = z.array(billDayRowSchema);

/** Heads in one partition, so that history is cheap to list; rows beside them, read one by one. */
export function createBill(db: Db): Bill {
	const heads = (ctx: Ctx, id: BillingSourceId) => tenantPartition(ctx, 'billHead', id);
	const rowsPartition = (ctx: Ctx, id: BillingSourceId) => tenantPartition(ctx, 'billRows', id);

	const newest = async (ctx: Ctx, id: BillingSourceId, span: { month: string; asOfMs: number }) => {
		const [item] = await db.query(heads(ctx, id), {
			from: sortKey(span.month, instantKey(0)),
			to: sortKey(span.month, instantKey(span.asOfMs)),
			newestFirst: true,
			limit: 1,
			consistent: true,
		});
		return item ?? null;
	};

	return {
		async putStatement(ctx, statement) {
			const { billingSourceId: id, month, readMs } = statement;
			const content = contentHash(statement);
			const before = await newest(ctx, id, { month, asOfMs: readMs });
			if (before !== null && text(before, 'content') === content) {
				if (count(before, 'confirmedMs') < readMs) {
					await db.put({ ...before, confirmedMs: readMs });
				}
				return { changed: false };
			}
			const sk = sortKey(month, instantKey(readMs));
			// Rows first: a head without rows would be a month that cannot be read.
			await db.putMany(blobParts({ pk: rowsPartition(ctx, id), sk }, sealJson(statement.rows)));
			await db.put({ pk: heads(ctx, id), sk, ...headAttributes(statement), content }, ifAbsent);
			return { changed: true };
		},
		async statement(ctx, id, { month, asOfMs }) {
			const item = await newest(ctx, id, { month, asOfMs: asOfMs ?? Number.MAX_SAFE_INTEGER / 10 });
			if (item === null) return null;
			const first = await db.get({ pk: rowsPartition(ctx, id), sk: item.sk });
			if (first === null) {
				throw new LamplightError('data_damaged', `The bill ${item.sk} has lost its rows`);
			}
			const { confirmedMs: _, rowCount: __, ...head } = headOf(id, item);
			return { ...head, rows: parseRows(openJson(await wholeBlob(db, first))) };
		},
		async history(ctx, id, month) {
			const items = await db.query(heads(ctx, id), { prefix: `${month}#` });
			return items.map((item) => headOf(id, item));
		},
		async removeSource(ctx, id) {
			// Rows first: heads tell that there is something left.
			for (const pk of [rowsPartition(ctx, id), heads(ctx, id)]) {
				for await (const page of db.pages(pk)) {
					await db.removeMany(page.map(({ pk: own, sk }) => ({ pk: own, sk })));
				}
			}
		},
		async months(ctx, id) {
			const items = await db.query(heads(ctx, id));
			return [...new Set(items.map((item) => monthOf(item)))];
		},
	};
}

function headAttributes(statement: BillStatement) {
	return {
		readMs: statement.readMs,
		confirmedMs: statement.readMs,
		final: statement.final,
		invoiceIds: JSON.stringify(statement.invoiceIds),
		rowCount: statement.rows.length,
	};
}

function headOf(billingSourceId: BillingSourceId, item: Item): StatementHead {
	return {
		billingSourceId,
		month: monthOf(item),
		readMs: count(item, 'readMs'),
		confirmedMs: count(item, 'confirmedMs'),
		final: item['final'] === true,
		invoiceIds: z.array(z.string()).parse(JSON.parse(text(item, 'invoiceIds'))),
		rowCount: count(item, 'rowCount'),
	};
}

function monthOf(item: Item): string {
	return item.sk.slice(0, item.sk.indexOf('#'));
}

/** Of what was said, not of when or in which order. */
function contentHash({ rows, final, invoiceIds }: BillStatement): string {
	const lines = rows.map((row) => JSON.stringify(billDayRowSchema.parse(row))).sort();
	return createHash('sha256')
		.update(JSON.stringify([final, [...invoiceIds].sort(), lines]))
		.digest('hex');
}

function parseRows(value: unknown): BillDayRow[] {
	const parsed = rowsSchema.safeParse(value);
	if (parsed.success) return parsed.data;
	throw new LamplightError('data_damaged', 'The stored bill does not fit', { cause: parsed.error });
}
