import { randomBytes } from 'node:crypto';

import type { BillDayRow } from '@lamplight/core/bill/day';
import type { Deploy } from '@lamplight/core/deploy/deploy';
import { billingSourceIdSchema, deployIdSchema } from '@lamplight/core/ids';
import { type Issue, issueIdOf } from '@lamplight/core/issue/issue';
import { hourMs } from '@lamplight/core/time';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import {
	ctxOf,
	type Harness,
	id,
	named,
	newConnectionId,
	startMs,
	startStore,
} from './storeHarness.ts';
import { countUnits, unitsOf } from '../bench/dynamoUnits.ts';

let harness: Harness;

beforeAll(async () => {
	harness = await startStore();
});
beforeEach(() => {
	harness.now = startMs;
});
afterAll(() => harness.close());

function issue(workspaceId: Issue['workspaceId']): Issue {
	const hashOf = randomBytes(16).toString('hex');
	return {
		id: issueIdOf('app:a', hashOf),
		workspaceId,
		hash: hashOf,
		scope: 'app:a',
		kind: 'exception',
		title: 'Boom: it broke',
		errorType: 'Boom',
		normalisedMessage: 'it broke',
		topFrame: null,
		state: 'open',
		stateBy: null,
		stateMs: null,
		ignoredUntilMs: null,
		firstSeenMs: startMs,
		lastSeenMs: startMs,
		count: 0,
		hours: [],
		functions: [],
		truncated: false,
		versions: [],
	};
}

describe('issues', () => {
	const occurrences = (batch: string, count: number, hour = startMs) => ({
		functionId: named('failing'),
		hourMs: hour,
		batch,
		count,
		version: '3',
		firstSeenMs: hour + 1,
		lastSeenMs: hour + 2,
	});

	it('keep the failures that they were given, whoever groups them anew', async () => {
		const ctx = ctxOf();
		const [first, second] = ['a', 'b'].map((name) => ({
			...issue(ctx.workspaceId),
			id: issueIdOf('scope', name),
		}));
		if (first === undefined || second === undefined) throw new Error('two issues are needed');
		const slot = { functionId: named('failing'), slotMs: startMs };
		const { issues } = harness.store;
		await issues.assign(ctx, slot, new Map([['one', first]]));
		const again = await harness.other().issues.assign(
			ctx,
			slot,
			new Map([
				['one', second],
				['two', second],
			]),
		);
		expect([...again].map(([key, { id }]) => [key, id])).toEqual([
			['one', first.id],
			['two', second.id],
		]);
		const many = Array.from({ length: 6 }, (_, at) => new Map([[`at once ${at}`, first]]));
		await Promise.all(many.map((one) => harness.other().issues.assign(ctx, slot, one)));
		const all = new Map(many.flatMap((one) => [...one.keys()].map((key) => [key, second])));
		const kept = await issues.assign(ctx, slot, all);
		expect(new Set([...kept.values()].map(({ id }) => id))).toEqual(new Set([first.id]));
	});

	it('count every batch once, whoever writes it and however often', async () => {
		const ctx = ctxOf();
		const seed = issue(ctx.workspaceId);
		await Promise.all(
			['a', 'b', 'a', 'c', 'b'].map((batch) =>
				harness.other().issues.record(ctx, seed, [occurrences(batch, 2)]),
			),
		);
		const { issues } = harness.store;
		await issues.record(ctx, seed, [occurrences('a', 2), occurrences('d', 5, startMs + hourMs)]);
		const read = await issues.get(ctx, seed.id);
		expect(read).toMatchObject({
			count: 11,
			functions: [{ count: 11 }],
			versions: [{ count: 11 }],
		});
		expect(read?.hours.map((one) => one.count)).toEqual([6, 5]);
		expect(await issues.counts(ctx, seed.id, { fromMs: startMs, toMs: startMs + hourMs })).toEqual([
			{ hourMs: startMs, count: 6 },
		]);
		await issues.record(ctx, seed, [occurrences('a', 3)]);
		expect((await issues.get(ctx, seed.id))?.count).toBe(12);
	});

	it('count a batch once whose first writer was killed before the batch had an item of its own', async () => {
		const ctx = ctxOf();
		const seed = issue(ctx.workspaceId);
		const { middlewareStack } = harness.client;
		middlewareStack.add(
			(next) => (args) => {
				if (JSON.stringify(args.input).includes('#issueCounts#') && 'Item' in args.input) {
					return Promise.reject(new Error('killed'));
				}
				return next(args);
			},
			{ step: 'initialize', name: 'killed' },
		);
		const killed = harness.other().issues.record(ctx, seed, [occurrences('a', 2)]);
		await expect(killed.finally(() => middlewareStack.remove('killed'))).rejects.toThrow(
			'not answer',
		);
		const { issues } = harness.store;
		const range = { fromMs: startMs, toMs: startMs + hourMs };
		expect((await issues.get(ctx, seed.id))?.count).toBe(2);
		expect((await issues.record(ctx, seed, [occurrences('a', 2)])).count).toBe(2);
		expect(await issues.counts(ctx, seed.id, range)).toEqual([{ hourMs: startMs, count: 2 }]);
		expect((await harness.other().issues.record(ctx, seed, [occurrences('a', 3)])).count).toBe(3);
		expect(await issues.counts(ctx, seed.id, range)).toEqual([{ hourMs: startMs, count: 3 }]);
	});

	it('take two writes a batch, also after many, and a late writer with fewer takes nothing away', async () => {
		const ctx = ctxOf();
		const seed = issue(ctx.workspaceId);
		const { issues } = harness.store;
		const units = countUnits(harness.client);
		for (let batch = 0; batch < 60; batch += 1) {
			const one = [occurrences(`batch ${batch}`, 1)];
			const { writeUnits } = await unitsOf(units, () => issues.record(ctx, seed, one));
			expect(writeUnits).toBe(2);
		}
		await issues.record(ctx, seed, [occurrences('a', 3)]);
		await harness.other().issues.record(ctx, seed, [occurrences('a', 2)]);
		expect((await issues.get(ctx, seed.id))?.count).toBe(63);
		const range = { fromMs: startMs, toMs: startMs + hourMs };
		expect(await issues.counts(ctx, seed.id, range)).toEqual([{ hourMs: startMs, count: 63 }]);
	});

	it('regress when they happen after they were resolved', async () => {
		const ctx = ctxOf();
		const seed = issue(ctx.workspaceId);
		const { issues } = harness.store;
		await issues.record(ctx, seed, [occurrences('a', 1)]);
		await issues.update(ctx, seed.id, (current) => ({
			...current,
			state: 'resolved',
			stateMs: startMs + 10,
		}));
		await issues.record(ctx, seed, [occurrences('late-news', 1)]);
		expect((await issues.get(ctx, seed.id))?.state).toBe('resolved');
		await issues.record(ctx, seed, [occurrences('b', 1, startMs + hourMs)]);
		expect(await issues.list(ctx, ['regressed'])).toHaveLength(1);
		expect(await issues.list(ctx, ['open'])).toEqual([]);
	});

	it('keep the newest sample apart from the issue', async () => {
		const ctx = ctxOf();
		const seed = issue(ctx.workspaceId);
		const { issues } = harness.store;
		await issues.record(ctx, seed, [occurrences('a', 1)]);
		const sample = (atMs: number, line: string) => ({
			issueId: seed.id,
			functionId: named('failing'),
			requestId: 'r',
			logStream: null,
			atMs,
			lines: [line],
		});
		await issues.putSample(ctx, sample(startMs + 5, 'secret of a customer'));
		await issues.putSample(ctx, sample(startMs, 'older'));
		expect((await issues.sample(ctx, seed.id))?.lines).toEqual(['secret of a customer']);
		expect(JSON.stringify(await issues.get(ctx, seed.id))).not.toContain('secret');
	});
});

describe('deploys and bills', () => {
	it('a deploy seen again replaces itself, also at a corrected time', async () => {
		const ctx = ctxOf();
		const { deploys } = harness.store;
		const deploy: Deploy = {
			id: deployIdSchema.parse(id('dep')),
			workspaceId: ctx.workspaceId,
			atMs: startMs,
			kind: 'code',
			functionId: named('deployed'),
			connectionId: newConnectionId(),
			appId: null,
			version: '4',
			codeSha256: null,
			changes: [],
			actor: null,
			commit: null,
			url: null,
			source: 'inventory',
		};
		await deploys.put(ctx, deploy);
		await deploys.put(ctx, { ...deploy, atMs: startMs - 1000, actor: 'ada' });
		const range = { fromMs: startMs - hourMs, toMs: startMs + hourMs };
		const { items } = await deploys.list(ctx, range);
		expect(items.map((one) => [one.atMs, one.actor])).toEqual([[startMs - 1000, 'ada']]);
		const ofFunction = await deploys.list(ctx, range, { functionId: named('deployed') });
		expect(ofFunction.items).toEqual(items);
		expect((await deploys.list(ctx, range, { functionId: named('other') })).items).toEqual([]);
		expect(await deploys.get(ctx, deploy.id)).toEqual(items[0]);
	});

	it('a restated bill follows the earlier one; the same bill read again does not', async () => {
		const ctx = ctxOf();
		const { bill } = harness.store;
		const billingSourceId = billingSourceIdSchema.parse(id('bil'));
		const row = (day: string, amount: string): BillDayRow => ({
			day,
			accountId: '123456789012',
			region: 'eu-west-1',
			service: 'lambda',
			serviceName: 'AWS Lambda',
			usageType: 'EU-Lambda-GB-Second',
			operation: 'Invoke',
			kind: 'usage',
			resourceId: null,
			quantity: '12.5',
			unit: 'Lambda-GB-Second',
			currency: 'USD',
			costs: {
				list: amount,
				unblended: amount,
				netUnblended: null,
				amortized: null,
				netAmortized: null,
				contracted: null,
			},
		});
		const statement = (readMs: number, amount: string, final = false) => ({
			billingSourceId,
			month: '2026-10',
			readMs,
			final,
			invoiceIds: final ? ['EUINV26-1'] : [],
			rows: [row('2026-10-01', amount), row('2026-10-02', '0.000000000167')],
		});
		const put = async (...args: Parameters<typeof statement>) =>
			(await bill.putStatement(ctx, statement(...args))).changed;
		expect(await put(100, '1.10')).toBe(true);
		expect(await put(100, '1.10')).toBe(false);
		expect(await put(200, '1.10')).toBe(false);
		expect(await put(300, '1.25', true)).toBe(true);
		const history = await bill.history(ctx, billingSourceId, '2026-10');
		expect(history.map((one) => [one.readMs, one.confirmedMs, one.final])).toEqual([
			[100, 200, false],
			[300, 300, true],
		]);
		const month = { month: '2026-10' };
		expect(await bill.statement(ctx, billingSourceId, month)).toEqual(statement(300, '1.25', true));
		const earlier = await bill.statement(ctx, billingSourceId, { ...month, asOfMs: 299 });
		expect(earlier).toEqual(statement(100, '1.10'));
		expect(await bill.months(ctx, billingSourceId)).toEqual(['2026-10']);
		expect(await bill.statement(ctx, billingSourceId, { month: '2026-09' })).toBeNull();
		const other = billingSourceIdSchema.parse(id('bil'));
		await bill.putStatement(ctx, { ...statement(100, '2'), billingSourceId: other });
		await bill.removeSource(ctx, billingSourceId);
		await bill.removeSource(ctx, billingSourceId);
		expect(await bill.months(ctx, billingSourceId)).toEqual([]);
		expect(await bill.statement(ctx, billingSourceId, month)).toBeNull();
		expect((await bill.statement(ctx, other, month))?.rows).toHaveLength(2);
	});
});
