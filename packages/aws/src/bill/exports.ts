import {
	GetObjectCommand,
	HeadBucketCommand,
	ListObjectsV2Command,
	type S3Client,
} from '@aws-sdk/client-s3';

import {
	type ExportFile,
	type ExportLocation,
	type ExportPart,
	isBillFile,
	manifestKeys,
	newestManifests,
	partOf,
} from '@lamplight/core/bill/exportFiles';
import { LamplightError } from '@lamplight/core/errors';

import type { AccountAws } from '../client/account.ts';
import { readAllPages } from '../limits/paging.ts';
import type { BillFile } from './file.ts';

/** An export's files in S3 as they are now. */
export interface ExportListing {
	readonly parts: readonly ExportPart[];
	/** Months whose manifest names a file that is not there, as while it is being delivered. */
	readonly incomplete: readonly string[];
	/** One of the files, to be read. */
	open(file: ExportFile): BillFile;
}

// A thousand keys a page: years of exports that keep every delivery.
const maxListPages = 100;
/** A manifest lists some hundred columns and files. */
const maxManifestBytes = 4 * 1024 * 1024;
/** A file is fetched in pieces, so that a connection that breaks costs one of them. */
const pieceBytes = 8 * 1024 * 1024;
const piecesTried = 3;

/** What lies under an export's prefix, by month where manifests tell. Throws what S3 refuses. */
export async function listExport(
	account: AccountAws,
	location: ExportLocation,
): Promise<ExportListing> {
	const { bucket, prefix } = location;
	const s3 = account.s3(await regionOf(account, bucket));
	const files = await listFiles(s3, location);
	const open = (file: ExportFile) => billFile(s3, bucket, file);
	const manifests = newestManifests(files);
	const byKey = new Map(files.map((file) => [file.key, file]));
	if (manifests.size === 0) {
		const found = files.filter(isBillFile);
		if (found.length > 0) return { parts: [partOf('', found)], incomplete: [], open };
		throw new LamplightError(
			'not_found',
			`s3://${bucket}/${prefix} holds no CSV or Parquet file of a bill.`,
		);
	}
	const parts: ExportPart[] = [];
	const incomplete: string[] = [];
	for (const [name, manifest] of [...manifests].sort(([a], [b]) => (a < b ? -1 : 1))) {
		const named = manifestKeys(manifest.key, await textOf(open(manifest)));
		const found = named.flatMap((key) => byKey.get(key) ?? []);
		if (found.length < named.length) incomplete.push(name);
		else parts.push(partOf(name, found));
	}
	return { parts, incomplete, open };
}

/** A bucket is asked in its own region; the first call is led there from any other. */
async function regionOf(account: AccountAws, bucket: string): Promise<string> {
	const anywhere = 'us-east-1';
	const head = await account.s3(anywhere).send(new HeadBucketCommand({ Bucket: bucket }));
	return head.BucketRegion ?? anywhere;
}

async function listFiles(s3: S3Client, location: ExportLocation): Promise<ExportFile[]> {
	const objects = await readAllPages(
		{ name: 'pages of files of a bill', maxPages: maxListPages },
		async (ContinuationToken) => {
			const page = await s3.send(
				new ListObjectsV2Command({
					Bucket: location.bucket,
					Prefix: location.prefix,
					...(ContinuationToken === undefined ? {} : { ContinuationToken }),
				}),
			);
			return { items: page.Contents ?? [], next: page.NextContinuationToken };
		},
	);
	return objects.map(({ Key, ETag, Size, LastModified }) => ({
		key: Key ?? '',
		etag: ETag ?? '',
		sizeBytes: Size ?? 0,
		modifiedMs: LastModified?.getTime() ?? 0,
	}));
}

async function textOf(file: BillFile): Promise<string> {
	if (file.sizeBytes > maxManifestBytes) {
		throw new LamplightError('too_large', `${file.name} has more than ${maxManifestBytes} bytes`, {
			details: { limit: 'bytes of a manifest', maxBytes: maxManifestBytes },
		});
	}
	return new TextDecoder().decode(await file.slice(0, file.sizeBytes));
}

/** An object as a bill's file. Every piece must be of the version that was listed. */
function billFile(s3: S3Client, bucket: string, file: ExportFile): BillFile {
	const piece = async (start: number, end: number): Promise<Uint8Array> => {
		const { Body } = await s3.send(
			new GetObjectCommand({
				Bucket: bucket,
				Key: file.key,
				IfMatch: file.etag,
				Range: `bytes=${start}-${end - 1}`,
			}),
		);
		const bytes = await Body?.transformToByteArray();
		if (bytes?.byteLength !== end - start) throw cutShort(file);
		return bytes;
	};
	const slice = async (start: number, end: number): Promise<Uint8Array> => {
		for (let tried = 1; ; tried += 1) {
			try {
				return await piece(start, end);
			} catch (error) {
				if (isOverwritten(error)) throw overwritten(file, error);
				// Refusals stand; what broke on the way is fetched again.
				if (tried === piecesTried || !isBroken(error)) throw error;
			}
		}
	};
	return {
		name: file.key,
		sizeBytes: file.sizeBytes,
		async *stream() {
			for (let at = 0; at < file.sizeBytes; at += pieceBytes) {
				yield await slice(at, Math.min(at + pieceBytes, file.sizeBytes));
			}
		},
		async slice(start, end) {
			const bytes = await slice(start, end);
			return new Uint8Array(bytes).buffer;
		},
	};
}

function cutShort(file: ExportFile): LamplightError {
	return new LamplightError('aws_unavailable', `${file.key}: the answer was cut short`);
}

/** A body that ends early fails outside of the client, as an error of the stream. */
function isBroken(error: unknown): boolean {
	return !(error instanceof LamplightError) || error.code === 'aws_unavailable';
}

function isOverwritten(error: unknown): boolean {
	return error instanceof LamplightError && error.details['awsCode'] === 'PreconditionFailed';
}

/** A refresh of the export came in between: the next reading finds it whole. */
function overwritten(file: ExportFile, cause: unknown): LamplightError {
	return new LamplightError('aws_unavailable', `${file.key} was overwritten while it was read`, {
		cause,
	});
}
