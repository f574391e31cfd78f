import { exportPieces } from '@lamplight/api/exports/make';
import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import {
	type Export,
	exportAt,
	exportFileKey,
	exportFileName,
	exportMediaType,
	isUnfinished,
	maxExportBytes,
} from '@lamplight/core/export/export';

import { jobCtx } from '../account.ts';
import type { JobDeps } from '../deps.ts';
import type { MessageOf } from '../message.ts';

/** How often work under way says how far it is. */
const beatEveryMs = 2_000;

/**
 * Makes one file and puts it into the bucket. A failure is written down for who asked, who may ask
 * again: the queue does not. Run twice, it makes the same file under the same key.
 */
export async function runExport(deps: JobDeps, message: MessageOf<'export'>): Promise<void> {
	const { workspaceId, exportId } = message;
	const ctx = jobCtx(workspaceId, 'export', exportId);
	const asked = await deps.store.exports.get(ctx, exportId);
	if (asked === null || !isUnfinished(asked)) return;
	const standing = exportAt(asked, deps.wallClock());
	if (!isUnfinished(standing)) {
		await note(deps, ctx, asked, { state: 'failed', problem: standing.problem });
		return;
	}
	try {
		await note(deps, ctx, asked, { state: 'running', beatMs: deps.wallClock() });
		const file = await makeFile(deps, ctx, asked);
		await note(deps, ctx, asked, { state: 'ready', share: 1, file, problem: null });
		deps.log('exported', { exportId, rows: file.rows, bytes: file.bytes });
	} catch (error) {
		await note(deps, ctx, asked, { state: 'failed', problem: problemOf(error) });
		deps.log('export failed', {
			exportId,
			error: error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : 'unknown',
		});
	}
}

async function makeFile(
	deps: JobDeps,
	ctx: Ctx,
	asked: Export,
): Promise<NonNullable<Export['file']>> {
	let rows = 0;
	let toldMs = deps.wallClock();
	async function* texts(): AsyncGenerator<string> {
		for await (const piece of exportPieces(deps, ctx, asked)) {
			rows += piece.rows;
			const nowMs = deps.wallClock();
			if (nowMs - toldMs >= beatEveryMs) {
				toldMs = nowMs;
				await note(deps, ctx, asked, { share: piece.share, beatMs: nowMs });
			}
			yield piece.text;
		}
	}
	const written = await deps.files.write(
		{
			key: exportFileKey(asked),
			mediaType: exportMediaType(asked),
			fileName: exportFileName(asked),
			maxBytes: maxExportBytes,
		},
		texts(),
	);
	return { ...written, rows };
}

async function note(
	deps: JobDeps,
	ctx: Ctx,
	{ id }: Export,
	change: Partial<Export>,
): Promise<void> {
	await deps.store.exports.update(ctx, id, (current) => ({ ...current, ...change }));
}

/** What may be told of a failure: our own words, never those of an unknown fault. */
function problemOf(error: unknown): Export['problem'] {
	if (error instanceof LamplightError) {
		return { code: error.code, message: error.message.slice(0, 400) };
	}
	return { code: 'internal', message: 'Something went wrong on our side. Ask for it again.' };
}
