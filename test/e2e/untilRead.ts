import type { CostsPage } from '@lamplight/api/contract/costs';
import type { FunctionRow } from '@lamplight/api/contract/functions';
import type { TimeRange } from '@lamplight/core/time';
import { expect, vi } from 'vitest';

import { pathsOf } from '../../apps/dashboard/src/lib/nav/paths.ts';
import { rangeOf } from './recent.ts';

/** How long the day before may take to be read on a machine that does other things too. */
export const dayReadMs = 240_000;

/** `account.region.name`; a name holds no dot. */
export const nameOf = (functionId: string) => functionId.split('.').at(-1) ?? '';

interface Reader {
	readonly get: <T>(path: string) => Promise<T>;
	readonly workspaceId: string;
}

/** Waits until a span of a function has been read to its last minute. */
export async function untilRead(
	{ get, workspaceId }: Reader,
	functionId: string,
	range: TimeRange,
): Promise<FunctionRow> {
	const to = pathsOf(workspaceId, rangeOf(range));
	const name = nameOf(functionId);
	const row = async () => {
		const path = `/v1${to.functions({ q: name, limit: '50' })}`;
		const { rows } = await get<{ rows: readonly FunctionRow[] }>(path);
		return rows.find(({ id }) => id === functionId);
	};
	await expect
		.poll(async () => (await row())?.figures.completeness, {
			timeout: dayReadMs,
			interval: 2_000,
		})
		.toBe('complete');
	const found = await row();
	if (found === undefined) throw new Error(`${functionId} is not in the fleet`);
	return found;
}

/** Waits until every day of the month has been read: until then its costs grow from one look to the next. */
export async function untilMonthRead({ get, workspaceId }: Reader): Promise<void> {
	const path = `/v1${pathsOf(workspaceId).costs()}`;
	// Called from hooks, too, in which nothing may be polled.
	await vi.waitFor(async () => expect((await get<CostsPage>(path)).knownFrom).toBeNull(), {
		timeout: 4 * dayReadMs,
		interval: 3_000,
	});
}
