import { type Execution, executionSchema } from '@lamplight/core/execution/execution';
import { LamplightError } from '@lamplight/core/errors';
import * as z from 'zod';

import { openBlob, sealBlob } from './blob.ts';
import { maxRows, readColumn, writeColumn } from './column.ts';
import { type ByteReader, ByteWriter } from './varint.ts';

const version = 1;
const statuses = ['success', 'error', 'timeout'] as const;

const numbers = [
	'startMs',
	'durationUs',
	'billedMs',
	'memoryMib',
	'maxMemoryUsedMib',
	'initUs',
	'restoreUs',
	'attempt',
] as const;
const texts = [
	'functionId',
	'requestId',
	'logStream',
	'version',
	'errorType',
	'issueId',
	'traceId',
] as const;
const listSchema = z.array(executionSchema);

/** Executions column by column; texts once each, which the compressor then shares. */
export function encodeExecutions(executions: readonly Execution[]): Uint8Array {
	const out = new ByteWriter();
	out.varint(executions.length);
	for (const name of numbers) {
		writeColumn(
			out,
			executions.map((one) => one[name]),
		);
	}
	writeColumn(
		out,
		executions.map((one) => statuses.indexOf(one.status)),
	);
	for (const name of texts) {
		writeTexts(
			out,
			executions.map((one) => one[name]),
		);
	}
	return sealBlob('executions', version, out.bytes());
}

/** The executions of a blob. Throws `data_damaged`. */
export function decodeExecutions(blob: Uint8Array): Execution[] {
	const reader = openBlob('executions', version, blob);
	const rows = reader.count(maxRows);
	const figures = numbers.map((name) => [name, readColumn(reader, rows)] as const);
	const status = readColumn(reader, rows);
	const words = texts.map((name) => [name, readTexts(reader, rows)] as const);
	const executions = Array.from({ length: rows }, (_, row) => ({
		...Object.fromEntries(figures.map(([name, column]) => [name, column[row] ?? null])),
		...Object.fromEntries(words.map(([name, column]) => [name, column[row] ?? null])),
		status: statuses[status[row] ?? -1],
	}));
	const parsed = listSchema.safeParse(executions);
	if (parsed.success) return parsed.data;
	throw new LamplightError('data_damaged', 'Stored executions do not fit', { cause: parsed.error });
}

/** Distinct texts in the order they come, then which row has which; 0 is `null`. */
function writeTexts(out: ByteWriter, column: readonly (string | null)[]): void {
	const distinct = [...new Set(column.filter((one) => one !== null))];
	const index = new Map(distinct.map((one, at) => [one, at + 1]));
	out.varint(distinct.length);
	for (const one of distinct) out.text(one);
	writeColumn(
		out,
		column.map((one) => (one === null ? 0 : (index.get(one) ?? 0))),
	);
}

function readTexts(reader: ByteReader, rows: number): (string | null)[] {
	const distinct = Array.from({ length: reader.count(rows) }, () => reader.text());
	return readColumn(reader, rows).map((at) => distinct[(at ?? 0) - 1] ?? null);
}
