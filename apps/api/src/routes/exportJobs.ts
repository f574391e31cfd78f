import { LamplightError } from '@lamplight/core/errors';
import {
	type Export,
	exportAt,
	exportFileKey,
	exportFileName,
	exportLinkMs,
	isUnfinished,
	maxUnfinishedExports,
	queuedExport,
} from '@lamplight/core/export/export';
import { exportIdSchema } from '@lamplight/core/ids';

import type { Export as ExportView } from '../contract/exports.ts';
import { resolvePeriod } from '../cost/period.ts';
import { requireListBasis } from '../exports/focusFile.ts';
import { filterItems, inGroups } from '../fleet/list.ts';
import { instant, resolveRange } from '../fleet/range.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import { inPart } from '../http/problem.ts';
import { makeId } from '../session/people.ts';
import { audited } from './audit.ts';
import type { RouteDeps } from './context.ts';

const post = 'POST /v1/w/{ws}/exports';
type ExportJobKeys = typeof post | 'GET /v1/w/{ws}/exports' | 'GET /v1/w/{ws}/exports/{exportId}';

/** Exports of a list. */
const shownExports = 50;
/** Exports of a workspace that are kept at a time; they go after a week. */
const maxKeptExports = 1_000;

/** Files that jobs make: asked for, watched, fetched by a link. */
export function exportJobHandlers(deps: RouteDeps): Handlers<ExportJobKeys> {
	return {
		[post]: (request) => askForFile(deps, request),
		'GET /v1/w/{ws}/exports': async ({ ctx }) => {
			const all = await deps.store.exports.list(ctx);
			const newest = all.sort((a, b) => b.askedMs - a.askedMs).slice(0, shownExports);
			return { exports: newest.map((one) => viewOf(exportAt(one, deps.wallClock()), null)) };
		},
		'GET /v1/w/{ws}/exports/{exportId}': async ({ ctx, params }) => {
			const nowMs = deps.wallClock();
			const found = await deps.store.exports.get(ctx, params.exportId);
			if (found === null || found.expiresMs <= deps.clock()) {
				throw new LamplightError('not_found', 'There is no such export, or its week is over.');
			}
			const one = exportAt(found, nowMs);
			return viewOf(one, one.state === 'ready' ? await linkTo(deps, one, nowMs) : null);
		},
	};
}

async function askForFile(
	deps: RouteDeps,
	{ ctx, body }: ApiRequest<typeof post>,
): Promise<ExportView> {
	inPart('body', () => refuseEarly(deps, body));
	const nowMs = deps.wallClock();
	refuseTooMany(await deps.store.exports.list(ctx), nowMs);
	const { actor } = ctx;
	const wanted = queuedExport(
		{
			id: exportIdSchema.parse(makeId('exp')),
			workspaceId: ctx.workspaceId,
			what: body.what,
			form: body.form,
			query: queryOf(body),
			askedBy:
				actor.kind === 'member'
					? { kind: actor.kind, name: actor.email }
					: { kind: actor.kind, name: actor.kind === 'token' ? actor.tokenId : actor.job },
			dataNowMs: deps.clock(),
		},
		nowMs,
	);
	await deps.store.exports.create(ctx, wanted);
	const { id: exportId, workspaceId } = wanted;
	try {
		const door = await deps.exports();
		await door.send({ kind: 'export', workspaceId, exportId, plannedMs: deps.clock() });
	} catch (error) {
		// Nobody would ever make it: it must not count as one that waits.
		await deps.store.exports.remove(ctx, exportId);
		throw error;
	}
	await audited(deps, ctx, {
		action: 'export.create',
		target: exportId,
		details: { what: body.what, form: body.form },
	});
	return viewOf(wanted, null);
}

/** The query without what was left out, as it is kept. */
function queryOf({ query = {} }: ApiRequest<typeof post>['body']): Export['query'] {
	const given = Object.entries(query).flatMap(([name, value]: [string, Given]) =>
		value === undefined ? [] : [[name, typeof value === 'string' ? value : [...value]] as const],
	);
	return Object.fromEntries(given);
}
type Given = string | readonly string[] | undefined;

/** Throws what the job would only find out later. */
function refuseEarly(deps: RouteDeps, body: ApiRequest<typeof post>['body']): void {
	if (body.what === 'functions') {
		resolveRange(body.query ?? {}, deps.clock());
		inGroups(filterItems([], body.query ?? {}), body.query ?? {});
		return;
	}
	resolvePeriod({ ...body.query, compare: 'none' }, deps.clock());
	if (body.form === 'focus') requireListBasis(body.query?.basis);
}

function refuseTooMany(all: readonly Export[], nowMs: number): void {
	const waiting = all.filter((one) => isUnfinished(exportAt(one, nowMs))).length;
	if (waiting >= maxUnfinishedExports) {
		throw new LamplightError(
			'rate_limited',
			`${waiting} files of this workspace are being made. Ask again when one is ready.`,
			{
				retryAfterSeconds: 15,
				details: { limit: 'unfinishedExports', max: maxUnfinishedExports },
			},
		);
	}
	if (all.length < maxKeptExports) return;
	throw new LamplightError(
		'rate_limited',
		`This workspace had ${all.length} files made within a week; ${maxKeptExports} are kept.`,
		{ retryAfterSeconds: 3_600, details: { limit: 'keptExports', max: maxKeptExports } },
	);
}

async function linkTo(deps: RouteDeps, one: Export, nowMs: number): Promise<ExportView['link']> {
	const forMs = Math.min(exportLinkMs, one.expiresMs - deps.clock());
	const door = await deps.exports();
	const url = await door.link(exportFileKey(one), { nowMs, forMs });
	return { url, expiresAt: instant(nowMs + forMs) };
}

function viewOf(one: Export, link: ExportView['link']): ExportView {
	const { id, what, form, state, share, file, problem } = one;
	return {
		id,
		what,
		form,
		fileName: exportFileName(one),
		askedBy: one.askedBy.name,
		askedAt: instant(one.askedMs),
		state,
		share,
		file,
		problem,
		expiresAt: instant(one.expiresMs),
		link,
	};
}
