import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readCosts } from '@lamplight/aws/bill/costAndUsage';
import { targetOf } from '@lamplight/aws/target';
import type { BillingSource } from '@lamplight/core/bill/day';
import type { Connection, Enrolment } from '@lamplight/core/connection/connection';
import { lambdaService } from '@lamplight/core/bill/costExplorer';
import { parseMoney, subtract, sum, toExactString } from '@lamplight/core/money';
import { dayMs, hourMs, minuteMs } from '@lamplight/core/time';
import { billRequestsPerMonth } from '@lamplight/core/watchcost/estimate';
import { runPlan } from '@lamplight/jobs/plan/run';

import { type Collector, startCollector, testCtx } from '../support/collector.ts';
import { enrol, launch, makeWorkspace } from '../support/enrol.ts';

/** A day before AWS corrects October. */
const startMs = Date.UTC(2026, 10, 8, 9, 30);
const ctx = testCtx();

describe('a payer’s Cost Explorer', () => {
	let collector: Collector;
	let connection: Connection;
	let enrolment: Enrolment;
	beforeAll(async () => {
		collector = await startCollector({
			functions: 40,
			seed: 11,
			nowMs: startMs,
			speed: 0,
			trafficScale: 0.01,
			rateLimits: false,
			rateShare: 100,
		});
		await makeWorkspace(collector, startMs);
		const { managementAccountId } = collector.sandbox.world.organization;
		const begun = await enrol(collector, {
			kind: 'account',
			accountId: managementAccountId,
			features: ['inventory', 'metrics', 'costs'],
		});
		({ connection, enrolment } = begun);
		launch(collector, begun.enrolment);
		const { workspaceId, id: connectionId } = connection;
		collector.queue.push({ kind: 'verify', workspaceId, connectionId, plannedMs: startMs });
		await collector.drain();
	}, 180_000);
	afterAll(() => collector.close());

	async function source(): Promise<BillingSource> {
		const [found] = await collector.store.billingSources.list(ctx);
		if (found === undefined) throw new Error('there is no billing source');
		return found;
	}

	/** Plans the minute and does what it planned about the bill; the number of its messages. */
	async function planBill(): Promise<number> {
		await runPlan(collector.deps);
		const planned = collector.queue.splice(0);
		const bills = planned.filter(({ kind }) => kind === 'bill');
		collector.queue.push(...bills);
		await collector.drain();
		return bills.length;
	}

	const requests = () =>
		collector.sandbox
			.calls()
			.filter(({ action }) => action === 'ce:GetCostAndUsage')
			.reduce((total, { calls }) => total + calls, 0);

	async function history(month: string) {
		return collector.store.bill.history(ctx, (await source()).id, month);
	}

	it('is read when it is new, with three closed months, and once a day from then on', async () => {
		expect(await source()).toMatchObject({
			form: 'cost-explorer',
			payerAccountId: connection.accountId,
			lastReadMs: null,
		});
		collector.sandbox.resetCalls();
		expect(await planBill()).toBe(1);
		expect(await source()).toMatchObject({ state: 'healthy', lastReadMs: startMs });
		const months = await collector.store.bill.months(ctx, (await source()).id);
		expect(months).toEqual(['2026-08', '2026-09', '2026-10', '2026-11']);
		// Two services, by usage and by kind, for four months: the price of a reading, page by page.
		expect(requests()).toBeGreaterThanOrEqual(16);
		collector.sandbox.clock.advance(23 * hourMs);
		expect(await planBill()).toBe(0);
		collector.sandbox.resetCalls();
		collector.sandbox.clock.advance(hourMs);
		expect(await planBill()).toBe(1);
		// As many as were paid for in the estimate that was shown before.
		expect(requests()).toBeGreaterThan(0);
		expect(requests()).toBeLessThanOrEqual(2 * billRequestsPerMonth);
	}, 180_000);

	it.each([
		['UnblendedCost', 'unblended'],
		['NetUnblendedCost', 'netUnblended'],
		['AmortizedCost', 'amortized'],
		['NetAmortizedCost', 'netAmortized'],
	] as const)('adds up to %s of Lambda, every day and account', async (metric, field) => {
		const account = collector.aws.open(targetOf(enrolment, connection));
		const { groups } = await readCosts(account, {
			fromDay: '2026-10-01',
			toDay: '2026-11-01',
			groupBy: ['LINKED_ACCOUNT'],
			services: [lambdaService],
			metrics: [metric],
		});
		await account.end();
		const { id } = await source();
		const statement = await collector.store.bill.statement(ctx, id, {
			month: '2026-10',
			asOfMs: collector.deps.clock(),
		});
		const rows = (statement?.rows ?? []).filter(({ service }) => service === 'lambda');
		const kinds = new Set(rows.map(({ kind }) => kind));
		expect([...kinds]).toEqual(
			expect.arrayContaining(['usage', 'savings-plan-covered', 'savings-plan-negation']),
		);
		expect(groups.length).toBeGreaterThan(150);
		for (const { day, keys, amounts } of groups) {
			const own = rows.filter((row) => row.day === day && row.accountId === keys[0]);
			const kept = sum(
				own.map(({ costs }) => parseMoney(costs[field] ?? '0', 'USD')),
				'USD',
			);
			const asked = parseMoney(amounts[metric]?.amount ?? '0', 'USD');
			// Cost Explorer prints ten places of each group.
			const difference = Math.abs(Number(toExactString(subtract(kept, asked))));
			expect(difference, `${day} ${keys[0]}`).toBeLessThanOrEqual(own.length * 1e-10);
		}
	});

	it('shows a closed month as final, and keeps what it said before it was corrected', async () => {
		const [before, corrected, ...more] = await history('2026-10');
		expect(more).toEqual([]);
		if (before === undefined || corrected === undefined)
			throw new Error('October was not restated');
		expect(before).toMatchObject({ final: true, readMs: startMs });
		expect(corrected).toMatchObject({ final: true, readMs: startMs + dayMs });
		const { id } = await source();
		const total = async (asOfMs: number) => {
			const statement = await collector.store.bill.statement(ctx, id, { month: '2026-10', asOfMs });
			const rows = statement?.rows ?? [];
			return {
				usd: sum(
					rows.map(({ costs }) => parseMoney(costs.unblended ?? '0', 'USD')),
					'USD',
				),
				refunds: rows.filter(({ kind }) => kind === 'refund').length,
			};
		};
		const [first, second] = [await total(startMs), await total(startMs + dayMs)];
		expect([first.refunds, second.refunds]).toEqual([0, 1]);
		expect(Number(toExactString(subtract(second.usd, first.usd)))).toBeLessThan(0);
		expect(await history('2026-09')).toHaveLength(1);
	});

	it('reads three closed months again on the first of a month, and only then', async () => {
		collector.sandbox.clock.set({ nowMs: Date.UTC(2026, 11, 1, 12) });
		collector.sandbox.resetCalls();
		expect(await planBill()).toBe(1);
		const { id } = await source();
		const confirmed = await Promise.all(
			['2026-08', '2026-09', '2026-10', '2026-11'].map(async (month) => {
				const heads = await collector.store.bill.history(ctx, id, month);
				return heads.at(-1)?.confirmedMs === Date.UTC(2026, 11, 1, 12);
			}),
		);
		expect(confirmed).toEqual([false, true, true, true]);
		expect((await history('2026-11')).length).toBeGreaterThan(1);
	}, 180_000);

	it('leaves the month before alone once its bill has closed', async () => {
		collector.sandbox.clock.set({ nowMs: Date.UTC(2026, 11, 20, 12) });
		const before = (await history('2026-11')).at(-1)?.confirmedMs;
		collector.sandbox.resetCalls();
		expect(await planBill()).toBe(1);
		expect((await history('2026-11')).at(-1)?.confirmedMs).toBe(before);
		expect((await history('2026-12')).at(-1)?.confirmedMs).toBe(Date.UTC(2026, 11, 20, 12));
		expect(requests()).toBeLessThanOrEqual(billRequestsPerMonth);
	});

	it('says which action is refused, and asks again the next day', async () => {
		collector.sandbox.addFault({ kind: 'deny', where: { action: 'ce:GetCostAndUsage' } });
		collector.sandbox.clock.advance(dayMs);
		expect(await planBill()).toBe(1);
		expect(await source()).toMatchObject({
			state: 'failing',
			reason: expect.stringContaining('ce:GetCostAndUsage') as string,
		});
		collector.sandbox.clock.advance(minuteMs);
		expect(await planBill()).toBe(0);
	});

	it('is left alone while its connection is paused', async () => {
		const { id } = await source();
		await collector.store.connections.update(ctx, connection.id, (current) => ({
			...current,
			state: 'paused',
		}));
		collector.sandbox.resetCalls();
		collector.sandbox.clock.advance(dayMs);
		await planBill();
		expect(requests()).toBe(0);
		expect((await collector.store.billingSources.get(ctx, id))?.state).toBe('failing');
	});
});
