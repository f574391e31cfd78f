import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError, invalidField } from '@lamplight/core/errors';
import { functionIdSchema } from '@lamplight/core/ids';
import { hourMs, minuteMs, type TimeRange } from '@lamplight/core/time';
import * as z from 'zod';

import { type LogLine, type LogSearch, logLevels } from '../contract/logs.ts';
import type { ApiDeps } from '../deps.ts';
import { instant, stepFor } from '../fleet/range.ts';
import { hashOf, makeId } from '../session/people.ts';
import { sign, unsign } from '../session/signed.ts';
import { filterPattern, lineOf } from './lines.ts';
import { type LinesRead, readLines } from './readLines.ts';
import { searchable, type Searched } from './scope.ts';

/** A search can be gone on with for this long. */
const searchTtlMs = hourMs;
/** Log groups read at once. */
const atOnce = 4;
/** One answer ends after so many lines, calls, or this much time. */
const maxLines = 500;
const maxRounds = 12;
const answerWithinMs = 6_000;
/** A range is read in this many stretches, the newest first. */
const stretches = 8;
const shortestStretchMs = 5 * minuteMs;

const searchSchema = z.object({
	workspaceId: z.string(),
	functions: z.array(functionIdSchema),
	fromMs: z.number(),
	toMs: z.number(),
	pattern: z.string(),
	levels: z.array(z.enum(logLevels)),
});
export type Search = z.infer<typeof searchSchema>;

/** Where a search stands: the stretch, the function in it, and pages begun and not read to the end. */
const placeSchema = z.object({
	stretch: z.number().int(),
	at: z.number().int(),
	tokens: z.array(z.string().nullable()),
});
type Place = z.infer<typeof placeSchema>;

export type SearchDeps = Pick<ApiDeps, 'store' | 'connect' | 'clock' | 'wallClock' | 'settings'>;

/** Remembers a search and returns its id. */
export async function beginSearch(
	deps: SearchDeps,
	ctx: Ctx,
	search: Omit<Search, 'workspaceId' | 'pattern'> & {
		readonly text: string | undefined;
		readonly requestId: string | undefined;
	},
): Promise<{ readonly searchId: string; readonly search: Search }> {
	const { text, requestId, ...rest } = search;
	const kept: Search = {
		...rest,
		workspaceId: ctx.workspaceId,
		pattern: filterPattern(text, requestId),
	};
	const searchId = makeId('srch');
	await deps.store.lookups.putSession(keyOf(searchId), {
		userId: ctx.actor.kind === 'member' ? ctx.actor.userId : 'token',
		data: JSON.stringify(kept),
		expiresMs: deps.wallClock() + searchTtlMs,
	});
	return { searchId, search: kept };
}

function keyOf(searchId: string): string {
	return hashOf(`log search\n${searchId}`);
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

export interface SearchStep {
	readonly searchId: string;
	readonly search: Search;
	/** From the answer before; left out for the first. */
	readonly after: string | undefined;
}

/** Reads on from a place: as many lines as an answer holds, or until its time is up. */
export async function continueSearch(
	deps: SearchDeps,
	ctx: Ctx,
	{ searchId, search, after }: SearchStep,
): Promise<Omit<LogSearch, 'range' | 'limits'>> {
	const spans = stretchesOf(search);
	const searched = await searchable(deps, ctx, search.functions);
	const purpose = `search ${searchId}`;
	let place = readPlace(deps, purpose, after);
	const untilMs = performance.now() + answerWithinMs;
	const lines: LogLine[] = [];
	const failures = new Map<string, string>();
	let linesRead = 0;
	for (let round = 0; round < maxRounds; round += 1) {
		const span = spans[place.stretch];
		if (span === undefined) break;
		const group = searched.slice(place.at, place.at + atOnce);
		const read = await readGroup(deps, ctx, { group, place, span, pattern: search.pattern });
		read.forEach((one, at) => {
			const { fn } = group[at] ?? {};
			if (fn === undefined || one === null) return;
			if (one.failure !== null) failures.set(fn.id, one.failure);
			linesRead += one.events.length;
			const own = one.events.map((event) => lineOf(event, { functionId: fn.id }));
			lines.push(...own.filter((line) => wanted(line, search)));
		});
		place = nextPlace(place, read, searched.length);
		if (lines.length >= maxLines || performance.now() > untilMs) break;
	}
	const done = spans[place.stretch] === undefined;
	return {
		searchId,
		state: done ? 'done' : 'running',
		lines: lines.slice(0, 1_000),
		after: done ? null : sign(deps.settings.secret, purpose, JSON.stringify(place)),
		histogram: histogramOf(lines, search),
		functions: searched.map(({ label }) => label),
		progress: {
			share: done ? 1 : Math.min(1, (place.stretch + place.at / searched.length) / spans.length),
			groupsDone: done ? searched.length : place.at,
			groups: searched.length,
			linesRead,
		},
		failures: [...failures].map(([functionId, reason]) => ({
			functionId: functionIdSchema.parse(functionId),
			reason,
		})),
	};
}

function readPlace(deps: SearchDeps, purpose: string, after: string | undefined): Place {
	if (after === undefined) return { stretch: 0, at: 0, tokens: [] };
	const text = unsign(deps.settings.secret, purpose, after);
	if (text === null) throw invalidField('query.after', 'expected `after` of this search', after);
	return placeSchema.parse(JSON.parse(text));
}

interface GroupRead {
	readonly group: readonly Searched[];
	readonly place: Place;
	readonly span: TimeRange;
	readonly pattern: string;
}

/** One page of each function of a group; `null` for those already read to their end. */
function readGroup(
	deps: SearchDeps,
	ctx: Ctx,
	{ group, place, span, pattern }: GroupRead,
): Promise<(LinesRead | null)[]> {
	return Promise.all(
		group.map(async (one, at) => {
			const token = place.tokens[at];
			if (token === null) return null;
			return readLines(deps, ctx, one, {
				range: span,
				pattern,
				maxPages: 1,
				limit: Math.ceil(maxLines / group.length),
				token,
			});
		}),
	);
}

function nextPlace(place: Place, read: readonly (LinesRead | null)[], functions: number): Place {
	if (read.some((one) => one !== null && one.next !== null)) {
		return { ...place, tokens: read.map((one) => one?.next ?? null) };
	}
	const at = place.at + atOnce;
	return at < functions
		? { stretch: place.stretch, at, tokens: [] }
		: { stretch: place.stretch + 1, at: 0, tokens: [] };
}

function stretchesOf({ fromMs, toMs }: TimeRange): TimeRange[] {
	const lengthMs = Math.max(shortestStretchMs, Math.ceil((toMs - fromMs) / stretches));
	const spans: TimeRange[] = [];
	for (let end = toMs; end > fromMs; end -= lengthMs) {
		spans.push({ fromMs: Math.max(fromMs, end - lengthMs), toMs: end });
	}
	return spans;
}

function wanted(line: LogLine, { levels }: Search): boolean {
	return levels.length === 0 || (line.level !== null && levels.includes(line.level));
}

function histogramOf(
	lines: readonly LogLine[],
	{ fromMs, toMs }: TimeRange,
): LogSearch['histogram'] {
	const stepMs = stepFor((toMs - fromMs) * 5);
	const count = Math.max(1, Math.ceil((toMs - fromMs) / stepMs));
	const counts = Array.from({ length: count }, () => ({ error: 0, warn: 0, info: 0, other: 0 }));
	for (const { at, level } of lines) {
		const step =
			counts[Math.min(count - 1, Math.max(0, Math.floor((Date.parse(at) - fromMs) / stepMs)))];
		if (step === undefined) continue;
		if (level === 'error' || level === 'fatal') step.error += 1;
		else if (level === 'warn') step.warn += 1;
		else if (level === 'info') step.info += 1;
		else step.other += 1;
	}
	return { from: instant(fromMs), stepMs, counts };
}
