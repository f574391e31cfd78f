import type { Ctx } from '@lamplight/core/ctx';
import { invalidField } from '@lamplight/core/errors';
import type { Execution } from '@lamplight/core/execution/execution';
import { type SelectedExecution, selectExecutions } from '@lamplight/core/execution/select';
import { type ConnectionId, type FunctionId, functionParts } from '@lamplight/core/ids';
import { dayMs, floorTo, hourMs, type TimeRange, utcDay } from '@lamplight/core/time';

import { decodeExecutions, encodeExecutions } from '../codec/executions.ts';
import { ifLower } from '../dynamo/db.ts';
import { inParallel } from '../dynamo/faults.ts';
import { bytes } from '../dynamo/item.ts';
import { hourKey, sortKey } from '../dynamo/keys.ts';
import {
	homeOf,
	isSettled,
	minPieceBytes,
	queriesAtOnce,
	readExecutionFragments,
	type SeriesDeps,
} from '../series/fragments.ts';
import {
	expiryOf,
	fragmentKeys,
	intoPieces,
	kept,
	partitions,
	pieceCountFor,
	pieceOf,
} from '../series/layout.ts';
import type { ExecutionFragment, Executions } from './fleet.ts';

const defaultLimit = 200;
const maxDays = 31;

interface ExecutionsDeps extends SeriesDeps {
	/** The connection that a function belongs to; `null` when inventory lacks it. */
	readonly connectionOf: (ctx: Ctx, functionId: FunctionId) => Promise<ConnectionId | null>;
}

export function createExecutions(deps: ExecutionsDeps): Executions {
	return {
		write: (ctx, fragment) => writeExecutions(deps, ctx, fragment),
		async list(ctx, functionId, { range, statuses, limit = defaultLimit }) {
			if (range.toMs - range.fromMs > maxDays * dayMs) {
				throw invalidField('range', `expected at most ${maxDays} days`);
			}
			const all = (await readKept(deps, ctx, { functionId, range })).filter(
				({ startMs, status }) =>
					startMs >= range.fromMs &&
					startMs < range.toMs &&
					(statuses === undefined || statuses.includes(status)),
			);
			const newestFirst = all.sort((a, b) => b.startMs - a.startMs);
			return {
				executions: newestFirst.slice(0, limit),
				more: Math.max(0, newestFirst.length - limit),
			};
		},
		async find(ctx, functionId, { requestId, aroundMs }) {
			const range = { fromMs: aroundMs - hourMs, toMs: aroundMs + hourMs };
			const all = await readKept(deps, ctx, { functionId, range });
			return all.filter((one) => one.requestId === requestId).sort((a, b) => a.startMs - b.startMs);
		},
	};
}

async function writeExecutions(
	{ db, regions, due }: SeriesDeps,
	ctx: Ctx,
	fragment: ExecutionFragment,
): Promise<void> {
	const { slotMs, batch, revision } = fragment;
	const hourStartMs = floorTo(hourMs, slotMs);
	const outside = fragment.executions.find(
		({ startMs }) => startMs < slotMs || startMs >= hourStartMs + hourMs,
	);
	if (outside !== undefined) {
		throw invalidField('startMs', 'expected an execution of the slot', outside.startMs);
	}
	const chosen: Execution[] = selectExecutions(fragment.executions);
	if (chosen.length === 0) return;
	if (await isSettled(db, ctx, homeOf(fragment), hourStartMs)) return;
	const whole = encodeExecutions(chosen);
	const pieces = pieceCountFor(whole.length, minPieceBytes);
	await regions.use(ctx, homeOf(fragment), 'fragmentPieces', pieces);
	const parts = [...intoPieces(chosen, pieces, (one) => one.functionId)];
	await inParallel(parts, queriesAtOnce, ([piece, executions]) =>
		db.put(
			{
				pk: partitions.fragments(ctx, { ...homeOf(fragment), pieces, piece }),
				sk: fragmentKeys.executions(slotMs, batch),
				revision,
				blob: pieces === 1 ? whole : encodeExecutions(executions),
				expiresAt: expiryOf(slotMs, kept.fragmentMs, db.clock()),
			},
			ifLower('revision', revision),
		),
	);
	await due.enterHour(ctx, homeOf(fragment), hourStartMs);
}

/** From days, hours and fragments: an execution that is in several is one. */
async function readKept(
	deps: ExecutionsDeps,
	ctx: Ctx,
	{ functionId, range }: { functionId: FunctionId; range: TimeRange },
): Promise<SelectedExecution[]> {
	const { db, due, regions } = deps;
	const connectionId = await deps.connectionOf(ctx, functionId);
	// Listed before days and hours are read: what waits no more is then found among them.
	const listed = connectionId === null ? [] : await due.list(ctx, connectionId);
	const days = await db.query(partitions.function(ctx, functionId), {
		from: sortKey('ex', utcDay(range.fromMs)),
		to: sortKey('ex', utcDay(range.toMs - 1)),
	});
	const found = days.flatMap((item) => decodeExecutions(bytes(item, 'blob')));
	if (connectionId !== null) {
		const home = { connectionId, region: functionParts(functionId).region };
		const layout = await regions.get(ctx, home);
		const waiting = listed.filter((one) => one.region === home.region && one.kind !== 'totals');
		const oldest = Math.min(...waiting.map((one) => floorTo(dayMs, one.startMs)));
		const fromMs = Math.max(floorTo(hourMs, range.fromMs), oldest);
		if (layout !== null && fromMs < range.toMs) {
			const hours = await inParallel(layout.hourPieces, queriesAtOnce, (pieces) =>
				db.query(partitions.hours(ctx, { ...home, pieces, piece: pieceOf(functionId, pieces) }), {
					from: hourKey(fromMs),
					to: hourKey(range.toMs - 1),
				}),
			);
			for (const item of hours.flat()) {
				if (item['executions'] === undefined) continue;
				found.push(...decodeExecutions(bytes(item, 'executions')));
			}
			const hourStarts = waiting.filter((one) => one.kind === 'hour').map((one) => one.startMs);
			const fragmentsFrom = Math.max(fromMs, Math.min(...hourStarts));
			if (fragmentsFrom < range.toMs) {
				const fragments = await readExecutionFragments(db, ctx, layout, {
					fromMs: fragmentsFrom,
					toMs: range.toMs,
					pieceFor: (pieces) => pieceOf(functionId, pieces),
				});
				found.push(...fragments);
			}
		}
	}
	return selectExecutions(found.filter((one) => one.functionId === functionId));
}
