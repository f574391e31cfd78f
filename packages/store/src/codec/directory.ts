import { lambdaFunctionSchema } from '@lamplight/core/function/function';
import { LamplightError } from '@lamplight/core/errors';
import * as z from 'zod';

import type { DirectoryFunction } from '../series/rollups.ts';
import { openBlob, sealBlob } from './blob.ts';
import { ByteWriter } from './varint.ts';

const version = 1;
/** Built seldom and read often: worth compressing harder. */
const quality = 9;

/** A function's place in the list never changes: windows refer to it by number. */
export interface DirectoryContent {
	readonly functions: readonly DirectoryFunction[];
	/** Which change of each account's inventory it holds. */
	readonly tokens: Readonly<Record<string, string>>;
}

const fields = [
	'id',
	'connectionId',
	'runtime',
	'packageType',
	'architecture',
	'billingMode',
	'memoryMib',
	'ephemeralStorageMib',
	'timeoutSeconds',
	'codeSizeBytes',
	'version',
	'snapStart',
	'reservedConcurrency',
	'provisionedConcurrencyTotal',
	'logClass',
	'logRetentionDays',
	'logStoredBytes',
	'systemLogLevel',
	'lastModifiedMs',
	'tags',
	'app',
	'owner',
	'firstSeenMs',
	'goneMs',
] as const satisfies readonly (keyof DirectoryFunction)[];

const functionSchema = lambdaFunctionSchema
	.pick({
		id: true,
		connectionId: true,
		runtime: true,
		packageType: true,
		architecture: true,
		billingMode: true,
		memoryMib: true,
		ephemeralStorageMib: true,
		timeoutSeconds: true,
		codeSizeBytes: true,
		version: true,
		snapStart: true,
		reservedConcurrency: true,
		logClass: true,
		logRetentionDays: true,
		logStoredBytes: true,
		systemLogLevel: true,
		lastModifiedMs: true,
		tags: true,
		app: true,
		owner: true,
		firstSeenMs: true,
		goneMs: true,
	})
	.extend({ provisionedConcurrencyTotal: z.number().int().nonnegative() });
const contentSchema = z.object({
	tokens: z.record(z.string(), z.string()),
	columns: z.record(z.string(), z.array(z.unknown())),
});

/** Field by field rather than function by function: equal neighbours compress to nothing. */
export function encodeDirectory({ functions, tokens }: DirectoryContent): Uint8Array {
	const columns = Object.fromEntries(
		fields.map((field) => [field, functions.map((one) => one[field])]),
	);
	const out = new ByteWriter();
	out.text(JSON.stringify({ tokens, columns }));
	return sealBlob('directory', version, out.bytes(), quality);
}

export function decodeDirectory(blob: Uint8Array): DirectoryContent {
	const text = openBlob('directory', version, blob).text();
	const content = contentSchema.safeParse(JSON.parse(text));
	if (!content.success) {
		throw new LamplightError('data_damaged', 'The stored directory does not fit');
	}
	const { tokens, columns } = content.data;
	const ids = columns['id'] ?? [];
	// One row is checked for all: the columns were written from typed rows, and 10,000 checks cost more than the read.
	const functions = ids.map((_, row) =>
		Object.fromEntries(fields.map((field) => [field, columns[field]?.[row]])),
	) as unknown as DirectoryFunction[];
	if (functions[0] !== undefined && !functionSchema.safeParse(functions[0]).success) {
		throw new LamplightError('data_damaged', 'The stored directory does not fit');
	}
	return { functions, tokens };
}
