import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readCosts } from '@lamplight/aws/bill/costAndUsage';
import { listExport } from '@lamplight/aws/bill/exports';
import { targetOf } from '@lamplight/aws/target';
import type { BillDayRow, BillingSource } from '@lamplight/core/bill/day';
import type { Connection, Enrolment } from '@lamplight/core/connection/connection';
import type { BillingSourceId } from '@lamplight/core/ids';
import { add, type Money, parseMoney, sum, toExactString } from '@lamplight/core/money';
import { dayMs, hourMs, utcDay } from '@lamplight/core/time';

import { type Collector, startCollector, testCtx } from '../support/collector.ts';
import { enrol, launch } from '../support/enrol.ts';

const startMs = Date.UTC(2026, 9, 14, 9, 30);
const bucket = 'meridian-billing-exports';
const ctx = testCtx();

describe('the bill', () => {
	let collector: Collector;
	let enrolment: Enrolment;
	let connection: Connection;
	beforeAll(async () => {
		collector = await startCollector({
			functions: 60,
			seed: 11,
			nowMs: startMs,
			speed: 0,
			trafficScale: 0.02,
			rateLimits: false,
			rateShare: 100,
		});
		const { managementAccountId } = collector.sandbox.world.organization;
		const costExport = { bucket, prefix: 'cur/' };
		({ enrolment, connection } = await enrol(collector, {
			kind: 'account',
			accountId: managementAccountId,
			features: ['inventory', 'metrics', 'costs'],
			costExport,
		}));
		launch(collector, enrolment);
		await verify();
	}, 180_000);
	afterAll(() => collector.close());

	async function verify(): Promise<void> {
		const { workspaceId, id: connectionId } = connection;
		const plannedMs = collector.deps.clock();
		collector.queue.push({ kind: 'verify', workspaceId, connectionId, plannedMs });
		await collector.drain();
	}

	const sources = async () => collector.store.billingSources.list(ctx);

	async function sourceOf(form: (one: BillingSource) => boolean): Promise<BillingSource> {
		const found = (await sources()).find(form);
		if (found === undefined) throw new Error('no such billing source');
		return found;
	}

	async function read(id: BillingSourceId): Promise<void> {
		const plannedMs = collector.deps.clock();
		collector.queue.push({
			kind: 'bill',
			workspaceId: ctx.workspaceId,
			billingSourceId: id,
			plannedMs,
		});
		await collector.drain();
	}

	async function rowsOf(id: BillingSourceId, month: string): Promise<readonly BillDayRow[]> {
		const statement = await collector.store.bill.statement(ctx, id, { month });
		if (statement === null) throw new Error(`no statement of ${month}`);
		return statement.rows;
	}

	/** Cost Explorer's own figures of a day by account and usage type, tax left out. */
	async function costExplorer(fromDay: string, toDay: string) {
		const account = collector.aws.open(targetOf(enrolment, connection));
		const answers = await Promise.all(
			['AWS Lambda', 'AmazonCloudWatch'].map((service) =>
				readCosts(account, {
					fromDay,
					toDay,
					groupBy: ['LINKED_ACCOUNT', 'RECORD_TYPE'],
					services: [service],
					metrics: ['UnblendedCost', 'NetAmortizedCost'],
				}),
			),
		);
		await account.end();
		return answers.flatMap(({ groups }) => groups);
	}

	it('makes a billing source of Cost Explorer and one of the files, once', async () => {
		await verify();
		const found = await sources();
		expect(found.map(({ form, location }) => [form, location]).sort()).toEqual([
			['cost-explorer', null],
			['cur-2', `s3://${bucket}/cur/`],
		]);
	});

	it('reads CUR 2.0 from the bucket: each function and day costs what it truly did', async () => {
		const source = await sourceOf(({ form }) => form === 'cur-2');
		await read(source.id);
		expect(await sourceOf(({ id }) => id === source.id)).toMatchObject({
			state: 'healthy',
			reason: null,
			payerAccountId: connection.accountId,
		});
		const rows = await rowsOf(source.id, '2026-10');
		await compareWithTruth(collector, rows);
	}, 180_000);

	it('reads FOCUS 1.2 from Parquet to the same figures', async () => {
		const cur = await sourceOf(({ form }) => form === 'cur-2');
		const focus: BillingSource = {
			...cur,
			id: `${cur.id.slice(0, -1)}z` as BillingSourceId,
			location: `s3://${bucket}/focus/`,
			lastReadMs: null,
		};
		// The same role may read it only when the enrolment says so.
		await collector.store.billingSources.put(ctx, focus);
		await read(focus.id);
		expect(await sourceOf(({ id }) => id === focus.id)).toMatchObject({
			state: 'failing',
			reason: expect.stringContaining('s3:') as string,
		});
		await collector.store.enrolments.update(ctx, enrolment.id, (current) => ({
			...current,
			costExport: { bucket, prefix: '' },
		}));
		enrolment = (await collector.store.enrolments.get(ctx, enrolment.id)) ?? enrolment;
		launch(collector, enrolment);
		collector.sandbox.clock.advance(2 * hourMs);
		await read(focus.id);
		expect(await sourceOf(({ id }) => id === focus.id)).toMatchObject({
			form: 'focus',
			state: 'healthy',
		});
		const rows = await rowsOf(focus.id, '2026-10');
		await compareWithTruth(collector, rows);
		const fromCur = await rowsOf(cur.id, '2026-10');
		const key = (one: BillDayRow) => `${one.day} ${one.accountId}`;
		for (const field of ['netUnblended', 'netAmortized'] as const) {
			const usd = (one: BillDayRow) => one.costs[field] ?? '0';
			expectSame(usdBy(rows, key, usd), usdBy(fromCur, key, usd));
		}
		await collector.store.billingSources.remove(ctx, focus.id);
	}, 180_000);

	it('reconciles with Cost Explorer, account by account and kind by kind', async () => {
		const source = await sourceOf(({ form }) => form === 'cur-2');
		const rows = (await rowsOf(source.id, '2026-10')).filter(({ kind }) => kind !== 'tax');
		const groups = await costExplorer('2026-10-01', '2026-10-15');
		const kindOf: Readonly<Record<string, string>> = {
			Usage: 'usage',
			SavingsPlanCoveredUsage: 'savings-plan-covered',
			SavingsPlanNegation: 'savings-plan-negation',
			Credit: 'credit',
		};
		for (const [metric, field] of [
			['UnblendedCost', 'unblended'],
			['NetAmortizedCost', 'netAmortized'],
		] as const) {
			const fromFiles = usdBy(
				rows,
				({ day, accountId, kind }) => `${day} ${accountId} ${kind}`,
				({ costs }) => costs[field] ?? '0',
			);
			const asked = usdBy(
				groups,
				({ day, keys: [account, type] }) => `${day} ${account} ${kindOf[type ?? ''] ?? type}`,
				({ amounts }) => amounts[metric]?.amount ?? '0',
			);
			expect(fromFiles.size).toBeGreaterThan(60);
			expectSame(fromFiles, asked);
		}
	});

	it('goes on where a connection breaks, and shows what stays broken', async () => {
		const source = await sourceOf(({ form }) => form === 'cur-2');
		const key = { connectionId: connection.id, name: `bill/${source.id}` };
		const readAfresh = async () => {
			await collector.store.checkpoints.remove(ctx, key);
			await read(source.id);
		};
		const before = await rowsOf(source.id, '2026-10');
		const where = { service: 's3', operation: 'GetObject' };
		collector.sandbox.addFault({ kind: 'drop', where, settings: { when: 'within' }, calls: 2 });
		await readAfresh();
		expect(await rowsOf(source.id, '2026-10')).toEqual(before);
		const { id } = collector.sandbox.addFault({ kind: 'deny', where });
		await readAfresh();
		expect(await sourceOf((one) => one.id === source.id)).toMatchObject({
			state: 'failing',
			reason: 's3:GetObject in eu-west-1: AccessDenied',
		});
		collector.sandbox.removeFault(id);
		await readAfresh();
		expect((await sourceOf((one) => one.id === source.id)).state).toBe('healthy');
		expect(await collector.store.bill.history(ctx, source.id, '2026-10')).toHaveLength(1);
	}, 180_000);

	it('reads nothing twice: the files are listed, and left alone until they change', async () => {
		const source = await sourceOf(({ form }) => form === 'cur-2');
		const reads = () =>
			collector.sandbox
				.calls()
				.filter(({ action, region }) => action === 's3:GetObject' && region === 'eu-west-1')
				.reduce((total, { calls }) => total + calls, 0);
		await read(source.id);
		collector.sandbox.resetCalls();
		await read(source.id);
		// The two manifests tell that nothing changed.
		expect(reads()).toBe(2);
		expect(await collector.store.bill.history(ctx, source.id, '2026-10')).toHaveLength(1);
		collector.sandbox.clock.advance(dayMs);
		await read(source.id);
		expect(reads()).toBeGreaterThan(4);
		const history = await collector.store.bill.history(ctx, source.id, '2026-10');
		expect(history).toHaveLength(2);
		expect(await collector.store.bill.history(ctx, source.id, '2026-09')).toHaveLength(1);
	}, 180_000);

	it('refuses a file that was overwritten while it was read: the next reading finds it whole', async () => {
		const account = collector.aws.open(targetOf(enrolment, connection));
		const { parts, open } = await listExport(account, { bucket, prefix: 'cur/' });
		expect(parts.map(({ name }) => name)).toEqual([
			'cur/meridian-daily/BILLING_PERIOD=2026-09',
			'cur/meridian-daily/BILLING_PERIOD=2026-10',
		]);
		// The newest days stand in the last one.
		const file = parts[1]?.files.at(-1);
		if (file === undefined) throw new Error('October has no file');
		expect((await open(file).slice(0, 2)).byteLength).toBe(2);
		collector.sandbox.clock.advance(dayMs);
		await expect(open(file).slice(0, 2)).rejects.toMatchObject({
			code: 'aws_unavailable',
			message: expect.stringContaining('was overwritten while it was read') as string,
		});
		await account.end();
	});
});

/** Dollars by key. */
function usdBy<T>(
	all: readonly T[],
	key: (one: T) => string,
	usd: (one: T) => string,
): Map<string, number> {
	const sums = new Map<string, Money>();
	for (const one of all) {
		const amount = parseMoney(usd(one), 'USD');
		const before = sums.get(key(one));
		sums.set(key(one), before === undefined ? amount : add(before, amount));
	}
	return new Map([...sums].map(([name, amount]) => [name, Number(toExactString(amount))]));
}

/** AWS prints ten decimals, so sums of a few thousand lines agree far below the cent. */
const toleranceUsd = 1e-5;

function expectSame(left: Map<string, number>, right: Map<string, number>): void {
	const wrong = [...new Set([...left.keys(), ...right.keys()])].filter(
		(key) => Math.abs((left.get(key) ?? 0) - (right.get(key) ?? 0)) > toleranceUsd,
	);
	expect(wrong.map((key) => [key, left.get(key), right.get(key)])).toEqual([]);
	expect([...left.values()].filter((usd) => usd > 0.01).length).toBeGreaterThan(5);
}

/** What each function cost on each day that the bill has in full, against the world's own reckoning. */
async function compareWithTruth(
	{ sandbox }: Collector,
	rows: readonly BillDayRow[],
): Promise<void> {
	const until = '2026-10-13';
	const billed = new Map<string, string[]>();
	for (const row of rows) {
		if (row.service !== 'lambda' || row.resourceId === null || row.day >= until) continue;
		const key = `${row.day} ${row.resourceId}`;
		billed.set(key, [...(billed.get(key) ?? []), row.costs.list ?? '0']);
	}
	let compared = 0;
	const wrong: string[] = [];
	for (const fn of sandbox.world.allFunctions()) {
		for (let fromMs = Date.UTC(2026, 9, 10); utcDay(fromMs) < until; fromMs += dayMs) {
			const { byKind } = sandbox.truth.cost(fn.id, { fromMs, toMs: fromMs + dayMs });
			const truth = Object.entries(byKind)
				.filter(([kind]) => !kind.startsWith('log-'))
				.reduce((total, [, usd]) => total + Number(usd), 0);
			const costs = billed.get(`${utcDay(fromMs)} ${fn.arn}`) ?? [];
			const total = sum(
				costs.map((text) => parseMoney(text, 'USD')),
				'USD',
			);
			const found = Number(toExactString(total));
			if (truth > 0) compared += 1;
			// Far below the cent that is asked for.
			if (Math.abs(found - truth) > 1e-6) wrong.push(`${fn.id} ${found} instead of ${truth}`);
		}
	}
	expect(wrong).toEqual([]);
	expect(compared).toBeGreaterThan(40);
}
