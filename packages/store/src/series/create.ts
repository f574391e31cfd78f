import type { Ctx } from '@lamplight/core/ctx';
import type { ConnectionId, FunctionId } from '@lamplight/core/ids';

import { compact, type CompactDeps } from './compact.ts';
import { writeFragment } from './fragments.ts';
import { beginPastDay } from './pastDay.ts';
import { readFleet } from './readFleet.ts';
import { readFunctionSeries } from './readFunction.ts';
import { readUsage } from './readUsage.ts';
import type { Series } from './series.ts';
import { readTotals, writePastTotals, writeTotals } from './totals.ts';
import { WrittenFragments } from './written.ts';

export interface CreateSeriesDeps extends CompactDeps {
	/** The connection that a function belongs to; `null` when inventory lacks it. */
	readonly connectionOf: (ctx: Ctx, functionId: FunctionId) => Promise<ConnectionId | null>;
	/** Every connection of the workspace. */
	readonly connectionIds: (ctx: Ctx) => Promise<ConnectionId[]>;
}

export function createSeries(deps: CreateSeriesDeps): Series {
	const written = new WrittenFragments();
	return {
		writeFragment: (ctx, fragment) => writeFragment({ ...deps, written }, ctx, fragment),
		writeTotals: (ctx, fragment) => writeTotals(deps, ctx, fragment),
		beginPastDay: (ctx, day) => beginPastDay(deps, ctx, day),
		writePastTotals: (ctx, day) => writePastTotals(deps, ctx, day),
		compact: (ctx, connectionId, limits) => compact(deps, ctx, connectionId, limits),
		readFunctionSeries: (ctx, functionId, { connectionId, ...span }) =>
			readFunctionSeries(deps, ctx, {
				functionId,
				connectionOf: async () => connectionId ?? (await deps.connectionOf(ctx, functionId)),
				...span,
			}),
		readFleet: (ctx, range) => readFleet(deps, ctx, range),
		readUsage: (ctx, range) => readUsage(deps, ctx, range),
		async readTotals(ctx, { connectionIds, ...span }) {
			const ids = connectionIds ?? (await deps.connectionIds(ctx));
			return readTotals(deps, ctx, { ...span, connectionIds: ids });
		},
	};
}
