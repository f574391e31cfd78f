import type { FunctionRow } from '@lamplight/api/contract/functions';
import { hourMs, minuteMs, type TimeRange } from '@lamplight/core/time';

import type { Paths } from '../../apps/dashboard/src/lib/nav/paths.ts';
import type { Visit } from '../support/dashboard.ts';
import type { worldOf } from '../support/world.ts';

/** A span as the address says it. */
export const rangeOf = ({ fromMs, toMs }: TimeRange) => ({
	from: new Date(fromMs).toISOString(),
	to: new Date(toMs).toISOString(),
});

/** The last hour but its newest minutes: executions are kept from when it was first read. */
export async function recently(world: ReturnType<typeof worldOf>): Promise<TimeRange> {
	const toMs = Math.floor((await world.nowMs()) / minuteMs) * minuteMs - 10 * minuteMs;
	return { fromMs: toMs - hourMs, toMs };
}

/** The functions that run most in the span of the paths, the busiest first. */
export async function busiestFunctions(by: Visit, paths: Paths): Promise<readonly FunctionRow[]> {
	const path = paths.functions({ sort: 'invocations', order: 'desc', limit: '30' });
	return (await by.get<{ rows: readonly FunctionRow[] }>(`/v1${path}`)).rows;
}
