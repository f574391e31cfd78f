import type { Connection } from '@lamplight/core/connection/connection';
import { utcDay } from '@lamplight/core/time';
import { workBatch } from '@lamplight/jobs/batch';
import type { Message } from '@lamplight/jobs/message';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { countedCalls, madeCalls, miscounted } from '../chaos/judgeCalls.ts';
import { type Collector, startCollector, testCtx } from '../support/collector.ts';
import { wholeAccount } from '../support/wholeAccount.ts';

const startMs = Date.UTC(2026, 9, 14, 9, 31);

describe('calls into a customer’s account', () => {
	let collector: Collector;
	let connection: Connection;
	beforeAll(async () => {
		collector = await startCollector({
			functions: 40,
			seed: 11,
			nowMs: startMs,
			speed: 0,
			rateLimits: false,
			rateShare: 1000,
		});
		const { sandbox } = collector;
		const account = wholeAccount(sandbox.world, 2);
		connection = await collector.connect(account.id);
		sandbox.resetCalls();
	}, 180_000);
	afterAll(() => collector.close());

	const message = (): Message => ({
		kind: 'inventory',
		workspaceId: connection.workspaceId,
		connectionId: connection.id,
		plannedMs: collector.deps.clock(),
		details: true,
	});
	let sent = 0;
	const once = (received = 1, messageId = `m${(sent += 1)}`) =>
		workBatch(collector.deps, [{ messageId, received, body: JSON.stringify(message()) }]);
	const cutOff = async () => {
		const day = utcDay(startMs);
		const days = { fromDay: day, toDay: day };
		return collector.store.cutOffs.count(testCtx(), connection.id, days);
	};

	it('are counted to the call where work fails while others of its calls are under way', async () => {
		const { sandbox } = collector;
		// Slow ones are still under way when one that is refused again and again ends the work.
		const { accountId } = connection;
		const of = (operation: string) => ({ accountId, operation });
		const settings = { delayMs: 6_000 };
		const faults = [
			sandbox.addFault({ kind: 'slow', settings, where: of('ListEventSourceMappings') }),
			sandbox.addFault({ kind: 'server-error', where: of('GetResources') }),
		];
		const { batchItemFailures } = await once();
		for (const { id } of faults) sandbox.removeFault(id);
		expect(batchItemFailures).toHaveLength(1);
		const made = madeCalls(sandbox.calls(), connection.accountId);
		expect([...made.values()].reduce((sum, calls) => sum + calls, 0)).toBeGreaterThan(20);
		expect(miscounted(await countedCalls(collector, connection), made, new Map())).toEqual({
			overcounted: [],
			uncounted: [],
		});
	}, 180_000);

	it('of work that came to its end are all told: nothing is said to be cut off', async () => {
		const { sandbox } = collector;
		const where = { accountId: connection.accountId };
		const { id } = sandbox.addFault({ kind: 'account-closed', where });
		expect((await once(1, 'failing')).batchItemFailures).toHaveLength(1);
		expect((await once(2, 'failing')).batchItemFailures).toHaveLength(1);
		sandbox.removeFault(id);
		expect((await once(3, 'failing')).batchItemFailures).toEqual([]);
		expect(await cutOff()).toBe(0);
	}, 180_000);

	it('of a worker that never told its end are said to be cut off, once for each time', async () => {
		await once(2, 'killed');
		expect(await cutOff()).toBe(1);
		await once(3, 'killed');
		expect(await cutOff()).toBe(1);
		await once(2, 'another');
		expect(await cutOff()).toBe(2);
	}, 180_000);
});
