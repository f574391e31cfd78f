import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import type { LivingWorld } from '../../world/create.ts';
import { closedAt, monthStart, nextMonth, restatedAt, slotMs } from '../calendar.ts';
import { type MonthVersion, versionAt } from '../statement.ts';
import { type BillParty, curCsv } from './cur.ts';
import { focusParquet } from './focus.ts';
import { type BillItem, monthItems } from './items.ts';

/** The bucket of the management account that AWS delivers the bill to. */
export const exportBucket = 'meridian-billing-exports';
export const exportBucketRegion = 'eu-west-1';

/** An object in it. */
export interface ExportObject {
	readonly key: string;
	readonly bytes: Uint8Array;
	/** With its quotes, as S3 prints it. */
	readonly etag: string;
	readonly lastModifiedMs: number;
	readonly contentType: string;
}

/** Lines in one file; AWS's hold far more, and a month has several all the same. */
const linesPerFile = 2_500;

interface ExportForm {
	readonly prefix: string;
	readonly name: string;
	readonly extension: string;
	readonly contentType: string;
	write(items: readonly BillItem[], version: MonthVersion, party: BillParty): Uint8Array;
}

/** The same bill as two exports, which a company has when it moves from one form to the other. */
const forms: readonly ExportForm[] = [
	{
		prefix: 'cur',
		name: 'meridian-daily',
		extension: 'csv.gz',
		contentType: 'application/octet-stream',
		write: (items, version, party) => gzipSync(curCsv(items, version, party)),
	},
	{
		prefix: 'focus',
		name: 'meridian-focus',
		extension: 'snappy.parquet',
		contentType: 'application/octet-stream',
		write: focusParquet,
	},
];

interface Kept {
	readonly key: string;
	readonly objects: Promise<readonly ExportObject[]>;
}

const kept = new WeakMap<LivingWorld, Map<number, Kept>>();

/**
 * What lies in the bucket at `nowMs`, ascending by key. Exports overwrite a month's files with each
 * refresh of the bill; what ended more than a month ago is gone, as by a lifecycle rule.
 */
export async function exportObjects(world: LivingWorld, nowMs: number): Promise<ExportObject[]> {
	const current = monthStart(nowMs);
	const months = [monthStart(current - 1), current];
	const all = await Promise.all(months.map((month) => monthObjects(world, month, nowMs)));
	return all.flat().sort((a, b) => (a.key < b.key ? -1 : 1));
}

function monthObjects(
	world: LivingWorld,
	monthMs: number,
	nowMs: number,
): Promise<readonly ExportObject[]> {
	const version = versionAt(world, monthMs, nowMs);
	const key = `${version.untilMs}/${version.isFinal}/${version.isRestated}`;
	const ofWorld = kept.get(world) ?? new Map<number, Kept>();
	kept.set(world, ofWorld);
	const known = ofWorld.get(monthMs);
	if (known?.key === key) return known.objects;
	const objects = write(world, version);
	ofWorld.set(monthMs, { key, objects });
	for (const month of ofWorld.keys()) {
		if (nextMonth(month) < monthStart(nowMs)) ofWorld.delete(month);
	}
	return objects;
}

async function write(world: LivingWorld, version: MonthVersion): Promise<ExportObject[]> {
	const items = await monthItems(world, version);
	const party: BillParty = {
		payerId: world.organization.managementAccountId,
		accountName: (id) => world.account(id)?.name ?? id,
	};
	if (items.length === 0) return [];
	return forms.flatMap((form) => {
		const files = dataFiles(form, items, { version, party });
		return [...files, manifest(form, files, version)];
	});
}

function dataFiles(
	form: ExportForm,
	items: readonly BillItem[],
	{ version, party }: { readonly version: MonthVersion; readonly party: BillParty },
): ExportObject[] {
	const files: ExportObject[] = [];
	for (let from = 0; from < items.length; from += linesPerFile) {
		const number = String(files.length + 1).padStart(5, '0');
		files.push(
			objectOf(version, {
				key: `${folder(form, 'data', version)}/${form.name}-${number}.${form.extension}`,
				bytes: form.write(items.slice(from, from + linesPerFile), version, party),
				contentType: form.contentType,
			}),
		);
	}
	return files;
}

function manifest(
	form: ExportForm,
	files: readonly ExportObject[],
	version: MonthVersion,
): ExportObject {
	const content = {
		exportName: form.name,
		billingPeriod: {
			start: new Date(version.monthMs).toISOString(),
			end: new Date(nextMonth(version.monthMs)).toISOString(),
		},
		dataFiles: files.map(({ key }) => `s3://${exportBucket}/${key}`),
	};
	return objectOf(version, {
		key: `${folder(form, 'metadata', version)}/${form.name}-Manifest.json`,
		bytes: Buffer.from(JSON.stringify(content, null, 2)),
		contentType: 'application/json',
	});
}

function folder(form: ExportForm, part: 'data' | 'metadata', { monthMs }: MonthVersion): string {
	const month = new Date(monthMs).toISOString().slice(0, 7);
	return `${form.prefix}/${form.name}/${part}/BILLING_PERIOD=${month}`;
}

function objectOf(
	version: MonthVersion,
	file: Pick<ExportObject, 'key' | 'bytes' | 'contentType'>,
): ExportObject {
	const etag = `"${createHash('md5').update(file.bytes).digest('hex')}"`;
	return { ...file, etag, lastModifiedMs: deliveredAt(version) };
}

/** When AWS delivered this version at the earliest. */
function deliveredAt({ monthMs, untilMs, isFinal, isRestated }: MonthVersion): number {
	if (isRestated) return restatedAt(monthMs);
	return isFinal ? closedAt(monthMs) : untilMs + slotMs;
}
