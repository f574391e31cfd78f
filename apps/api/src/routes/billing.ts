import { gunzipSync } from 'node:zlib';

import type { BillFile } from '@lamplight/aws/bill/file';
import type { BillReading } from '@lamplight/aws/bill/read';
import type { BillingSource, BillStatement } from '@lamplight/core/bill/day';
import { newMonthRows } from '@lamplight/core/bill/dayRows';
import type { Ctx } from '@lamplight/core/ctx';
import { invalidField, LamplightError } from '@lamplight/core/errors';
import { parseMoney, sum } from '@lamplight/core/money';

import type { BillImport } from '../contract/billing.ts';
import { wireSpan } from '../cost/period.ts';
import { wireMoney } from '../cost/wire.ts';
import { instant } from '../fleet/range.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import { audited } from './audit.ts';
import { addSource, sourceView } from './billingSource.ts';
import type { RouteDeps } from './context.ts';

type Base = '/v1/w/{ws}/billing-sources';
type BillingKeys =
	| `GET ${Base}`
	| `POST ${Base}`
	| `DELETE ${Base}/{sourceId}`
	| `POST ${Base}/{sourceId}/imports`
	| `GET ${Base}/{sourceId}/imports`;

/** An upload unpacked; what is larger belongs into a bucket. */
const maxUnpackedBytes = 64 * 1_024 * 1_024;

/** Where billed money comes from, and files uploaded. */
export function billingHandlers(deps: RouteDeps): Handlers<BillingKeys> {
	return {
		'GET /v1/w/{ws}/billing-sources': async ({ ctx }) => {
			const sources = await deps.store.billingSources.list(ctx);
			return { sources: await Promise.all(sources.map((one) => sourceView(deps, ctx, one))) };
		},
		'POST /v1/w/{ws}/billing-sources': (request) => addSource(deps, request),
		'DELETE /v1/w/{ws}/billing-sources/{sourceId}': async ({ ctx, params }) => {
			const source = await sourceOrThrow(deps, ctx, params.sourceId);
			await deps.store.bill.removeSource(ctx, source.id);
			await deps.store.billingSources.remove(ctx, source.id);
			await audited(deps, ctx, { action: 'billing.remove', target: source.name });
			return null;
		},
		'POST /v1/w/{ws}/billing-sources/{sourceId}/imports': (request) => importBill(deps, request),
		'GET /v1/w/{ws}/billing-sources/{sourceId}/imports': async ({ ctx, params }) => {
			const source = await sourceOrThrow(deps, ctx, params.sourceId);
			const months = await deps.store.bill.months(ctx, source.id);
			const heads = await Promise.all(
				months.slice(-24).map((month) => deps.store.bill.history(ctx, source.id, month)),
			);
			return {
				imports: heads
					.flat()
					.sort((a, b) => b.readMs - a.readMs)
					.slice(0, 100)
					.map((head) => ({
						id: `${head.month}-${head.readMs}`,
						at: instant(head.readMs),
						fileName: null,
						month: head.month,
						final: head.final,
						rows: head.rowCount,
						notUnderstood: 0,
						samples: [],
						total: null,
						span: null,
					})),
			};
		},
	};
}

async function sourceOrThrow(deps: RouteDeps, ctx: Ctx, id: string): Promise<BillingSource> {
	const source = await deps.store.billingSources.get(ctx, id);
	if (source === null) throw new LamplightError('not_found', 'There is no such billing source.');
	return source;
}

async function importBill(
	deps: RouteDeps,
	{ ctx, params, body }: ApiRequest<`POST ${Base}/{sourceId}/imports`>,
): Promise<{ import: BillImport; limits: [] }> {
	const source = await sourceOrThrow(deps, ctx, params.sourceId);
	if (source.connectionId !== null) {
		throw new LamplightError('conflict', 'This source is read from AWS; add one for uploads.');
	}
	const bytes = unpacked(body.content, body.encoding);
	const months = newMonthRows();
	const { readBill: readBillFile } = await import('@lamplight/aws/bill/read');
	const reading = await readBillFile(fileOf(body.fileName, bytes), (line) => months.take(line));
	const readMs = deps.clock();
	const statements = [...months.statements({ billingSourceId: source.id, readMs })];
	for (const statement of statements) await deps.store.bill.putStatement(ctx, statement);
	await deps.store.billingSources.update(ctx, source.id, (one) => ({ ...one, lastReadMs: readMs }));
	await audited(deps, ctx, {
		action: 'billing.import',
		target: source.name,
		details: { rows: reading.rows, notUnderstood: reading.bad.count },
	});
	return { import: importView(body.fileName, reading, statements), limits: [] };
}

function unpacked(content: string, encoding: 'csv' | 'gzip-base64'): Uint8Array {
	if (encoding === 'csv') return Buffer.from(content, 'utf8');
	try {
		return gunzipSync(Buffer.from(content, 'base64'), { maxOutputLength: maxUnpackedBytes });
	} catch {
		throw invalidField('body.content', 'expected base64 of a gzip of at most 64 MB unpacked');
	}
}

function fileOf(name: string, bytes: Uint8Array): BillFile {
	return {
		name,
		sizeBytes: bytes.byteLength,
		async *stream() {
			yield bytes;
		},
		slice: async (start, end) => new Uint8Array(bytes.subarray(start, end)).buffer,
	};
}

function importView(
	fileName: string,
	reading: BillReading,
	statements: readonly BillStatement[],
): BillImport {
	const rows = statements.flatMap((statement) => statement.rows);
	const days = rows.map(({ day }) => day).sort();
	const [first] = days;
	const last = days.at(-1);
	const [one] = rows;
	const amounts = rows
		.filter(({ currency }) => currency === one?.currency)
		.flatMap(({ costs, currency }) => {
			const text = costs.netUnblended ?? costs.unblended;
			return text === null ? [] : [parseMoney(text, currency)];
		});
	return {
		id: `${statements[0]?.month ?? 'none'}-${statements[0]?.readMs ?? 0}`,
		at: instant(statements[0]?.readMs ?? 0),
		fileName,
		month: statements[0]?.month ?? null,
		final: statements.every(({ final }) => final),
		rows: reading.rows,
		notUnderstood: reading.bad.count,
		samples: reading.bad.samples.slice(0, 10).map(({ row, problem }) => ({
			row,
			field: problem.path,
			message: problem.message,
		})),
		total: amounts.length === 0 ? null : wireMoney(sum(amounts), 'billed', 'netUnblended'),
		span:
			first === undefined || last === undefined ? null : wireSpan({ fromDay: first, toDay: last }),
	};
}
