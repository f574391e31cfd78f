import * as z from 'zod';

import { invalidField, LamplightError } from '../errors.ts';
import { fnv128Hex } from '../issue/hash.ts';

/** A place in S3 that a bill is delivered to. */
export interface ExportLocation {
	readonly bucket: string;
	/** Empty for the whole bucket; otherwise it ends in a slash. */
	readonly prefix: string;
}

/** An object as a listing shows it. */
export interface ExportFile {
	readonly key: string;
	readonly etag: string;
	readonly sizeBytes: number;
	readonly modifiedMs: number;
}

/** Files that say one thing together and are read as a whole: a month of an export. */
export interface ExportPart {
	/** Stable over refreshes; `''` where no manifest tells months apart. */
	readonly name: string;
	readonly files: readonly ExportFile[];
	/** Changes when any of the files does. */
	readonly fingerprint: string;
}

// Bucket names: 3 to 63 letters, digits, dots and hyphens (S3 user guide, "Bucket naming rules", read 2026-11).
const locationPattern = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/;

/** `s3://bucket/prefix` as its parts. Throws `invalid_input` naming what was expected. */
export function parseExportLocation(text: string): ExportLocation {
	const match = locationPattern.exec(text.trim());
	if (match === null) throw invalidField('location', 'expected s3://bucket/prefix', text);
	const [, bucket = '', path = ''] = match;
	const prefix = path.replace(/\/+$/, '');
	// IAM reads a star or a question mark in a resource as a pattern: the grant would be wider.
	if (/[*?$]/.test(prefix)) {
		throw invalidField('location', 'expected a prefix without *, ? and $', text);
	}
	return { bucket, prefix: prefix === '' ? '' : `${prefix}/` };
}

const manifestSchema = z.union([
	z.object({ dataFiles: z.array(z.string()).min(1) }).transform(({ dataFiles }) => dataFiles),
	// Of the Cost and Usage Reports before Data Exports.
	z.object({ reportKeys: z.array(z.string()).min(1) }).transform(({ reportKeys }) => reportKeys),
]);

/** Whether a key is a manifest, which names the files of one month's newest delivery. */
export function isManifest(key: string): boolean {
	return /(?:^|[-/])Manifest\.json$/.test(key);
}

/** The keys that a manifest names. Throws `data_damaged` naming the manifest. */
export function manifestKeys(manifest: string, content: string): string[] {
	let value: unknown;
	try {
		value = JSON.parse(content);
	} catch (cause) {
		throw new LamplightError('data_damaged', `${manifest} is not JSON.`, { cause });
	}
	const parsed = manifestSchema.safeParse(value);
	if (!parsed.success) {
		throw new LamplightError('data_damaged', `${manifest} names no files of an export.`);
	}
	return parsed.data.map((name) => name.replace(/^s3:\/\/[^/]+\//, ''));
}

/** The month's folder in a manifest's key: Data Exports write the first, the older reports the second. */
const periodPattern = /^(.*?)(?:metadata\/)?(BILLING_PERIOD=\d{4}-\d{2}|\d{8}-\d{8})\//;

/**
 * The newest manifest of each month. Deliveries that do not overwrite leave older ones beside it. Throws
 * `invalid_input` when several exports lie under the prefix, as their bills would be added up.
 */
export function newestManifests(files: readonly ExportFile[]): Map<string, ExportFile> {
	const newest = new Map<string, ExportFile>();
	const exports = new Set<string>();
	for (const file of files.filter(({ key }) => isManifest(key))) {
		const [, folder = '', period = ''] = periodPattern.exec(file.key) ?? [];
		exports.add(folder);
		const name = `${folder}${period}`;
		const held = newest.get(name);
		if (held === undefined || held.modifiedMs <= file.modifiedMs) newest.set(name, file);
	}
	if (exports.size <= 1) return newest;
	const shown = [...exports].sort().slice(0, 4).join(', ');
	throw invalidField('location', `expected the prefix of one export, not of several (${shown})`);
}

/** Whether a key may hold a bill; a folder's marker, a query's result or a log does not. */
export function isBillFile({ key, sizeBytes }: ExportFile): boolean {
	return sizeBytes > 0 && /\.(?:csv|csv\.gz|gz|parquet)$/i.test(key);
}

/** A part of files that were found, in the order of their keys. */
export function partOf(name: string, files: readonly ExportFile[]): ExportPart {
	const ordered = [...files].sort((a, b) => (a.key < b.key ? -1 : 1));
	const fingerprint = fnv128Hex(ordered.map(({ key, etag }) => `${key} ${etag}`).join('\n'));
	return { name, files: ordered, fingerprint };
}
