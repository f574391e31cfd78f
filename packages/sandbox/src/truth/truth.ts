import { functionCost, type FunctionCost } from '../bill/functionCost.ts';
import type { LivingWorld } from '../world/create.ts';
import type { Story, TimeRange } from '../world/world.ts';
import type { Invocation, InvocationTotals } from '../world/invocation.ts';

/** What really happened, whatever the services say of it. Functions are named `account.region.name`. */
export interface Truth {
	/** The exact executions that start in the range, ascending. */
	invocations(functionId: string, range: TimeRange): Invocation[];
	totals(functionId: string, range: TimeRange): InvocationTotals;
	/** At list price, by kind of usage. Throws RangeError unless the range is of whole hours. */
	cost(functionId: string, range: TimeRange): FunctionCost;
	/** What was scripted to go wrong, and where. */
	stories(range: TimeRange): readonly Story[];
}

const hourMs = 3_600_000;

/** The truth about a world. Throws RangeError for a function that it does not have. */
export function truthOf(world: LivingWorld): Truth {
	const known = (functionId: string): string => {
		if (world.functionById(functionId) !== null) return functionId;
		throw new RangeError(
			`function: expected account.region.name of a function, got ${functionId.slice(0, 60)}`,
		);
	};
	return {
		invocations: (functionId, range) => world.invocations(known(functionId), range),
		totals: (functionId, range) => world.totals(known(functionId), range),
		cost(functionId, range) {
			if (range.fromMs % hourMs !== 0 || range.toMs % hourMs !== 0) {
				throw new RangeError('from, to: expected whole hours');
			}
			return functionCost(world, known(functionId), range);
		},
		stories: (range) => world.stories(range),
	};
}
