import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { callFor, dayMs, hourMs, nowMs, player, smallWorld } from '../world/testing/small.ts';
import { getCostAndUsage } from '../services/costExplorer/getCostAndUsage.ts';
import { billedUntil, isEstimated, restatedAt, slotMs } from './calendar.ts';
import { functionCost } from './functionCost.ts';
import { Ledger } from './ledger.ts';
import { usdText } from './money.ts';
import { Rating } from './rating.ts';
import { linesOf, slotUsage, type UsageLine, usageOf } from './usage.ts';

const world = smallWorld({
	functionCount: 40,
	trafficScale: 0.02,
	beginsMs: Date.UTC(2026, 9, 24),
});
const paymentsId = player(world, 'payment-capture').accountId;
const payer = { accountId: world.organization.managementAccountId, region: 'us-east-1' };

function ask(
	input: Partial<Parameters<typeof getCostAndUsage>[1]>,
	of: { accountId?: string; nowMs?: number } = {},
) {
	return getCostAndUsage(
		world,
		{
			TimePeriod: { Start: '2026-11-01', End: '2026-11-24' },
			Granularity: 'DAILY',
			Metrics: ['UnblendedCost'],
			...input,
		},
		callFor(
			{ ...payer, ...(of.accountId === undefined ? {} : { accountId: of.accountId }) },
			{
				...(of.nowMs === undefined ? {} : { nowMs: of.nowMs }),
			},
		),
	);
}

type Answer = Awaited<ReturnType<typeof ask>>;

function groupsOf(answer: Answer) {
	return (answer.ResultsByTime ?? []).flatMap((result) => result.Groups ?? []);
}

/** Dollars of an answer, with or without groups. */
function usdOf(answer: Answer, metric = 'UnblendedCost'): number {
	const values = (answer.ResultsByTime ?? []).flatMap((result) => [
		result.Total?.[metric],
		...(result.Groups ?? []).map((group) => group.Metrics?.[metric]),
	]);
	return values.reduce((sum, value) => sum + Number(value?.Amount ?? 0), 0);
}

describe('usage', () => {
	it('is what the executions used, to the millisecond and byte', () => {
		fc.assert(
			fc.property(
				fc.nat(world.members.length - 1),
				fc.integer({ min: 1, max: 400 }),
				fc.integer({ min: 1, max: 30 }),
				(index, backHours, hours) => {
					const member = world.members[index]!;
					const fromMs = Math.floor(nowMs / hourMs) * hourMs - (backHours + hours) * hourMs;
					const range = { fromMs, toMs: fromMs + hours * hourMs };
					const truth = world.totals(member.id, range);
					const usage = usageOf(world, member, range) ?? {};
					const sum = (...names: (keyof typeof usage)[]) =>
						names.reduce((all, name) => all + (usage[name] ?? 0), 0);
					expect(sum('requests', 'requests-arm', 'edge-requests')).toBe(truth.billedRequests);
					expect(sum('compute', 'compute-arm', 'edge-compute')).toBe(truth.billedMibMs);
					expect(sum('provisioned-run', 'provisioned-run-arm')).toBe(truth.provisionedMibMs);
					expect(sum('log-bytes', 'log-bytes-infrequent')).toBe(truth.logBytes);
					const extraMib = member.blueprint.ephemeralStorageMib - 512;
					expect(sum('storage', 'storage-arm')).toBe(truth.billedMs * extraMib);
				},
			),
			{ numRuns: 80 },
		);
	});

	it('counts provisioned concurrency by the clock', () => {
		const member = player(world, 'holiday-promo-api');
		const usage = usageOf(world, member, { fromMs: nowMs - 2 * hourMs, toMs: nowMs - hourMs });
		expect(usage?.provisioned).toBe(20 * 1024 * hourMs);
	});

	it('costs a function its list price', () => {
		const member = player(world, 'report-builder');
		const range = { fromMs: nowMs - 9 * hourMs, toMs: nowMs - hourMs };
		const truth = world.totals(member.id, range);
		const { byKind, totalUsd } = functionCost(world, member.id, range);
		expect(Number(byKind.compute)).toBeCloseTo((truth.billedMibMs / 1_024_000) * 0.0000166667, 8);
		expect(Number(byKind.requests)).toBeCloseTo(truth.invocations * 2e-7, 9);
		expect(Number(totalUsd)).toBeGreaterThan(Number(byKind.compute));
	});
});

describe('the ledger', () => {
	it('adds up a large world in a thread, to the same lines', async () => {
		const large = smallWorld({ functionCount: 160, trafficScale: 0.02 });
		const slot = Math.floor(nowMs / slotMs) - 5;
		const usage = await new Ledger(large).slot(slot);
		expect(linesOf(large, usage).length).toBeGreaterThan(20);
		expect(usage).toEqual(slotUsage(large, slot));
	});

	it('adds up a small world in a thread too, where whole months are prepared', async () => {
		const ports = () =>
			process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
		const slot = Math.floor(Date.UTC(2026, 10, 2) / slotMs);
		const ledger = new Ledger(world);
		const before = ports();
		expect(await ledger.slot(slot)).toEqual(slotUsage(world, slot));
		expect(ports()).toBe(before);
		ledger.useThread();
		const next = ledger.slot(slot + 1);
		expect(ports()).toBeGreaterThan(before);
		expect(await next).toEqual(slotUsage(world, slot + 1));
	});
});

describe('rating', () => {
	const line = (kind: UsageLine['kind'], quantity: number, isFreeEligible = true): UsageLine => ({
		accountId: '111111111111',
		region: 'us-east-1',
		kind,
		quantity,
		isFreeEligible,
	});
	const price = (lines: UsageLine[], plan = 0n) =>
		new Rating('999999999999', plan).slot(0, lines, 24);
	const cents = (lines: UsageLine[]) =>
		price(lines).map((row) => Math.round(Number(usdText(row.unblended)) * 100) / 100);
	const mibMs = (runs: number, ms: number, mib: number) => runs * ms * mib;

	// Worked examples of the Lambda pricing page, read 2026: the dollars are AWS's own.
	it('agrees with the pricing page: 3 million runs of 120 ms with 1,536 MB', () => {
		const lines = [line('compute', mibMs(3e6, 120, 1536)), line('requests', 3e6)];
		expect(cents(lines)).toEqual([2.33, 0.4]);
	});

	it('agrees with the pricing page: 7.44 million runs of 2 s with 1,024 MB, no free tier', () => {
		const lines = [
			line('compute', mibMs(7.44e6, 2000, 1024), false),
			line('requests', 7.44e6, false),
		];
		expect(cents(lines)).toEqual([248, 1.49]);
	});

	it('agrees with the pricing page: 4,096 MB with 2,048 MB of storage', () => {
		const lines = [
			line('compute', mibMs(6e6, 280, 4096)),
			line('requests', 6e6),
			line('storage', mibMs(6e6, 280, 1536)),
		];
		expect(cents(lines)).toEqual([105.33, 1, 0.08]);
	});

	it('agrees with the pricing page: provisioned concurrency of 7 × 4,096 MB for a day', () => {
		const lines = [
			line('provisioned', 7 * 4096 * dayMs, false),
			line('provisioned-run', mibMs(2e6, 280, 4096), false),
			line('requests', 2e6, false),
		];
		expect(cents(lines)).toEqual([10.08, 21.78, 0.4]);
	});

	it('climbs the volume tiers', () => {
		const gbSeconds = 7_000_000_000;
		const [row] = price([line('compute', gbSeconds * 1_024_000, false)]);
		const expected = 6e9 * 0.0000166667 + 1e9 * 0.000015;
		expect(Number(usdText(row?.unblended ?? 0n))).toBeCloseTo(expected, 2);
	});

	it('covers usage with the plan first, and loses what it does not use', () => {
		const plan = 10n ** 16n;
		const [covered, negated, fee] = price([line('compute', mibMs(1e5, 100, 1024), false)], plan);
		expect(covered?.recordType).toBe('SavingsPlanCoveredUsage');
		expect(usdText(covered?.unblended ?? 0n)).toBe('0.166667');
		expect(usdText(covered?.amortized ?? 0n)).toBe('0.147');
		expect(negated?.unblended).toBe(-(covered?.unblended ?? 0n));
		expect(usdText(fee?.unblended ?? 0n)).toBe('0.24');
		expect(usdText(fee?.amortized ?? 0n)).toBe('0.093');
	});
});

describe('GetCostAndUsage', () => {
	it('adds up to the same, however it is grouped or cut', async () => {
		const total = usdOf(await ask({}));
		const monthly = usdOf(await ask({ Granularity: 'MONTHLY' }));
		expect(total).toBeGreaterThan(10);
		expect(monthly).toBeCloseTo(total, 6);
		for (const key of ['SERVICE', 'USAGE_TYPE', 'LINKED_ACCOUNT', 'REGION', 'RECORD_TYPE']) {
			const answer = await ask({
				Granularity: 'MONTHLY',
				GroupBy: [{ Type: 'DIMENSION', Key: key }],
			});
			expect(usdOf(answer)).toBeCloseTo(total, 6);
		}
	});

	it('bills the quantities that the executions used', async () => {
		const answer = await ask({
			Granularity: 'DAILY',
			TimePeriod: { Start: '2026-11-12', End: '2026-11-13' },
			Metrics: ['UsageQuantity'],
			GroupBy: [{ Type: 'DIMENSION', Key: 'USAGE_TYPE' }],
			Filter: { Dimensions: { Key: 'USAGE_TYPE', Values: ['EU-Request', 'EU-Request-ARM'] } },
		});
		const range = { fromMs: Date.UTC(2026, 10, 12), toMs: Date.UTC(2026, 10, 13) };
		const truth = world.members
			.filter((member) => member.region === 'eu-west-1' && member.blueprint.trigger !== 'edge')
			.reduce((sum, member) => sum + world.totals(member.id, range).billedRequests, 0);
		const billed = groupsOf(answer).reduce(
			(sum, group) => sum + Number(group.Metrics?.['UsageQuantity']?.Amount),
			0,
		);
		expect(billed).toBe(truth);
	});

	it('pages groups and gives each once', async () => {
		const input = {
			GroupBy: [
				{ Type: 'DIMENSION' as const, Key: 'LINKED_ACCOUNT' },
				{ Type: 'DIMENSION' as const, Key: 'USAGE_TYPE' },
			],
		};
		const seen: string[] = [];
		let token: string | undefined;
		let pages = 0;
		do {
			const answer = await ask({
				...input,
				...(token === undefined ? {} : { NextPageToken: token }),
			});
			for (const { TimePeriod: period, Groups: groups = [] } of answer.ResultsByTime ?? []) {
				seen.push(...groups.map((group) => [period?.Start, ...(group.Keys ?? [])].join(' ')));
			}
			token = answer.NextPageToken;
			pages++;
		} while (token !== undefined);
		expect(pages).toBeGreaterThan(1);
		expect(new Set(seen).size).toBe(seen.length);
	});

	it('shows a member account its own lines only', async () => {
		const grouped = await ask({
			Granularity: 'MONTHLY',
			GroupBy: [{ Type: 'DIMENSION', Key: 'LINKED_ACCOUNT' }],
		});
		const account = groupsOf(grouped).find((group) => group.Keys?.[0] === paymentsId);
		const own = await ask({ Granularity: 'MONTHLY' }, { accountId: paymentsId });
		expect(usdOf(own)).toBeCloseTo(Number(account?.Metrics?.['UnblendedCost']?.Amount), 8);
	});

	it('is 8 to 24 hours late, estimated until the 5th, and never goes back', async () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 400 }), (hours) => {
				const atMs = nowMs + hours * hourMs;
				const lateMs = atMs - billedUntil(world.options.seed, atMs);
				expect(lateMs).toBeGreaterThanOrEqual(8 * hourMs);
				expect(lateMs).toBeLessThanOrEqual(24 * hourMs);
				expect(billedUntil(world.options.seed, atMs + hourMs)).toBeGreaterThanOrEqual(
					billedUntil(world.options.seed, atMs),
				);
			}),
		);
		const november = Date.UTC(2026, 10, 1);
		expect(isEstimated(november, Date.UTC(2026, 11, 5, 11))).toBe(true);
		expect(isEstimated(november, Date.UTC(2026, 11, 5, 13))).toBe(false);
		const october = await ask({ TimePeriod: { Start: '2026-10-01', End: '2026-11-02' } });
		expect(october.ResultsByTime?.map((result) => result.Estimated)).toEqual([
			...Array.from({ length: 31 }, () => false),
			true,
		]);
	});

	it('restates a closed month on the 9th', async () => {
		const input = {
			Granularity: 'MONTHLY' as const,
			TimePeriod: { Start: '2026-10-01', End: '2026-11-01' },
			GroupBy: [{ Type: 'DIMENSION' as const, Key: 'RECORD_TYPE' }],
		};
		const atMs = restatedAt(Date.UTC(2026, 9, 1));
		const refund = (answer: Answer) =>
			groupsOf(answer).find((group) => group.Keys?.[0] === 'Refund')?.Metrics?.['UnblendedCost'];
		const before = await ask(input, { nowMs: atMs - hourMs });
		const after = await ask(input, { nowMs: atMs + hourMs });
		expect(refund(before)).toBeUndefined();
		expect(Number(refund(after)?.Amount)).toBeLessThan(0);
		expect(usdOf(after)).toBeLessThan(usdOf(before));
	});

	it('refuses what Cost Explorer refuses', async () => {
		const wrong: Partial<Parameters<typeof getCostAndUsage>[1]>[] = [
			{ Metrics: [] },
			{ Metrics: ['Dollars'] },
			{ Granularity: 'HOURLY' },
			{ TimePeriod: { Start: '2026-11-02', End: '2026-11-02' } },
			{ TimePeriod: { Start: '2026-11-xx', End: '2026-11-02' } },
			{ TimePeriod: { Start: '2024-01-01', End: '2026-11-02' } },
			{ GroupBy: [{ Type: 'DIMENSION', Key: 'SHOE_SIZE' }] },
			{ Filter: {} },
			{ NextPageToken: 'x' },
		];
		for (const input of wrong) {
			await expect(ask(input)).rejects.toMatchObject({ code: 'ValidationException' });
		}
	});

	it('filters with and, or and not', async () => {
		const service = (value: string) => ({
			Dimensions: { Key: 'SERVICE' as const, Values: [value] },
		});
		const lambda = usdOf(await ask({ Filter: service('AWS Lambda') }));
		const logs = usdOf(await ask({ Filter: service('AmazonCloudWatch') }));
		const both = usdOf(
			await ask({ Filter: { Or: [service('AWS Lambda'), service('AmazonCloudWatch')] } }),
		);
		const rest = usdOf(
			await ask({
				Filter: {
					And: [{ Not: service('AWS Lambda') }, { Not: service('AmazonCloudWatch') }],
				},
			}),
		);
		expect(both).toBeCloseTo(lambda + logs, 8);
		expect(both + rest).toBeCloseTo(usdOf(await ask({})), 8);
	});
});
