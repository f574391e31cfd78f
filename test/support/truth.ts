import { functionIdSchema } from '@lamplight/core/ids';
import { minuteMs, type TimeRange } from '@lamplight/core/time';

import type { Collector } from './collector.ts';

export interface Comparison {
	/** Executions that really ran. */
	readonly executions: number;
	readonly errors: number;
	readonly throttles: number;
	/** Function-minutes that are not what ran, each in a line. */
	readonly wrong: readonly string[];
}

/** Compares what was stored of an account with what the world says ran, by `stepMs`. */
export function compareWithTruth(
	{ sandbox, recorded }: Pick<Collector, 'sandbox' | 'recorded'>,
	accountId: string,
	options: { readonly range: TimeRange; readonly stepMs?: number },
): Comparison {
	const { range, stepMs = minuteMs } = options;
	const wrong: string[] = [];
	let executions = 0;
	let errors = 0;
	let throttles = 0;
	for (const fn of sandbox.world.allFunctions(accountId)) {
		const buckets = recorded.buckets(functionIdSchema.parse(fn.id));
		for (let at = range.fromMs; at < range.toMs; at += stepMs) {
			const truth = sandbox.world.totals(fn.id, { fromMs: at, toMs: at + stepMs });
			const bucket = buckets.get(at);
			const read = {
				invocations: bucket?.invocations ?? 0,
				errors: bucket?.errors ?? 0,
				throttles: bucket?.throttles ?? 0,
				durationUs: bucket?.durationSumUs ?? 0,
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
			const when = new Date(at).toISOString();
			wrong.push(`${fn.id} ${when} ${bucket?.source ?? 'nothing'}: ${told} instead of ${meant}`);
		}
	}
	return { executions, errors, throttles, wrong };
}
