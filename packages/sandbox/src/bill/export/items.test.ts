import { describe, expect, it } from 'vitest';

import { dayMs, nowMs, smallWorld } from '../../world/testing/small.ts';
import { loggingOf } from '../../world/configuration.ts';
import { slotMs } from '../calendar.ts';
import { functionCost } from '../functionCost.ts';
import { spread, usdText } from '../money.ts';
import { monthRows, versionAt } from '../statement.ts';
import { exportObjects } from './bucket.ts';
import { monthItems } from './items.ts';

const world = smallWorld({
	functionCount: 30,
	trafficScale: 0.02,
	beginsMs: Date.UTC(2026, 9, 28),
});
const november = Date.UTC(2026, 10, 1);
const version = versionAt(world, november, nowMs);

function sumBy<T>(all: readonly T[], key: (one: T) => string, value: (one: T) => bigint) {
	const sums = new Map<string, bigint>();
	for (const one of all) sums.set(key(one), (sums.get(key(one)) ?? 0n) + value(one));
	return sums;
}

describe('the lines of an export', () => {
	it('sum to the bill by day, account, kind and usage, to the last digit', async () => {
		const [items, rows] = await Promise.all([
			monthItems(world, version),
			monthRows(world, november, nowMs),
		]);
		const key = (row: (typeof rows)[number] | (typeof items)[number]) =>
			[row.dayMs, row.accountId, row.recordType, row.region, row.usageType].join(' ');
		expect(items.filter(({ resourceArn }) => resourceArn !== null).length).toBeGreaterThan(1000);
		for (const value of ['unblended', 'amortized', 'quantity'] as const) {
			const of = (one: (typeof rows)[number] | (typeof items)[number]) => one[value];
			expect(sumBy(items, key, of)).toEqual(sumBy(rows, key, of));
		}
	});

	it('cost each function its list price, and each log group that of its functions', async () => {
		const items = await monthItems(world, version);
		const fromMs = november + 10 * dayMs;
		const listed = sumBy(
			items.filter((item) => item.dayMs === fromMs && item.list !== null),
			(item) => item.resourceArn ?? '',
			(item) => item.list ?? 0n,
		);
		const expected = new Map<string, number>();
		for (const member of world.members) {
			const group = `arn:aws:logs:${member.region}:${member.accountId}:log-group:${loggingOf(member).logGroup}`;
			for (let at = fromMs; at < fromMs + dayMs; at += slotMs) {
				const range = { fromMs: at, toMs: at + slotMs };
				const { byKind } = functionCost(world, member.id, range);
				for (const [kind, usd] of Object.entries(byKind)) {
					const arn = kind.startsWith('log-') ? group : member.arn;
					expected.set(arn, (expected.get(arn) ?? 0) + Number(usd));
				}
			}
		}
		expect([...listed.keys()].sort()).toEqual([...expected.keys()].sort());
		for (const [arn, usd] of expected) {
			expect(Number(usdText(listed.get(arn) ?? 0n)), arn).toBeCloseTo(usd, 7);
		}
	});

	it('spread an amount so that its parts sum to it', () => {
		expect(spread(10n, [1n, 1n, 1n])).toEqual([4n, 3n, 3n]);
		expect(spread(-10n, [1n, 1n, 1n])).toEqual([-4n, -3n, -3n]);
		expect(spread(5n, [0n, 0n])).toEqual([0n, 0n]);
		expect(spread(7n, [3n, 4n])).toEqual([3n, 4n]);
	});
});

describe('the bucket of exports', () => {
	it('holds two exports of two months, each with a manifest that names its files', async () => {
		const objects = await exportObjects(world, nowMs);
		const manifests = objects.filter(({ key }) => key.endsWith('-Manifest.json'));
		expect(manifests).toHaveLength(4);
		const named = manifests.flatMap(({ bytes }) => {
			const { dataFiles } = JSON.parse(Buffer.from(bytes).toString()) as { dataFiles: string[] };
			return dataFiles.map((uri) => uri.replace('s3://meridian-billing-exports/', ''));
		});
		const data = objects.filter(({ key }) => key.includes('/data/')).map(({ key }) => key);
		expect(named.sort()).toEqual(data);
	});

	it('overwrites a month with each refresh, and keeps a closed one as it is', async () => {
		const etags = async (atMs: number) =>
			new Map((await exportObjects(world, atMs)).map(({ key, etag }) => [key, etag]));
		const before = await etags(nowMs);
		const after = await etags(nowMs + dayMs);
		const changed = [...before].filter(([key, etag]) => after.get(key) !== etag);
		expect(changed.map(([key]) => key).filter((key) => key.includes('=2026-10'))).toEqual([]);
		expect(changed.filter(([key]) => key.includes('/data/')).length).toBeGreaterThan(0);
	});
});
