import type { LogEvent } from '@lamplight/aws/records/filterEvents';
import type { Ctx } from '@lamplight/core/ctx';
import { invalidField } from '@lamplight/core/errors';
import { type FunctionId, functionIdSchema } from '@lamplight/core/ids';
import * as z from 'zod';

import type { LogTail } from '../contract/logs.ts';
import { hashOf } from '../session/people.ts';
import { sign, unsign } from '../session/signed.ts';
import { type Group, groupsOf, writerOf } from './groups.ts';
import { filterPattern, fitLines, lineOf } from './lines.ts';
import { type LinesRead, readLines } from './readLines.ts';
import { searchable } from './scope.ts';
import type { SearchDeps } from './search/kept.ts';

const stateSchema = z.object({
	fromMs: z.number(),
	functions: z.array(functionIdSchema),
	pattern: z.string(),
	/** Short hashes, one after the other, of lines told already that the next reading finds again. */
	seen: z.string(),
});
type TailState = z.infer<typeof stateSchema>;

const maxTailFunctions = 10;
const maxTailLines = 500;
const tailFromMs = 30_000;
/** Lines become readable up to half a minute after they were written: so much is read again. */
const overlapMs = 40_000;
/** So that a cursor fits into an address. */
const maxSeen = 400;
const pollEveryMs = 3_000;
// FilterLogEvents, API reference, `limit`, read 2026-11. It gives the oldest first.
const maxEventsPerPage = 10_000;
const maxPages = 2;

export interface TailQuery {
	readonly function: FunctionId | readonly FunctionId[];
	readonly text?: string | undefined;
	readonly cursor?: string | undefined;
}

interface Fresh {
	readonly event: LogEvent;
	readonly id: FunctionId;
}

/** The lines that became readable since the cursor, each once, and the cursor that goes on from there. */
export async function tail(deps: SearchDeps, ctx: Ctx, query: TailQuery): Promise<LogTail> {
	const nowMs = deps.clock();
	const state = tailState(deps, ctx, { query, nowMs });
	const groups = groupsOf(await searchable(deps, ctx, state.functions));
	const range = { fromMs: state.fromMs, toMs: Math.max(nowMs + 1_000, state.fromMs + 1) };
	const read = await Promise.all(
		groups.map(({ reader }) =>
			readLines(deps, ctx, reader, {
				range,
				pattern: state.pattern,
				maxPages,
				limit: maxEventsPerPage,
			}),
		),
	);
	const found = written(groups, read);
	const seen = new Set(state.seen.match(/.{6}/g));
	const fresh = found.filter((one) => !seen.has(hashOfLine(one)));
	const shown = fresh.slice(-maxTailLines);
	const fit = fitLines(shown.map(({ event, id }) => lineOf(event, { functionId: id })));
	const next = nextState(state, found, nowMs);
	const isCut = fresh.length > shown.length || read.some((one) => one.next !== null);
	return {
		lines: fit.lines,
		cursor: sign(deps.settings.secret, `tail ${ctx.workspaceId}`, JSON.stringify(next)),
		pollAfterMs: pollEveryMs,
		dropped: fresh.length - shown.length,
		failures: read.flatMap(({ failure }, at) =>
			failure === null
				? []
				: (groups[at]?.writers ?? []).map(({ fn }) => ({
						functionId: fn.id,
						reason: failure.reason,
					})),
		),
		limits: [
			...fit.limits,
			...(isCut
				? [
						{
							limit: 'tailLines',
							max: maxTailLines,
							message: 'More lines are written than are shown here. Add words to look for.',
						},
					]
				: []),
		],
	};
}

/** The lines of the groups with who wrote them, oldest first. */
function written(groups: readonly Group[], read: readonly LinesRead[]): Fresh[] {
	return read
		.flatMap(({ events }, at) => {
			const { writers } = groups[at] ?? { writers: [] };
			return events.flatMap((event) => {
				const id = writerOf(writers, event.logStream);
				return id === null ? [] : [{ event, id }];
			});
		})
		.sort((a, b) => a.event.timestampMs - b.event.timestampMs);
}

/** Reads the newest stretch again, as lines come late; under a flood a shorter one, never a line twice. */
function nextState(state: TailState, found: readonly Fresh[], nowMs: number): TailState {
	const fromMs = Math.max(state.fromMs, nowMs - overlapMs);
	const again = found.filter(({ event }) => event.timestampMs >= fromMs);
	if (again.length <= maxSeen) return { ...state, fromMs, seen: hashesOf(again) };
	const firstMs = (again[again.length - maxSeen]?.event.timestampMs ?? nowMs) + 1;
	const kept = again.filter(({ event }) => event.timestampMs >= firstMs);
	return { ...state, fromMs: firstMs, seen: hashesOf(kept) };
}

function hashesOf(found: readonly Fresh[]): string {
	return found.map(hashOfLine).join('');
}

function hashOfLine({ event, id }: Fresh): string {
	return hashOf(`${id} ${event.id}`).slice(0, 6);
}

function tailState(
	deps: SearchDeps,
	ctx: Ctx,
	{ query, nowMs }: { readonly query: TailQuery; readonly nowMs: number },
): TailState {
	const functions = [query.function].flat().slice(0, maxTailFunctions);
	const pattern = filterPattern(query.text, undefined);
	if (query.cursor === undefined) {
		return { fromMs: nowMs - tailFromMs, functions, pattern, seen: '' };
	}
	const text = unsign(deps.settings.secret, `tail ${ctx.workspaceId}`, query.cursor);
	if (text === null) {
		throw invalidField('query.cursor', 'expected the cursor of a tail', query.cursor);
	}
	const state = stateSchema.parse(JSON.parse(text));
	if (state.pattern === pattern && state.functions.join() === functions.join()) return state;
	throw invalidField('query.cursor', 'expected the cursor of this same tail', query.cursor);
}
