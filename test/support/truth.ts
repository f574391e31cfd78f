import type { Ctx } from '@lamplight/core/ctx';
import { functionIdSchema } from '@lamplight/core/ids';
import { minuteMs, type TimeRange } from '@lamplight/core/time';
import type { SeriesPoint } from '@lamplight/store/series/series';

import { type Collector, testCtx } from './collector.ts';

export interface Comparison {
	/** Executions that really ran. */
	readonly executions: number;
	readonly errors: number;
	readonly throttles: number;
	/** Function-minutes that are not what ran, each in a line. */
	readonly wrong: readonly string[];
}

type Compared = Pick<Collector, 'sandbox' | 'store'>;

/** Compares what was stored of an account with what the world says ran, by `stepMs`. */
export async function compareWithTruth(
	{ sandbox, store }: Compared,
	accountId: string,
	options: { readonly range: TimeRange; readonly stepMs?: number },
): Promise<Comparison> {
	const { range, stepMs = minuteMs } = options;
	const wrong: string[] = [];
	let executions = 0;
	let errors = 0;
	let throttles = 0;
	for (const fn of sandbox.world.allFunctions(accountId)) {
		const stored = await storedMinutes(store, fn.id, { range, stepMs });
		for (let at = range.fromMs; at < range.toMs; at += stepMs) {
			const truth = sandbox.world.totals(fn.id, { fromMs: at, toMs: at + stepMs });
			const point = stored.get(at);
			const read = {
				invocations: point?.invocations ?? 0,
				errors: point?.errors ?? 0,
				throttles: point?.throttles ?? 0,
				durationUs: point?.durationSumUs ?? 0,
			};
			const want = {
				invocations: truth.invocations,
				errors: truth.errors,
				throttles: truth.throttles,
				durationUs: truth.durationUs,
			};
			executions += truth.invocations;
			errors += truth.errors;
			throttles += truth.throttles;
			const told = JSON.stringify(read);
			const meant = JSON.stringify(want);
			if (told === meant) continue;
			wrong.push(`${fn.id} ${new Date(at).toISOString()}: ${told} instead of ${meant}`);
		}
	}
	return { executions, errors, throttles, wrong };
}

/** One reading of a series returns at most this many steps. */
const stepsAtOnce = 600;

/** A function's steps by their start, however many there are. */
export async function storedMinutes(
	store: Compared['store'],
	functionId: string,
	{
		range,
		stepMs,
		ctx = testCtx(),
	}: { readonly range: TimeRange; readonly stepMs: number; readonly ctx?: Ctx },
): Promise<Map<number, SeriesPoint>> {
	const points = new Map<number, SeriesPoint>();
	const id = functionIdSchema.parse(functionId);
	for (let fromMs = range.fromMs; fromMs < range.toMs; fromMs += stepsAtOnce * stepMs) {
		const part = { fromMs, toMs: Math.min(range.toMs, fromMs + stepsAtOnce * stepMs) };
		const series = await store.series.readFunctionSeries(ctx, id, { range: part, stepMs });
		for (const point of series.points) points.set(point.atMs, point);
	}
	return points;
}
