import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';

import { openJson, sealJson } from '../codec/blob.ts';
import type { Leases } from '../collection/collection.ts';
import { randomUUID } from 'node:crypto';
import { ItemMemory } from '../dynamo/sharedReads.ts';
import { isDirectoryStale, readDirectory, rebuildDirectory } from './directory.ts';
import { noteNews, noteWatched, readNewsMs, readWatchedMs } from './news.ts';
import type { Rollups } from './rollups.ts';
import { readWindow, rebuildWindow, windowSource, type WindowsDeps } from './windows.ts';

const leaseMs = 5 * 60_000;
/** Compressed hours that builds read again and again while a window's end moves through them. */
const hourMemoryBytes = 16 * 1024 * 1024;
const maxNameLength = 80;
const maxDocumentBytes = 10 * 1024 * 1024;

export function createRollups(deps: WindowsDeps & { readonly leases: Leases }): Rollups {
	const { blobs, leases } = deps;
	const remembering = { ...deps, hourMemory: new ItemMemory(hourMemoryBytes) };
	/** One builder of a blob at a time; whoever comes second has nothing to add. */
	const alone = async (ctx: Ctx, name: string, build: () => Promise<void>) => {
		const lease = await leases.acquire(ctx, `rollup/${name}`, {
			holder: randomUUID(),
			forMs: leaseMs,
		});
		if (lease === null) return;
		try {
			await build();
		} finally {
			await leases.release(ctx, lease);
		}
	};
	const documentName = (name: string) => {
		if (name === '' || name.length > maxNameLength || name.includes('#')) {
			throw new LamplightError('invalid_input', `document name "${name.slice(0, 60)}"`);
		}
		return `document.${name}`;
	};
	const buildDirectory = async (ctx: Ctx) => {
		// Asked every minute and mostly without news: a lease would be two writes for nothing.
		if (await isDirectoryStale(deps, ctx)) {
			await alone(ctx, 'directory', () => rebuildDirectory(deps, ctx));
		}
	};
	return {
		directory: (ctx) => readDirectory(deps, ctx),
		fleetWindow: (ctx, window, parts = {}) => readWindow(deps, ctx, { window, ...parts }),
		async freshness(ctx) {
			const heads = await blobs.heads(ctx);
			return new Map(
				[...heads].map(([name, { builtMs, version }]) => [name, { builtMs, version }]),
			);
		},
		noteNews: (ctx) => noteNews(deps.db, ctx),
		newsMs: (ctx) => readNewsMs(deps.db, ctx),
		noteWatched: (ctx) => noteWatched(deps.db, ctx),
		watchedMs: (ctx) => readWatchedMs(deps.db, ctx),
		isDirectoryStale: (ctx) => isDirectoryStale(deps, ctx),
		rebuildDirectory: buildDirectory,
		async rebuildWindows(ctx, windows) {
			// Rows refer to places in the directory, so new functions get theirs first.
			await buildDirectory(ctx);
			const source = await windowSource(remembering, ctx);
			for (const window of windows) {
				await alone(ctx, window, () => rebuildWindow(remembering, ctx, { window, source }));
			}
		},
		async putDocument(ctx, name, value) {
			const blob = sealJson(value);
			if (blob.length > maxDocumentBytes) {
				throw new LamplightError('too_large', `The document ${name} is over 10 MB`);
			}
			await blobs.put(ctx, documentName(name), blob);
		},
		async document(ctx, name) {
			const key = documentName(name);
			const found = (await blobs.load(ctx, [key], (_, blob) => openJson(blob))).get(key);
			return found === undefined ? null : { builtMs: found.head.builtMs, value: found.value };
		},
	};
}
