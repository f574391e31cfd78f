import { connectionIdSchema, functionIdSchema, regionSchema } from '@lamplight/core/ids';
import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import { hourMs } from '@lamplight/core/time';
import * as z from 'zod';

import { type LogSearch, logLevels } from '../../contract/logs.ts';
import type { ApiDeps } from '../../deps.ts';
import { hashOf, makeId } from '../../session/people.ts';

export type SearchDeps = Pick<ApiDeps, 'store' | 'connect' | 'clock' | 'wallClock' | 'settings'>;

/** A search can be gone on with for this long. */
const searchTtlMs = hourMs;

/** One query of Insights that a search waits for. */
const startedQuerySchema = z.object({
	connectionId: connectionIdSchema,
	region: regionSchema,
	queryId: z.string(),
	/** Places in the search's functions whose groups it reads. */
	functions: z.array(z.number().int()),
	/** The day that its cost counts for. */
	startedMs: z.number(),
	/** It is stopped when it has scanned more. */
	maxBytes: z.number(),
});
export type StartedQuery = z.infer<typeof startedQuerySchema>;

const searchSchema = z.object({
	workspaceId: z.string(),
	functions: z.array(functionIdSchema),
	fromMs: z.number(),
	toMs: z.number(),
	text: z.string().optional(),
	requestId: z.string().optional(),
	levels: z.array(z.enum(logLevels)),
	/** Started once, when the search began; `null` for a search that reads page by page. */
	queries: z.array(startedQuerySchema).nullable(),
});
export type Search = z.infer<typeof searchSchema>;

/** What a search looks for. */
export type Wanted = Omit<Search, 'workspaceId' | 'queries'>;

/** An answer of a search, but for what its route adds. */
export type SearchAnswer = Omit<LogSearch, 'range'>;

/** Remembers a search and returns its id. */
export async function keepSearch(deps: SearchDeps, ctx: Ctx, search: Search): Promise<string> {
	const searchId = makeId('srch');
	await deps.store.lookups.putSession(keyOf(searchId), {
		userId: ctx.actor.kind === 'member' ? ctx.actor.userId : 'token',
		data: JSON.stringify(search),
		expiresMs: deps.wallClock() + searchTtlMs,
	});
	return searchId;
}

/** A search that was begun in this workspace. Throws `gone` when it is too old or another's. */
export async function findSearch(deps: SearchDeps, ctx: Ctx, searchId: string): Promise<Search> {
	const kept = await deps.store.lookups.session(keyOf(searchId));
	const search = kept === null ? null : searchSchema.parse(JSON.parse(kept.data));
	const own = search !== null && search.workspaceId === ctx.workspaceId;
	if (!own || kept === null || kept.expiresMs <= deps.wallClock()) {
		throw new LamplightError('gone', 'This search has ended. Begin it again.');
	}
	return search;
}

function keyOf(searchId: string): string {
	return hashOf(`log search\n${searchId}`);
}

export interface SearchStep {
	readonly searchId: string;
	readonly search: Search;
	/** From the answer before; left out for the first. */
	readonly after: string | undefined;
}
