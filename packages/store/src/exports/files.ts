import { createHash, type Hash } from 'node:crypto';

import {
	AbortMultipartUploadCommand,
	CompleteMultipartUploadCommand,
	CreateMultipartUploadCommand,
	PutObjectCommand,
	S3Client,
	UploadPartCommand,
} from '@aws-sdk/client-s3';
import { LamplightError } from '@lamplight/core/errors';
import { SignatureV4 } from '@smithy/signature-v4';

/** Files of exports in a bucket of our own. */
export interface ExportFiles {
	/** Writes a file piece by piece, holding one part of it in memory. Throws `unavailable`. */
	write(
		file: FileToWrite,
		pieces: AsyncIterable<string>,
	): Promise<{ readonly bytes: number; readonly sha256: string }>;
	/** A link that fetches the file without any other key until it expires. */
	link(key: string, life: { readonly nowMs: number; readonly forMs: number }): Promise<string>;
}

export interface FileToWrite {
	readonly key: string;
	readonly mediaType: string;
	/** What a browser calls it. */
	readonly fileName: string;
	/** Longer ones are refused with `too_large`. */
	readonly maxBytes: number;
}

export interface ExportBucket {
	readonly bucket: string;
	readonly region: string;
	/** Where S3 is found when it is not AWS's own, and the keys to it. */
	readonly standIn?: {
		readonly endpoint: string;
		readonly accessKeyId: string;
		readonly secretAccessKey: string;
	};
}

// All parts but the last hold at least 5 MiB, and there are at most 10,000 of them (S3 user guide,
// "Amazon S3 multipart upload limits", read 2026-11).
const partBytes = 8 * 1024 * 1024;

/** The bucket of exports. The simulated AWS of customers is another S3: this one never answers for it. */
export function createExportFiles({ bucket, region, standIn }: ExportBucket): ExportFiles {
	const client = new S3Client({
		region,
		...(standIn === undefined
			? {}
			: {
					endpoint: standIn.endpoint,
					forcePathStyle: true,
					credentials: {
						accessKeyId: standIn.accessKeyId,
						secretAccessKey: standIn.secretAccessKey,
					},
				}),
	});
	return {
		write: (file, pieces) => translated(() => writeFile({ client, bucket }, file, pieces)),
		link: (key, life) => presign({ client, bucket, region, standIn }, key, life),
	};
}

interface Target {
	readonly client: S3Client;
	readonly bucket: string;
}

async function translated<T>(run: () => Promise<T>): Promise<T> {
	try {
		return await run();
	} catch (error) {
		if (error instanceof LamplightError || !isFromS3(error)) throw error;
		throw new LamplightError('unavailable', 'The bucket for exports did not take the file.', {
			cause: error,
		});
	}
}

function isFromS3(error: unknown): boolean {
	return typeof error === 'object' && error !== null && '$metadata' in error;
}

async function writeFile(
	{ client, bucket }: Target,
	file: FileToWrite,
	pieces: AsyncIterable<string>,
): Promise<{ bytes: number; sha256: string }> {
	const head = {
		Bucket: bucket,
		Key: file.key,
		ContentType: file.mediaType,
		ContentDisposition: `attachment; filename="${file.fileName}"`,
	};
	const upload = new Upload(client, head);
	const counted = { bytes: 0, hash: createHash('sha256') };
	try {
		for await (const part of partsOf(pieces, counted, file.maxBytes)) {
			if (!part.isLast || upload.begun) await upload.part(part.body);
			else await client.send(new PutObjectCommand({ ...head, Body: part.body }));
		}
		await upload.complete();
	} catch (error) {
		await upload.abort();
		throw error;
	}
	return { bytes: counted.bytes, sha256: counted.hash.digest('hex') };
}

interface Part {
	readonly body: Buffer;
	readonly isLast: boolean;
}

/** The pieces joined to parts; the last is shorter, and may be the only one. */
async function* partsOf(
	pieces: AsyncIterable<string>,
	counted: { bytes: number; readonly hash: Hash },
	maxBytes: number,
): AsyncGenerator<Part> {
	let waiting: Buffer[] = [];
	let waitingBytes = 0;
	for await (const piece of pieces) {
		const bytes = Buffer.from(piece, 'utf8');
		counted.bytes += bytes.length;
		if (counted.bytes > maxBytes) {
			throw new LamplightError(
				'too_large',
				`A file holds ${maxBytes / 1e6} MB; this would be more. Choose a shorter range, an account or an app.`,
				{ details: { limit: 'exportBytes', max: maxBytes } },
			);
		}
		counted.hash.update(bytes);
		waiting.push(bytes);
		waitingBytes += bytes.length;
		if (waitingBytes < partBytes) continue;
		yield { body: Buffer.concat(waiting), isLast: false };
		waiting = [];
		waitingBytes = 0;
	}
	yield { body: Buffer.concat(waiting), isLast: true };
}

/** A multipart upload, begun with its first part. */
class Upload {
	readonly #client: S3Client;
	readonly #head: { readonly Bucket: string; readonly Key: string };
	readonly #etags: (string | undefined)[] = [];
	#id: string | undefined;

	constructor(client: S3Client, head: { readonly Bucket: string; readonly Key: string }) {
		this.#client = client;
		this.#head = head;
	}

	get begun(): boolean {
		return this.#id !== undefined;
	}

	async part(body: Buffer): Promise<void> {
		// A file may end with the part before: nothing is left for this one.
		if (this.begun && body.length === 0) return;
		this.#id ??= (await this.#client.send(new CreateMultipartUploadCommand(this.#head))).UploadId;
		const { ETag } = await this.#client.send(
			new UploadPartCommand({ ...this.#of(), PartNumber: this.#etags.length + 1, Body: body }),
		);
		this.#etags.push(ETag);
	}

	async complete(): Promise<void> {
		if (!this.begun) return;
		const Parts = this.#etags.map((ETag, at) => ({ ETag, PartNumber: at + 1 }));
		await this.#client.send(
			new CompleteMultipartUploadCommand({ ...this.#of(), MultipartUpload: { Parts } }),
		);
	}

	/** Parts of a file that never came together; what cannot be removed now, the lifecycle removes. */
	async abort(): Promise<void> {
		if (!this.begun) return;
		await this.#client.send(new AbortMultipartUploadCommand(this.#of())).catch(() => undefined);
	}

	#of() {
		return { Bucket: this.#head.Bucket, Key: this.#head.Key, UploadId: this.#id };
	}
}

interface LinkTarget extends Target {
	readonly region: string;
	readonly standIn: ExportBucket['standIn'];
}

async function presign(
	{ client, bucket, region, standIn }: LinkTarget,
	key: string,
	{ nowMs, forMs }: { readonly nowMs: number; readonly forMs: number },
): Promise<string> {
	const place = new URL(
		standIn === undefined
			? `https://${bucket}.s3.${region}.amazonaws.com/${key}`
			: `${standIn.endpoint}/${bucket}/${key}`,
	);
	const signer = new SignatureV4({
		service: 's3',
		region,
		credentials: client.config.credentials,
		sha256: client.config.sha256,
		uriEscapePath: false,
		applyChecksum: false,
	});
	const signed = await signer.presign(
		{
			method: 'GET',
			protocol: place.protocol,
			hostname: place.hostname,
			...(place.port === '' ? {} : { port: Number(place.port) }),
			path: place.pathname,
			query: {},
			// A link carries no body; S3's own word for one that is not signed.
			headers: { host: place.host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
		},
		{ expiresIn: Math.floor(forMs / 1000), signingDate: new Date(nowMs) },
	);
	for (const [name, value] of Object.entries(signed.query ?? {})) {
		if (typeof value === 'string') place.searchParams.set(name, value);
	}
	return place.href;
}
