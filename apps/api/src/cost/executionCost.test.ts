import { sum, toExactString } from '@lamplight/core/money';
import { functionId, connectionIdSchema } from '@lamplight/core/ids';
import { priceExecution } from '@lamplight/pricing/execution';
import type { DirectoryFunction } from '@lamplight/store/series/rollups';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { executionPrice } from './executionCost.ts';

const startMs = Date.UTC(2026, 10, 18);
const fn: DirectoryFunction = {
	id: functionId({ accountId: '111111111111', region: 'us-east-1', name: 'orders' }),
	connectionId: connectionIdSchema.parse('con_00000000000000000000'),
	runtime: 'nodejs24.x',
	packageType: 'Zip',
	architecture: 'arm64',
	billingMode: 'on-demand',
	memoryMib: 1_024,
	ephemeralStorageMib: 512,
	timeoutSeconds: 10,
	codeSizeBytes: 1,
	version: null,
	snapStart: false,
	reservedConcurrency: null,
	logClass: 'STANDARD',
	logRetentionDays: 30,
	logStoredBytes: null,
	systemLogLevel: null,
	lastModifiedMs: null,
	tags: {},
	app: null,
	owner: null,
	firstSeenMs: 0,
	goneMs: null,
	provisionedConcurrencyTotal: 0,
};

test('the lines of an execution sum to its list price, however its time divides', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 900_000_000 }),
			fc.option(fc.integer({ min: 1, max: 10_000_000 })),
			fc.constantFrom(128, 512, 1_769, 10_240),
			fc.constantFrom(512, 2_048),
			fc.boolean(),
			(durationUs, initUs, memoryMib, ephemeralStorageMib, initBilled) => {
				const billedMs = Math.ceil((durationUs + (initBilled ? (initUs ?? 0) : 0)) / 1_000);
				const own = { ...fn, ephemeralStorageMib };
				const { total, lines } = executionPrice(own, {
					startMs,
					durationUs,
					billedMs,
					memoryMib,
					initUs,
				});
				const expected = priceExecution(
					{ region: 'us-east-1', architecture: 'arm64', memoryMib, billedMs, ephemeralStorageMib },
					startMs,
				).cost;
				expect(total === null ? null : toExactString(total)).toBe(
					expected === null ? null : toExactString(expected),
				);
				expect(toExactString(sum(lines.flatMap(({ cost }) => (cost === null ? [] : [cost]))))).toBe(
					total === null ? '' : toExactString(total),
				);
			},
		),
	);
});

test('log lines are priced by what they hold, with 26 bytes for each', () => {
	const execution = { startMs, durationUs: 1_000, billedMs: 1, memoryMib: 128, initUs: null };
	const { lines } = executionPrice(fn, execution, { lines: 10, bytes: 740, retentionDays: 30 });
	const taken = lines.find(({ component }) => component === 'logIngestion');
	expect(taken?.quantity).toBe('10 lines, 1000 B');
	// $0.50 for 2^30 bytes.
	expect(
		Number(taken?.cost === undefined || taken.cost === null ? NaN : toExactString(taken.cost)),
	).toBeCloseTo((0.5 * 1_000) / 2 ** 30, 15);
});

test('an execution whose record says no billed time has no price for it, not a price of 0', () => {
	const { lines } = executionPrice(fn, {
		startMs,
		durationUs: 5_000,
		billedMs: null,
		memoryMib: null,
		initUs: null,
	});
	expect(lines.find(({ component }) => component === 'run')?.cost).toBeNull();
});
