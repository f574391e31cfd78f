import type { Sandbox } from '../sandbox.ts';
import type { TimeRange } from '../world/world.ts';

/** What the truth is asked for over HTTP: the world as it is, whatever its services say of it. */
export function worldAnswer(
	sandbox: Pick<Sandbox, 'world' | 'clock' | 'hubAccountId'>,
	path: string,
	query: URLSearchParams,
): unknown {
	const { world } = sandbox;
	switch (path) {
		case 'world':
			return {
				options: world.options,
				organization: world.organization,
				accounts: world.accounts,
				regions: world.regions,
				hubAccountId: sandbox.hubAccountId,
				nowMs: sandbox.clock.nowMs(),
			};
		case 'truth/functions':
			return world.allFunctions(query.get('account') ?? undefined);
		case 'truth/stories':
			return world.stories(rangeOf(query));
		case 'truth/invocations':
			return world.invocations(functionOf(sandbox, query), rangeOf(query));
		case 'truth/totals':
			return world.totals(functionOf(sandbox, query), rangeOf(query));
		default:
			return null;
	}
}

function functionOf(sandbox: Pick<Sandbox, 'world'>, query: URLSearchParams): string {
	const id = query.get('function') ?? '';
	if (sandbox.world.functionById(id) === null) {
		throw new RangeError(`function: expected account.region.name of a function, got ${id}`);
	}
	return id;
}

function rangeOf(query: URLSearchParams): TimeRange {
	const range = { fromMs: Number(query.get('from')), toMs: Number(query.get('to')) };
	if (!(range.fromMs > 0 && range.toMs > range.fromMs)) {
		throw new RangeError('from, to: expected epoch milliseconds, from before to');
	}
	return range;
}
