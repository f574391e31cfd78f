import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { WireRequest } from '../wire/message.ts';
import { checkSignature, parseAuthorization, parseLink } from '../wire/signature.ts';
import { Bucket, NoSuchFile, type StoredFile } from './bucket.ts';

export interface FilesOptions {
	/** Where the files are kept. */
	readonly folder: string;
	readonly bucket: string;
	/** Files older than this are removed, as the bucket's lifecycle does in AWS. */
	readonly keptMs: number;
	/** Real time: signatures and links are of it. */
	readonly clock: () => number;
}

/** S3's stand-in for one bucket: the endpoint and the only keys that open it. */
export interface RunningFiles {
	readonly endpoint: string;
	readonly bucket: string;
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	close(): Promise<void>;
}

/** How often files whose time is over are looked for. */
const sweepEveryMs = 3_600_000;
/** The most bytes of one request: a part of an upload is 8 MiB. */
const maxBodyBytes = 32 * 1024 * 1024;

/**
 * Starts S3's stand-in for a laptop: a bucket of files on disk that the real client writes to in
 * parts, and that signed links read from. Signatures are checked, links expire, nothing is listed.
 */
export async function startFiles(options: FilesOptions): Promise<RunningFiles> {
	const { clock, keptMs } = options;
	const keys = {
		accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
		secretAccessKey: randomBytes(30).toString('base64'),
	};
	const bucket = new Bucket(options.folder);
	const sweep = () => bucket.removeOlderThan(clock() - keptMs);
	await sweep();
	const sweeping = setInterval(() => void sweep().catch(() => undefined), sweepEveryMs);
	sweeping.unref();
	const server = createServer((request, response) => {
		answer(request, response, { ...options, ...keys, bucket }).catch((error: unknown) => {
			const refusal = error instanceof Refusal ? error : new Refusal(500, 'InternalError');
			send(response, refusal.status, errorXml(refusal.code));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		endpoint: `http://127.0.0.1:${port}`,
		bucket: options.bucket,
		...keys,
		close: () =>
			new Promise((resolve) => {
				clearInterval(sweeping);
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

/** A refusal in S3's own words. */
class Refusal extends Error {
	readonly status: number;
	readonly code: string;

	constructor(status: number, code: string) {
		super(code);
		this.status = status;
		this.code = code;
	}
}

interface Served extends Omit<FilesOptions, 'bucket'> {
	readonly bucket: Bucket;
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
}

async function answer(
	incoming: IncomingMessage,
	response: ServerResponse,
	served: Served,
): Promise<void> {
	const request = await read(incoming);
	const byLink = checkAccess(request, served);
	const [, bucketName, ...rest] = decodeURIComponent(request.path).split('/');
	const key = rest.join('/');
	if (bucketName === undefined || key === '') throw new Refusal(404, 'NoSuchBucket');
	const query = new URLSearchParams(request.query);
	const uploadId = query.get('uploadId');
	const { bucket } = served;
	if (request.method === 'GET' || request.method === 'HEAD') {
		await sendFile(response, request, await found(() => bucket.open(key)));
		return;
	}
	if (byLink) throw new Refusal(403, 'AccessDenied');
	const head = {
		contentType: request.headers['content-type'] ?? 'application/octet-stream',
		contentDisposition: request.headers['content-disposition'] ?? null,
	};
	if (request.method === 'PUT' && uploadId === null) {
		await bucket.put(key, head, request.body);
		send(response, 200, '', { etag: etagOf(request.body) });
	} else if (request.method === 'PUT' && uploadId !== null) {
		await found(() => bucket.putPart(uploadId, Number(query.get('partNumber')), request.body));
		send(response, 200, '', { etag: etagOf(request.body) });
	} else if (request.method === 'POST' && query.has('uploads')) {
		const id = await bucket.begin(key, head);
		const name = 'InitiateMultipartUploadResult';
		send(response, 200, xml(name, `<UploadId>${id}</UploadId>`));
	} else if (request.method === 'POST' && uploadId !== null) {
		await found(() => bucket.complete(uploadId));
		send(response, 200, xml('CompleteMultipartUploadResult', `<ETag>"${uploadId}"</ETag>`));
	} else if (request.method === 'DELETE' && uploadId !== null) {
		await found(() => bucket.abort(uploadId));
		send(response, 204, '');
	} else throw new Refusal(405, 'MethodNotAllowed');
}

async function found<T>(run: () => Promise<T>): Promise<T> {
	try {
		return await run();
	} catch (error) {
		if (error instanceof NoSuchFile) throw new Refusal(404, error.code);
		throw error;
	}
}

/** True when a link opened it, which only reads. Throws what S3 answers to anybody else. */
function checkAccess(request: WireRequest, served: Served): boolean {
	const link = parseLink(request);
	const claim = link?.claim ?? parseAuthorization(request.headers['authorization']);
	if (claim === null) throw new Refusal(403, 'AccessDenied');
	if (claim.accessKeyId !== served.accessKeyId) throw new Refusal(403, 'InvalidAccessKeyId');
	const signed = link?.request ?? request;
	const fault = checkSignature(signed, claim, served.secretAccessKey, served.clock());
	if (fault?.kind === 'skewed') {
		throw new Refusal(403, link === null ? 'RequestTimeTooSkewed' : 'AccessDenied');
	}
	if (fault !== null) throw new Refusal(403, 'SignatureDoesNotMatch');
	const stated = request.headers['x-amz-content-sha256'];
	if (link === null && stated !== sha256(request.body)) {
		throw new Refusal(400, 'XAmzContentSHA256Mismatch');
	}
	return link !== null;
}

async function read(incoming: IncomingMessage): Promise<WireRequest> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of incoming as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes > maxBodyBytes) throw new Refusal(400, 'EntityTooLarge');
		chunks.push(chunk);
	}
	const [path = '/', query = ''] = (incoming.url ?? '/').split('?');
	const headers = Object.fromEntries(
		Object.entries(incoming.headers).map(([name, value]) => [
			name,
			Array.isArray(value) ? value.join(',') : value,
		]),
	);
	return { method: incoming.method ?? '', path, query, headers, body: Buffer.concat(chunks) };
}

async function sendFile(
	response: ServerResponse,
	{ method }: WireRequest,
	file: StoredFile,
): Promise<void> {
	const { contentType, contentDisposition } = file.head;
	response.writeHead(200, {
		'content-type': contentType,
		'content-length': file.bytes,
		...(contentDisposition === null ? {} : { 'content-disposition': contentDisposition }),
	});
	const body = file.read();
	if (method === 'HEAD') {
		response.end();
		return;
	}
	await new Promise<void>((resolve) => {
		body.pipe(response);
		body.once('close', resolve);
		response.once('close', () => {
			body.destroy();
			resolve();
		});
	});
}

function send(
	response: ServerResponse,
	status: number,
	body: string,
	headers: Readonly<Record<string, string>> = {},
): void {
	if (response.headersSent) return void response.destroy();
	const type = body === '' ? {} : { 'content-type': 'application/xml' };
	response.writeHead(status, { ...type, ...headers }).end(body);
}

function xml(name: string, inner: string): string {
	return `<?xml version="1.0" encoding="UTF-8"?><${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</${name}>`;
}

function errorXml(code: string): string {
	return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
}

const etagOf = (body: Buffer) => `"${createHash('md5').update(body).digest('hex')}"`;
const sha256 = (body: Buffer) => createHash('sha256').update(body).digest('hex');
