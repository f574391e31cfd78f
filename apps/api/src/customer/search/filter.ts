import type { Ctx } from '@lamplight/core/ctx';
import { invalidField } from '@lamplight/core/errors';
import { functionIdSchema } from '@lamplight/core/ids';
import { minuteMs, type TimeRange } from '@lamplight/core/time';
import * as z from 'zod';

import type { LogLine } from '../../contract/logs.ts';
import { sign, unsign } from '../../session/signed.ts';
import { type Group, groupsOf, writerOf } from '../groups.ts';
import { filterPattern, fitLines, lineOf } from '../lines.ts';
import { type LinesRead, readLines } from '../readLines.ts';
import { searchable } from '../scope.ts';
import { histogramOf, wanted } from './found.ts';
import type { SearchAnswer, SearchDeps, SearchStep } from './kept.ts';

/** Log groups read at once. */
const atOnce = 4;
/** One answer ends after so many lines, calls, or this much time. */
const maxLines = 500;
const maxRounds = 12;
const answerWithinMs = 6_000;
/** A range is read in this many stretches, the newest first. */
const stretches = 8;
const shortestStretchMs = 5 * minuteMs;

/** Where a search stands: the stretch, the function in it, and pages begun and not read to the end. */
const placeSchema = z.object({
	stretch: z.number().int(),
	at: z.number().int(),
	tokens: z.array(z.string().nullable()),
});
type Place = z.infer<typeof placeSchema>;

/** Reads on from a place: as many lines as an answer holds, or until its time is up. */
export async function continueFilter(
	deps: SearchDeps,
	ctx: Ctx,
	{ searchId, search, after }: SearchStep,
): Promise<SearchAnswer> {
	const spans = stretchesOf(search);
	const searched = await searchable(deps, ctx, search.functions);
	const groups = groupsOf(searched);
	const pattern = filterPattern(search.text, search.requestId);
	const purpose = `search ${searchId}`;
	let place = readPlace(deps, purpose, after);
	const untilMs = performance.now() + answerWithinMs;
	const lines: LogLine[] = [];
	const failures = new Map<string, string>();
	let linesRead = 0;
	for (let round = 0; round < maxRounds; round += 1) {
		const span = spans[place.stretch];
		if (span === undefined) break;
		const some = groups.slice(place.at, place.at + atOnce);
		const read = await readSome(deps, ctx, { groups: some, place, span, pattern });
		read.forEach((one, at) => {
			const { writers } = some[at] ?? { writers: [] };
			if (one === null) return;
			const { failure } = one;
			if (failure !== null) writers.forEach(({ fn }) => failures.set(fn.id, failure.reason));
			linesRead += one.events.length;
			lines.push(
				...one.events.flatMap((event) => {
					const functionId = writerOf(writers, event.logStream);
					if (functionId === null) return [];
					const line = lineOf(event, { functionId });
					return wanted(line, search) ? [line] : [];
				}),
			);
		});
		place = nextPlace(place, read, groups.length);
		if (lines.length >= maxLines || performance.now() > untilMs) break;
	}
	const done = spans[place.stretch] === undefined;
	return {
		searchId,
		state: done ? 'done' : 'running',
		engine: 'filter',
		insights: null,
		after: done ? null : sign(deps.settings.secret, purpose, JSON.stringify(place)),
		histogram: histogramOf(lines, search),
		functions: searched.map(({ label }) => label),
		progress: {
			share: done ? 1 : Math.min(1, (place.stretch + place.at / groups.length) / spans.length),
			groupsDone: done ? groups.length : place.at,
			groups: groups.length,
			linesRead,
		},
		failures: [...failures].map(([functionId, reason]) => ({
			functionId: functionIdSchema.parse(functionId),
			reason,
		})),
		...fitLines(lines),
	};
}

function readPlace(deps: SearchDeps, purpose: string, after: string | undefined): Place {
	if (after === undefined) return { stretch: 0, at: 0, tokens: [] };
	const text = unsign(deps.settings.secret, purpose, after);
	if (text === null) throw invalidField('query.after', 'expected `after` of this search', after);
	return placeSchema.parse(JSON.parse(text));
}

interface SomeGroups {
	readonly groups: readonly Group[];
	readonly place: Place;
	readonly span: TimeRange;
	readonly pattern: string;
}

/** One page of each of some groups; `null` for those already read to their end. */
function readSome(
	deps: SearchDeps,
	ctx: Ctx,
	{ groups, place, span, pattern }: SomeGroups,
): Promise<(LinesRead | null)[]> {
	return Promise.all(
		groups.map(async ({ reader }, at) => {
			const token = place.tokens[at];
			if (token === null) return null;
			return readLines(deps, ctx, reader, {
				range: span,
				pattern,
				maxPages: 1,
				limit: Math.ceil(maxLines / groups.length),
				token,
			});
		}),
	);
}

function nextPlace(place: Place, read: readonly (LinesRead | null)[], groups: number): Place {
	if (read.some((one) => one !== null && one.next !== null)) {
		return { ...place, tokens: read.map((one) => one?.next ?? null) };
	}
	const at = place.at + atOnce;
	return at < groups
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
