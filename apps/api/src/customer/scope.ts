import type { Connection } from '@lamplight/core/connection/connection';
import type { Ctx } from '@lamplight/core/ctx';
import { invalidField, LamplightError } from '@lamplight/core/errors';
import type { LambdaFunction } from '@lamplight/core/function/function';
import { type FunctionId, functionParts } from '@lamplight/core/ids';

import type { FunctionLabel, LimitHit } from '../contract/shared.ts';
import type { ApiDeps } from '../deps.ts';
import { accountNames, labelOf, readConnections } from '../fleet/connections.ts';
import { noValue } from '../fleet/list.ts';

/** Functions whose logs one search may read. */
export const maxSearchedFunctions = 50;

export interface Scope {
	readonly functions?: readonly FunctionId[] | undefined;
	readonly app?: string | undefined;
	readonly account?: string | undefined;
	readonly region?: string | undefined;
}

/** A function whose log group is read, with the connection that leads to it. */
export interface Searched {
	readonly fn: LambdaFunction;
	readonly connection: Connection;
	readonly label: FunctionLabel;
}

/** The functions of a scope, the busiest first when there are too many. Throws when there are none. */
export async function functionsIn(
	deps: Pick<ApiDeps, 'store' | 'wallClock'>,
	ctx: Ctx,
	scope: Scope,
): Promise<{ readonly ids: readonly FunctionId[]; readonly limits: LimitHit[] }> {
	if (scope.functions !== undefined && scope.functions.length > 0) {
		return { ids: scope.functions.slice(0, maxSearchedFunctions), limits: [] };
	}
	const { app, account, region } = scope;
	if (app === undefined && account === undefined && region === undefined) {
		throw invalidField('body.scope', 'expected functions, an app, an account or a region');
	}
	const [directory, window] = await Promise.all([
		deps.store.rollups.directory(ctx),
		deps.store.rollups.fleetWindow(ctx, '24h'),
	]);
	const matching = directory.functions.filter((fn) => {
		const place = functionParts(fn.id);
		if (app !== undefined && (fn.app?.id ?? noValue) !== app) return false;
		if (account !== undefined && place.accountId !== account) return false;
		return region === undefined || place.region === region;
	});
	if (matching.length === 0) {
		throw invalidField('body.scope', 'expected a scope that holds at least one function');
	}
	const runs = (id: FunctionId) => window?.byId.get(id)?.now?.invocations ?? 0;
	const sorted = matching.map(({ id }) => id).sort((a, b) => runs(b) - runs(a));
	return {
		ids: sorted.slice(0, maxSearchedFunctions),
		limits:
			sorted.length > maxSearchedFunctions
				? [
						{
							limit: 'searchedFunctions',
							max: maxSearchedFunctions,
							message: `The scope holds ${sorted.length} functions; the busiest are searched.`,
						},
					]
				: [],
	};
}

/** The functions with their connections; unknown ones are left out. Throws when none is left. */
export async function searchable(
	deps: Pick<ApiDeps, 'store' | 'wallClock'>,
	ctx: Ctx,
	ids: readonly FunctionId[],
): Promise<Searched[]> {
	const [functions, connections] = await Promise.all([
		deps.store.functions.getMany(ctx, ids),
		readConnections(deps, ctx),
	]);
	const byId = new Map(connections.map((one) => [one.id, one]));
	const names = accountNames(connections);
	const found = functions.flatMap((fn) => {
		const connection = fn === null ? undefined : byId.get(fn.connectionId);
		return fn === null || connection === undefined
			? []
			: [{ fn, connection, label: labelOf(fn, names) }];
	});
	if (found.length === 0) throw new LamplightError('not_found', 'There is no such function here.');
	return found;
}
