import type { Sandbox } from '../sandbox.ts';
import { neighbour } from '../world/neighbour.ts';
import type { TimeRange } from '../world/world.ts';

/** Each with what it tells. Times are epoch milliseconds, functions `account.region.name`. */
export const worldRoutes: readonly (readonly [path: string, about: string])[] = [
	['world', 'options, organisation, accounts, regions, time'],
	['truth/functions', '[?account=…]: every function that ever exists'],
	['truth/stories', '?from=…&to=…: what was scripted to go wrong'],
	['truth/invocations', '?function=…&from=…&to=…: the exact executions'],
	['truth/totals', '?function=…&from=…&to=…: their exact sums'],
	['truth/cost', '?function=…&from=…&to=…: cost of whole hours at list price'],
];

/** What the truth is asked for over HTTP: the world as it is, whatever its services say of it. */
export function worldAnswer(
	sandbox: Pick<Sandbox, 'world' | 'truth' | 'clock' | 'hubAccountId'>,
	path: string,
	query: URLSearchParams,
): unknown {
	const { world, truth } = sandbox;
	switch (path) {
		case 'world':
			return {
				options: world.options,
				organization: world.organization,
				accounts: world.accounts,
				// Not connected by anybody yet: for trying how one connects.
				neighbour,
				regions: world.regions,
				hubAccountId: sandbox.hubAccountId,
				nowMs: sandbox.clock.nowMs(),
			};
		case 'truth/functions':
			return world.allFunctions(query.get('account') ?? undefined);
		case 'truth/stories':
			return truth.stories(rangeOf(query));
		case 'truth/invocations':
			return truth.invocations(query.get('function') ?? '', rangeOf(query));
		case 'truth/totals':
			return truth.totals(query.get('function') ?? '', rangeOf(query));
		case 'truth/cost':
			return truth.cost(query.get('function') ?? '', rangeOf(query));
		default:
			return null;
	}
}

function rangeOf(query: URLSearchParams): TimeRange {
	const range = { fromMs: Number(query.get('from')), toMs: Number(query.get('to')) };
	if (!(range.fromMs > 0 && range.toMs > range.fromMs)) {
		throw new RangeError('from, to: expected epoch milliseconds, from before to');
	}
	return range;
}
