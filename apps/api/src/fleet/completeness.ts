import { type Completeness, completenesses } from '@lamplight/core/bucket/bucket';
import type { Connection } from '@lamplight/core/connection/connection';
import type { Ctx } from '@lamplight/core/ctx';
import type { ConnectionId, Region } from '@lamplight/core/ids';
import { dayMs, type TimeRange } from '@lamplight/core/time';
import type { CompletenessSpan } from '@lamplight/store/collection/collection';
import type { Store } from '@lamplight/store/store';

import type { CompletenessSpan as WireSpan } from '../contract/shared.ts';
import type { ApiDeps } from '../deps.ts';
import { kept } from './kept.ts';
import { span } from './range.ts';

/** Minutes are marked for this long; what is older was complete when it was compacted. */
const markedForMs = 34 * dayMs;
const cacheMs = 20_000;
/** The most connections whose marks one page reads; beyond, only the first ones are looked at. */
export const maxMarkedConnections = 200;

/** How complete each region of each connection is over a range. */
export interface CompletenessReading {
	of(connectionId: ConnectionId, region: Region): Completeness;
	spansOf(connectionId: ConnectionId, region: Region): readonly CompletenessSpan[];
	/** Share of region-minutes in each state; `null` when no region was ever marked. */
	readonly shares: Readonly<Record<Completeness, number>> | null;
	/** Regions ever marked, and those of them without a gap. */
	readonly regions: { readonly regions: number; readonly regionsEqual: number };
	/** The fleet's state: the worst of what is not merely provisional, else provisional or complete. */
	readonly overall: Completeness;
}

const keptReadings = kept<CompletenessReading>(cacheMs);

/** Reads the marks of all connections over a range; kept for some seconds, as every page asks. */
export function readCompleteness(
	{ store, clock, wallClock }: Pick<ApiDeps, 'store' | 'clock' | 'wallClock'>,
	ctx: Ctx,
	{
		range,
		connections,
	}: { readonly range: TimeRange; readonly connections: readonly Connection[] },
): Promise<CompletenessReading> {
	const fromMs = Math.max(range.fromMs, clock() - markedForMs);
	const marked: TimeRange = { fromMs, toMs: range.toMs };
	// A function's page asks of its own connection alone, the overview of all.
	const asked = connections.map(({ id }) => id).join();
	const key = `${ctx.workspaceId} ${fromMs} ${range.toMs} ${asked}`;
	return keptReadings.read(store, key, wallClock(), () =>
		readMarks(store, ctx, marked, connections),
	);
}

async function readMarks(
	store: Store,
	ctx: Ctx,
	range: TimeRange,
	connections: readonly Connection[],
): Promise<CompletenessReading> {
	const regions = new Map<string, readonly CompletenessSpan[]>();
	if (range.fromMs < range.toMs) {
		await Promise.all(
			connections.slice(0, maxMarkedConnections).map(async ({ id }) => {
				for (const { region, spans } of await store.completeness.read(ctx, id, range)) {
					regions.set(`${id} ${region}`, spans);
				}
			}),
		);
	}
	const states = new Map([...regions].map(([key, spans]) => [key, stateOf(spans)]));
	const shares = sharesOf(regions.values());
	return {
		of: (connectionId, region) => states.get(`${connectionId} ${region}`) ?? 'missing',
		spansOf: (connectionId, region) => regions.get(`${connectionId} ${region}`) ?? [],
		shares,
		regions: {
			regions: states.size,
			regionsEqual: [...states.values()].filter((one) => one === 'complete').length,
		},
		overall: shares === null ? 'missing' : worst(shares),
	};
}

/** A span of spans: provisional time at its end does not make the whole provisional. */
function stateOf(spans: readonly CompletenessSpan[]): Completeness {
	const shares = sharesOf([spans]);
	return shares === null ? 'missing' : worst(shares);
}

function worst(shares: Readonly<Record<Completeness, number>>): Completeness {
	if (shares.missing >= 0.999) return 'missing';
	if (shares.missing > 0 || shares.partial > 0) return 'partial';
	// The newest 20 minutes are always still arriving: only a range made of little else says so.
	return shares.provisional > 0.5 ? 'provisional' : 'complete';
}

function sharesOf(
	regions: Iterable<readonly CompletenessSpan[]>,
): Record<Completeness, number> | null {
	const lengths: Record<Completeness, number> = {
		provisional: 0,
		complete: 0,
		partial: 0,
		missing: 0,
	};
	let total = 0;
	for (const spans of regions) {
		for (const one of spans) {
			lengths[one.state] += one.toMs - one.fromMs;
			total += one.toMs - one.fromMs;
		}
	}
	if (total === 0) return null;
	for (const state of completenesses) {
		lengths[state] = Math.round((lengths[state] / total) * 1e6) / 1e6;
	}
	return lengths;
}

/** Stretches that are not complete, as a chart draws them. */
export function wireSpans(spans: readonly CompletenessSpan[]): WireSpan[] {
	return spans.flatMap((one) =>
		one.state === 'complete' ? [] : [{ ...span(one), state: one.state, reason: null }],
	);
}
