import { readFile, stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

import { etagOf, matchesEtag } from '../middleware/headers.ts';

/** The dashboard's built files. */
export interface StaticFiles {
	/** The file of a path, else the page that every other path is: the dashboard routes itself. */
	answer(request: Request): Promise<Response>;
}

const types: Readonly<Record<string, string>> = {
	'.html': 'text/html; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
	'.css': 'text/css; charset=utf-8',
	'.json': 'application/json; charset=utf-8',
	'.webmanifest': 'application/manifest+json',
	'.svg': 'image/svg+xml',
	'.png': 'image/png',
	'.ico': 'image/x-icon',
	'.woff2': 'font/woff2',
	'.txt': 'text/plain; charset=utf-8',
	'.map': 'application/json; charset=utf-8',
};
const compressible = new Set([
	'.html',
	'.js',
	'.css',
	'.json',
	'.svg',
	'.txt',
	'.webmanifest',
	'.map',
]);
/** What adapter-static writes for every page without a file of its own. */
const fallbackFile = '200.html';
/** Names below hold a hash of their content. */
const immutablePrefix = '/_app/immutable/';
const maxCachedBytes = 64 * 1_024 * 1_024;

interface File {
	readonly body: Uint8Array<ArrayBuffer>;
	readonly compressed: Uint8Array<ArrayBuffer> | null;
	readonly etag: string;
	readonly type: string;
	readonly mtimeMs: number;
}

/** Serves a folder of built files; compressed once, kept in memory, read again when they change. */
export function staticFiles(folder: string): StaticFiles {
	const cache = new Map<string, File>();
	let cachedBytes = 0;
	const load = async (path: string): Promise<File | null> => {
		const found = await stat(path).catch(() => null);
		if (found === null || !found.isFile()) return null;
		const known = cache.get(path);
		if (known?.mtimeMs === found.mtimeMs) return known;
		const body = new Uint8Array(await readFile(path));
		const extension = extname(path);
		const file: File = {
			body,
			compressed: compressible.has(extension) ? brotli(body) : null,
			etag: etagOf(body),
			type: types[extension] ?? 'application/octet-stream',
			mtimeMs: found.mtimeMs,
		};
		if (cachedBytes > maxCachedBytes) {
			cache.clear();
			cachedBytes = 0;
		}
		cachedBytes += body.byteLength + (file.compressed?.byteLength ?? 0);
		cache.set(path, file);
		return file;
	};
	return {
		answer: async (request) => {
			if (request.method !== 'GET' && request.method !== 'HEAD') {
				return new Response(null, { status: 405, headers: { allow: 'GET, HEAD' } });
			}
			const { pathname } = new URL(request.url);
			const path = pathIn(folder, pathname);
			const own = path === null ? null : await load(path);
			if (own !== null) return respond(request, own, pathname.startsWith(immutablePrefix));
			// A missing script must be a 404: as a page it would be run and fail in a stranger way.
			// The dashboard's own pages lie under /w/; a function's id holds dots and may end like a file.
			const isFile = pathname.startsWith('/_app/') || extname(pathname) in types;
			if (isFile && !pathname.startsWith('/w/')) return notFound();
			const page = await load(join(folder, fallbackFile));
			return page === null ? notFound() : respond(request, page, false);
		},
	};
}

/** The file that a path names, or `null` when it would lie outside the folder. */
function pathIn(folder: string, pathname: string): string | null {
	let decoded: string;
	try {
		decoded = decodeURIComponent(pathname);
	} catch {
		return null;
	}
	if (decoded.includes('\0')) return null;
	const root = normalize(folder + sep);
	const path = normalize(join(root, decoded));
	return path.startsWith(root) ? path : null;
}

function brotli(body: Uint8Array): Uint8Array<ArrayBuffer> {
	const params = { [constants.BROTLI_PARAM_QUALITY]: 6 };
	return new Uint8Array(brotliCompressSync(body, { params }));
}

function respond(request: Request, file: File, immutable: boolean): Response {
	const headers = new Headers({
		'content-type': file.type,
		etag: file.etag,
		'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
		vary: 'accept-encoding',
	});
	if (file.type.startsWith('text/html')) {
		// The page has its own policy; this part of one works in a header only.
		headers.set('content-security-policy', "frame-ancestors 'none'");
	}
	if (matchesEtag(request.headers.get('if-none-match') ?? undefined, file.etag)) {
		return new Response(null, { status: 304, headers });
	}
	const takesBrotli = /(^|,)\s*br\s*(,|;|$)/.test(request.headers.get('accept-encoding') ?? '');
	const compressed = takesBrotli ? file.compressed : null;
	if (compressed !== null) headers.set('content-encoding', 'br');
	const body = compressed ?? file.body;
	headers.set('content-length', String(body.byteLength));
	return new Response(request.method === 'HEAD' ? null : body, { headers });
}

function notFound(): Response {
	return new Response('Not found', {
		status: 404,
		headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
	});
}
