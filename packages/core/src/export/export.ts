import * as z from 'zod';

import { exportIdSchema, workspaceIdSchema } from '../ids.ts';
import { dayMs, minuteMs } from '../time.ts';

/** What a file is of, and in which form. */
export const exportWhats = ['functions', 'costs'] as const;
export const exportForms = ['csv', 'json', 'focus'] as const;

/** A finished file and its record are kept for so long; the bucket's lifecycle is the same. */
export const exportKeptMs = 7 * dayMs;
/** A link to a file works for so long; the next look at the export gives another. */
export const exportLinkMs = 5 * minuteMs;
/** Work that has not been heard of for so long has ended without a word. */
export const exportStalledMs = 10 * minuteMs;
/** Exports of a workspace that may wait or run at once. */
export const maxUnfinishedExports = 4;
/** Rows and bytes of one file. */
export const maxExportRows = 5_000_000;
export const maxExportBytes = 2_000_000_000;

const instantMs = z.number().int().nonnegative();

const fileSchema = z.object({
	bytes: z.number().int().nonnegative(),
	rows: z.number().int().nonnegative(),
	/** SHA-256 of the file, in hex. */
	sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type ExportFile = z.infer<typeof fileSchema>;

/** One file that somebody asked for: made by a job, fetched by a link. */
export const exportSchema = z.object({
	id: exportIdSchema,
	workspaceId: workspaceIdSchema,
	what: z.enum(exportWhats),
	form: z.enum(exportForms),
	/** Span, filters and order, as the list itself takes them. */
	query: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
	askedBy: z.object({ kind: z.enum(['member', 'token', 'job']), name: z.string() }),
	askedMs: instantMs,
	/** The data's time when it was asked for: of what `now-24h` in `query` means. */
	dataNowMs: instantMs,
	state: z.enum(['queued', 'running', 'ready', 'failed']),
	/** When the work was last heard of, in real time. */
	beatMs: instantMs,
	/** Share of what was asked for that is in the file, 0 to 1. */
	share: z.number().min(0).max(1),
	/** `null` until it is ready. */
	file: fileSchema.nullable(),
	/** Why there is no file; `null` unless it failed. */
	problem: z.object({ code: z.string(), message: z.string() }).nullable(),
	/** By the data's time, as everything that the store lets go. */
	expiresMs: instantMs,
});
export type Export = z.infer<typeof exportSchema>;

/** What the queue carries of an export. */
export const exportMessageSchema = z.object({
	kind: z.literal('export'),
	workspaceId: workspaceIdSchema,
	plannedMs: instantMs,
	exportId: exportIdSchema,
});
export type ExportMessage = z.infer<typeof exportMessageSchema>;

/** An export that nobody has begun. `nowMs` is real time. */
export function queuedExport(
	asked: Pick<Export, 'id' | 'workspaceId' | 'what' | 'form' | 'query' | 'askedBy' | 'dataNowMs'>,
	nowMs: number,
): Export {
	return {
		...asked,
		askedMs: nowMs,
		state: 'queued',
		beatMs: nowMs,
		share: 0,
		file: null,
		problem: null,
		expiresMs: asked.dataNowMs + exportKeptMs,
	};
}

/** True while a file may still come of it. */
export function isUnfinished({ state }: Pick<Export, 'state'>): boolean {
	return state === 'queued' || state === 'running';
}

/** The export as it stands: work that has stalled has failed, whoever was to write so. */
export function exportAt(one: Export, nowMs: number): Export {
	if (!isUnfinished(one) || nowMs - one.beatMs < exportStalledMs) return one;
	const message = 'The work on this file ended without a word. Ask for it again.';
	return { ...one, state: 'failed', problem: { code: 'unavailable', message } };
}

const endings = { csv: 'csv', json: 'json', focus: 'csv' } as const;

/** What a browser calls the file, such as `lamplight-costs.csv`. */
export function exportFileName({ what, form }: Pick<Export, 'what' | 'form'>): string {
	return `lamplight-${form === 'focus' ? 'focus' : what}.${endings[form]}`;
}

/** Where the file lies in the bucket: nobody can guess it, and it begins with the workspace. */
export function exportFileKey({ workspaceId, id, form }: Export): string {
	return `${workspaceId}/${id}.${endings[form]}`;
}

export function exportMediaType({ form }: Pick<Export, 'form'>): string {
	return form === 'json' ? 'application/json; charset=utf-8' : 'text/csv; charset=utf-8';
}
