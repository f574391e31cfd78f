import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import type { WallClock } from '../clock.ts';
import type { Delivery } from './passage.ts';
import type { WireRequest, WireResponse } from './message.ts';

export interface ServerOptions {
	readonly dispatch: (request: WireRequest) => Promise<Delivery>;
	/** Requests that are not AWS's: the control routes. */
	readonly control: (request: WireRequest) => Promise<WireResponse>;
	readonly wall: WallClock;
}

export const controlPrefix = '/_sandbox/';

// The largest request that a simulated service takes is a GetMetricData of 500 queries, well below this.
const bodyLimitBytes = 16 * 1024 * 1024;

/** An HTTP server that answers every service on one port, connections kept alive. */
export function createWireServer(options: ServerOptions): Server {
	const server = createServer({ keepAliveTimeout: 65_000 }, (incoming, outgoing) => {
		handle(options, incoming, outgoing).catch((error: unknown) => {
			console.error('sandbox: a request failed', error);
			outgoing.destroy();
		});
	});
	return server;
}

async function handle(
	options: ServerOptions,
	incoming: IncomingMessage,
	outgoing: ServerResponse,
): Promise<void> {
	const request = await readRequest(incoming);
	if (request === null) {
		outgoing.writeHead(413, { connection: 'close' }).end();
		return;
	}
	if (request.path.startsWith(controlPrefix)) {
		send(outgoing, await options.control(request), options.wall());
		return;
	}
	const delivery = await options.dispatch(request);
	if (delivery.delayMs > 0) await sleep(delivery.delayMs);
	if (delivery.drop === 'before') {
		outgoing.destroy();
		return;
	}
	const nowMs = options.wall() + delivery.skewMs;
	if (delivery.drop === 'within') cutShort(outgoing, delivery.response, nowMs);
	else send(outgoing, delivery.response, nowMs);
}

function send(outgoing: ServerResponse, response: WireResponse, nowMs: number): void {
	outgoing.writeHead(response.status, {
		...response.headers,
		date: new Date(nowMs).toUTCString(),
		// An answer to HEAD states the length of what it does not send.
		'content-length':
			response.headers['content-length'] ?? String(Buffer.byteLength(response.body)),
	});
	outgoing.end(response.body);
}

/** Sends half of what it announced. */
function cutShort(outgoing: ServerResponse, response: WireResponse, nowMs: number): void {
	const body = Buffer.from(response.body);
	outgoing.writeHead(response.status, {
		...response.headers,
		date: new Date(nowMs).toUTCString(),
		'content-length': body.length + 1,
	});
	outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => outgoing.destroy());
}

async function readRequest(incoming: IncomingMessage): Promise<WireRequest | null> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of incoming as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes > bodyLimitBytes) return null;
		chunks.push(chunk);
	}
	const url = incoming.url ?? '/';
	const mark = url.indexOf('?');
	return {
		method: incoming.method ?? 'GET',
		path: mark < 0 ? url : url.slice(0, mark),
		query: mark < 0 ? '' : url.slice(mark + 1),
		headers: Object.fromEntries(
			Object.entries(incoming.headers).map(([name, value]) => [
				name,
				Array.isArray(value) ? value.join(', ') : value,
			]),
		),
		body: Buffer.concat(chunks),
	};
}
