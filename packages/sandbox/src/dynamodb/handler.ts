import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';

import type { DynaliteStore } from 'dynalite/db/index.js';

import { runOperation } from './operations.ts';
import { isRefusal, refusal } from './refusal.ts';

/** DynamoDB's own bound on a request. Developer guide, "Quotas: API-specific limits", read 2026-11. */
const maxRequestBytes = 16 * 1024 * 1024;
const api = 'DynamoDB_20120810.';

/** Speaks DynamoDB's JSON protocol over the store. A fault of ours answers 500; it ends nothing. */
export function requestListener(
	store: DynaliteStore,
	onFault: (operation: string, error: unknown) => void,
): RequestListener {
	return (request, response) => {
		void answer(store, request, onFault).then((result) => {
			send(response, result.status, result.body);
		});
	};
}

interface Answer {
	readonly status: number;
	readonly body: unknown;
}

async function answer(
	store: DynaliteStore,
	request: IncomingMessage,
	onFault: (operation: string, error: unknown) => void,
): Promise<Answer> {
	const target = String(request.headers['x-amz-target'] ?? '');
	try {
		const body = await readBody(request);
		if (request.method === 'GET') return { status: 200, body: { healthy: true } };
		if (!target.startsWith(api)) throw refusal('UnknownOperationException', `target ${target}`);
		if (!String(request.headers.authorization ?? '').startsWith('AWS4-')) {
			throw refusal(
				'MissingAuthenticationTokenException',
				'Request is missing Authentication Token',
			);
		}
		const result = await runOperation(store, target.slice(api.length), parseBody(body));
		return { status: 200, body: result };
	} catch (error) {
		if (isRefusal(error)) return { status: error.statusCode, body: error.body };
		onFault(target.slice(api.length), error);
		const fault = refusal('InternalServerError', 'The embedded store failed', 500);
		return { status: fault.statusCode, body: fault.body };
	}
}

async function readBody(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes > maxRequestBytes) throw refusal('RequestTooLarge', 'Request is over 16 MB', 413);
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString('utf8');
}

function parseBody(body: string): unknown {
	try {
		return JSON.parse(body);
	} catch {
		throw refusal('SerializationException', 'The body is not JSON');
	}
}

function send(response: ServerResponse, status: number, body: unknown): void {
	const text = JSON.stringify(body);
	response.writeHead(status, {
		'Content-Type': 'application/x-amz-json-1.0',
		'Content-Length': Buffer.byteLength(text),
		'x-amz-crc32': crc32(text),
		'x-amzn-RequestId': randomUUID(),
	});
	response.end(text);
}
