import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

import type { ResponseOf, RouteKey } from '@lamplight/api/contract/client';
import type { Problem } from '@lamplight/api/contract/shared';

import type { Asked } from './handler.ts';
import { handlers } from './handlers.ts';

/**
 * An API of invented figures for tests of pages: typed by the contract, so that an answer the real
 * API could not give does not compile. It serves the built dashboard from the same origin.
 */
export interface FakeApi {
	readonly origin: string;
	/** Makes a route fail with a status until `heal`; 0 cuts the connection. */
	fail(key: string, status: number, problem?: Partial<Problem>): void;
	/** Changes fields of what a route answers until `heal`: what is partial, withheld or left out. */
	amend<K extends RouteKey>(key: K, change: Partial<ResponseOf<K>>): void;
	heal(): void;
	/** Cuts every call until `heal`; the files of the dashboard are still served. */
	goDown(): void;
	/** Keeps every answer back until what it gives is called, or `heal`. */
	hold(): () => void;
	/** Delays every answer. */
	delay(ms: number): void;
	/** Calls as `METHOD /path?query`, oldest first. */
	calls(): readonly string[];
	close(): Promise<void>;
}

interface State {
	failures: Map<string, { status: number; problem: Partial<Problem> }>;
	amendments: Map<string, object>;
	/** No call is answered at all. */
	isDown: boolean;
	/** Resolves when answers may go out; `null` when none is kept back. */
	held: Promise<void> | null;
	release: () => void;
	delayMs: number;
	calls: string[];
}

export async function startFakeApi(buildFolder: string, port = 0): Promise<FakeApi> {
	const state: State = {
		failures: new Map(),
		amendments: new Map(),
		isDown: false,
		held: null,
		release: () => undefined,
		delayMs: 0,
		calls: [],
	};
	const server = createServer((request, response) => {
		answer(state, buildFolder, request, response).catch((error: unknown) => {
			response.writeHead(500).end(String(error));
		});
	});
	await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
	return {
		origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		fail: (key, status, problem = {}) => state.failures.set(key, { status, problem }),
		amend: (key, change) => state.amendments.set(key, change),
		goDown: () => (state.isDown = true),
		heal: () => {
			state.failures.clear();
			state.amendments.clear();
			state.isDown = false;
			state.release();
			state.delayMs = 0;
		},
		hold: () => hold(state),
		delay: (ms) => (state.delayMs = ms),
		calls: () => state.calls,
		close: () => closed(server),
	};
}

function hold(state: State): () => void {
	state.held = new Promise((resolve) => {
		state.release = () => {
			state.held = null;
			resolve();
		};
	});
	return state.release;
}

function closed(server: Server): Promise<void> {
	return new Promise((resolve) => {
		server.close(() => {
			resolve();
		});
		server.closeAllConnections();
	});
}

const patterns = Object.keys(handlers).map((key) => {
	const [method = '', template = ''] = key.split(' ');
	const names: string[] = [];
	const source = template.replace(/\{(\w+)\}/g, (_, name: string) => {
		names.push(name);
		return '([^/]+)';
	});
	return { key, method, names, pattern: new RegExp(`^${source}$`) };
});

async function answer(
	state: State,
	buildFolder: string,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const url = new URL(request.url ?? '/', 'http://fake');
	if (!url.pathname.startsWith('/v1/')) {
		serveFile(buildFolder, url.pathname, response);
		return;
	}
	state.calls.push(`${request.method ?? 'GET'} ${url.pathname}${url.search}`);
	if (state.isDown) {
		response.destroy();
		return;
	}
	if (state.held !== null) await state.held;
	if (state.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, state.delayMs));
	const found = patterns.find(
		({ method, pattern }) => method === request.method && pattern.test(url.pathname),
	);
	if (found === undefined) {
		sendProblem(response, 404, {
			detail: `The fake API has no ${request.method ?? ''} ${url.pathname}.`,
		});
		return;
	}
	const failure = state.failures.get(found.key);
	if (failure !== undefined) {
		if (failure.status === 0) response.destroy();
		else sendProblem(response, failure.status, failure.problem);
		return;
	}
	const values = found.pattern.exec(url.pathname)?.slice(1) ?? [];
	const asked: Asked = {
		params: Object.fromEntries(
			found.names.map((name, at) => [name, decodeURIComponent(values[at] ?? '')]),
		),
		query: url.searchParams,
		body: await bodyOf(request),
	};
	const handler = (handlers as Record<string, ((asked: Asked) => unknown) | undefined>)[found.key];
	const result = amended(handler?.(asked), state.amendments.get(found.key));
	if (result === null) response.writeHead(204).end();
	else if (typeof result === 'string')
		response.writeHead(200, { 'content-type': 'text/csv' }).end(result);
	else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
}

function amended(result: unknown, change: object | undefined): unknown {
	return change === undefined ? result : { ...(result as object), ...change };
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part as Buffer);
	const text = Buffer.concat(parts).toString();
	return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function sendProblem(response: ServerResponse, status: number, problem: Partial<Problem>): void {
	const body: Problem = {
		type: 'about:blank',
		title: 'Problem',
		status,
		code: 'unavailable',
		detail: 'The metrics store did not answer within 10 s.',
		requestId: '5f2291aa-0000',
		fields: [],
		retryAfterSeconds: null,
		details: {},
		...codeOf(status),
		...problem,
	};
	response
		.writeHead(status, { 'content-type': 'application/problem+json' })
		.end(JSON.stringify(body));
}

function codeOf(status: number): Partial<Problem> {
	if (status === 401) return { code: 'unauthenticated', detail: 'Sign in again.' };
	if (status === 403) return { code: 'forbidden', detail: 'Your role does not open this.' };
	if (status === 404) return { code: 'not_found', detail: 'There is none with this id.' };
	if (status === 429)
		return { code: 'rate_limited', detail: 'Too many calls.', retryAfterSeconds: 24 };
	return {};
}

const types: Readonly<Record<string, string>> = {
	'.html': 'text/html',
	'.js': 'text/javascript',
	'.css': 'text/css',
	'.json': 'application/json',
	'.svg': 'image/svg+xml',
	'.woff2': 'font/woff2',
};

function serveFile(folder: string, path: string, response: ServerResponse): void {
	const file = join(folder, normalize(path));
	const found = file.startsWith(folder) && existsSync(file) && statSync(file).isFile();
	const served = found ? file : join(folder, '200.html');
	response.writeHead(200, {
		'content-type': types[extname(served)] ?? 'application/octet-stream',
		// As in front of the real one: names of these files change with what is in them.
		...(path.includes('/immutable/') ? { 'cache-control': 'max-age=31536000, immutable' } : {}),
	});
	createReadStream(served).pipe(response);
}
