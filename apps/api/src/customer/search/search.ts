import type { Ctx } from '@lamplight/core/ctx';

import type { Range } from '../../fleet/range.ts';
import { groupsOf } from '../groups.ts';
import { searchable } from '../scope.ts';
import { continueFilter } from './filter.ts';
import { continueInsights } from './insights.ts';
import { startQueries } from './insightsStart.ts';
import { findSearch, keepSearch, type SearchAnswer, type SearchDeps, type Wanted } from './kept.ts';
import { chooseEngine, type InsightsTerms, insightsTerms } from './terms.ts';
import { volumesOf } from './volume.ts';

export interface BeginRequest {
	readonly wanted: Wanted;
	readonly range: Range;
	readonly engine: 'auto' | 'filter' | 'insights';
	readonly maxCostUsd: number | undefined;
}

/** Begins a search and gives its first answer. Throws what stands against Insights when it was asked for. */
export async function beginSearch(
	deps: SearchDeps,
	ctx: Ctx,
	request: BeginRequest,
): Promise<SearchAnswer> {
	const { wanted, engine, maxCostUsd } = request;
	const kept = { ...wanted, workspaceId: ctx.workspaceId };
	if (engine !== 'filter') {
		const { terms, volumes, chosen } = await weigh(deps, ctx, request);
		if (engine === 'insights' && terms.refusal !== null) throw terms.refusal;
		if (engine === 'insights' || chosen === 'insights') {
			const using = { wanted, terms: terms.ofConnections, volumes, maxCostUsd };
			const started = await startQueries(deps, ctx, using);
			const search = { ...kept, queries: [...started.queries] };
			const searchId = await keepSearch(deps, ctx, search);
			const step = await continueInsights(deps, ctx, { searchId, search, after: undefined });
			return {
				...step,
				failures: [...started.failures, ...step.failures],
				limits: [...started.limits, ...step.limits],
			};
		}
	}
	const search = { ...kept, queries: null };
	const searchId = await keepSearch(deps, ctx, search);
	return continueFilter(deps, ctx, { searchId, search, after: undefined });
}

/** Goes on with a search, by the way it began. */
export async function goOn(
	deps: SearchDeps,
	ctx: Ctx,
	{ searchId, after }: { readonly searchId: string; readonly after: string | undefined },
): Promise<{ answer: SearchAnswer; wanted: Wanted }> {
	const search = await findSearch(deps, ctx, searchId);
	const step = { searchId, search, after };
	const answer =
		search.queries === null
			? await continueFilter(deps, ctx, step)
			: await continueInsights(deps, ctx, step);
	return { answer, wanted: search };
}

export interface Weighed {
	readonly terms: InsightsTerms;
	readonly volumes: ReadonlyMap<string, number | null>;
	/** What a search that names no engine uses. */
	readonly chosen: 'filter' | 'insights';
	readonly groups: number;
}

/** What a search would read and cost by either way. */
export async function weigh(
	deps: SearchDeps,
	ctx: Ctx,
	{ wanted, range, maxCostUsd }: Omit<BeginRequest, 'engine'>,
): Promise<Weighed> {
	const searched = await searchable(deps, ctx, wanted.functions);
	const volumes = await volumesOf(deps, ctx, { searched, range });
	const terms = await insightsTerms(deps, ctx, { searched, volumes, maxCostUsd });
	return {
		terms,
		volumes,
		chosen: chooseEngine(searched, terms),
		groups: groupsOf(searched).length,
	};
}
