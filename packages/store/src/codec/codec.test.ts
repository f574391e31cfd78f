import { brotliCompressSync } from 'node:zlib';

import type { Aggregate } from '@lamplight/core/bucket/aggregate';
import type { Bucket } from '@lamplight/core/bucket/bucket';
import { LamplightError } from '@lamplight/core/errors';
import type { Execution } from '@lamplight/core/execution/execution';
import { ExponentialHistogram } from '@lamplight/core/histogram';
import { functionIdSchema } from '@lamplight/core/ids';
import { minuteMs } from '@lamplight/core/time';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { openBlob, openJson, sealBlob, sealJson } from './blob.ts';
import { type Column, readColumn, writeColumn } from './column.ts';
import { decodeMinuteDay, decodeStepDay, encodeMinuteDay, encodeStepDay } from './days.ts';
import { decodeExecutions, encodeExecutions } from './executions.ts';
import { decodeFleet, encodeFleet } from './fleet.ts';
import { decodeSlices, encodeSlices } from './slices.ts';
import { decodeTotals, encodeTotals } from './totals.ts';
import { ByteReader, ByteWriter } from './varint.ts';
import { decodeWindowRows, encodeWindowRows, levelsOf, sparkLevels } from './window.ts';

const figure = fc.oneof(
	fc.constant(0),
	fc.integer({ min: 0, max: 200 }),
	fc.integer({ min: 0, max: 900_000_000 }),
	fc.maxSafeNat(),
);
const maybe = fc.option(figure, { nil: null });
const minutes = fc
	.uniqueArray(fc.integer({ min: 0, max: 1439 }), { maxLength: 60 })
	.map((all) => [...all].sort((a, b) => a - b).map((at) => (29_700_000 + at) * minuteMs));

function figuresOf(minute: number): fc.Arbitrary<Bucket> {
	return fc.record({
		minuteMs: fc.constant(minute),
		invocations: figure,
		errors: maybe,
		throttles: maybe,
		durationSumUs: figure,
		durationMaxUs: maybe,
		p50Us: maybe,
		p95Us: maybe,
		p99Us: maybe,
		billedMs: maybe,
		billedMibMs: maybe,
		coldStarts: maybe,
		initUs: maybe,
		timeouts: maybe,
		maxMemoryUsedMib: maybe,
		concurrencyMax: maybe,
		logBytes: maybe,
	});
}
const buckets = minutes.chain((all) => fc.tuple(...all.map(figuresOf)));

const aggregate: fc.Arbitrary<Aggregate> = fc
	.record({
		invocations: figure,
		errors: maybe,
		errorsKnownInvocations: fc.nat(),
		throttles: maybe,
		durationSumUs: figure,
		durationMaxUs: maybe,
		p50Us: fc.option(fc.nat({ max: 999 }), { nil: null }),
		p95Us: fc.option(fc.nat({ max: 999 }), { nil: null }),
		p99Us: fc.option(fc.nat({ max: 999 }), { nil: null }),
		percentiles: fc.constantFrom('none', 'approximate', 'merged'),
		recordedInvocations: fc.nat(),
		recordedDurationSumUs: fc.nat(),
		billedMs: maybe,
		billedMibMs: maybe,
		coldStarts: maybe,
		initUs: maybe,
		timeouts: maybe,
		maxMemoryUsedMib: maybe,
		concurrencyMax: maybe,
		logBytes: maybe,
	})
	.map((one) => ({
		...one,
		errorsKnownInvocations: one.errorsKnownInvocations % (one.invocations + 1),
		recordedInvocations: one.recordedInvocations % (one.invocations + 1),
		recordedDurationSumUs: one.recordedDurationSumUs % (one.durationSumUs + 1),
	}));

/** Of functions, some of which are read by samples. */
const sampled: fc.Arbitrary<Aggregate> = fc
	.tuple(aggregate, fc.option(fc.integer({ min: 1, max: 1e15 }), { nil: undefined }))
	.map(([one, variance]) =>
		variance === undefined ? one : { ...one, billedVarianceMs2: variance },
	);

const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/);
const ids = fc
	.uniqueArray(name, { maxLength: 12 })
	.map((all) =>
		[...all].sort().map((one) => functionIdSchema.parse(`123456789012.eu-west-1.${one}`)),
	);
const histogram = fc.array(fc.integer({ min: 0, max: 1e9 }), { maxLength: 20 }).map((values) => {
	const made = new ExponentialHistogram();
	for (const value of values) made.add(value);
	return made;
});

/** Histograms compare by their bytes. */
const plain = (value: unknown): unknown =>
	JSON.parse(
		JSON.stringify(value, (_, one: unknown) =>
			one instanceof ExponentialHistogram ? [...one.encode()] : one,
		),
	);

describe('columns', () => {
	it('come back as they were, null and 0 apart, whatever was expected', () => {
		const value = fc.option(fc.oneof(figure, fc.integer({ min: -1_000_000, max: 1_000_000 })), {
			nil: null,
		});
		const rows = fc.array(fc.tuple(value, fc.nat({ max: 1_000_000 })));
		fc.assert(
			fc.property(rows, fc.boolean(), (pairs, withGuess) => {
				const column: Column = pairs.map(([one]) => one);
				const expected = withGuess ? pairs.map(([, guess]) => guess) : undefined;
				const out = new ByteWriter();
				writeColumn(out, column, expected);
				const reader = new ByteReader(out.bytes());
				expect(readColumn(reader, column.length, expected)).toEqual(column);
				expect(reader.done).toBe(true);
			}),
		);
	});

	it('refuse what is not a whole number, rather than round it', () => {
		expect(() => writeColumn(new ByteWriter(), [1.5])).toThrow('not a whole number');
		expect(() => writeColumn(new ByteWriter(), [Number.NaN])).toThrow('not a whole number');
	});

	it('of equal values take three bytes, however many', () => {
		const out = new ByteWriter();
		writeColumn(out, new Array<number>(1440).fill(7));
		expect(out.length).toBeLessThanOrEqual(3);
	});
});

describe('blobs come back as they were', () => {
	const small = { numRuns: 60 };

	it('slices', () => {
		const slices = ids.chain((all) =>
			fc.tuple(
				...all.map((functionId) =>
					fc.record({
						functionId: fc.constant(functionId),
						buckets,
						durations: fc.option(histogram, { nil: null }),
					}),
				),
			),
		);
		fc.assert(
			fc.property(slices, (all) => {
				expect(plain(decodeSlices(encodeSlices(all)))).toEqual(plain(all));
			}),
			small,
		);
	});

	it('minute days and step days', () => {
		fc.assert(
			fc.property(buckets, fc.array(histogram, { maxLength: 24 }), (all, hours) => {
				const day = { buckets: all, hours: new Map(hours.map((one, at) => [at * 3_600_000, one])) };
				const back = decodeMinuteDay(encodeMinuteDay(day));
				expect(back.buckets).toEqual(all);
				expect(plain([...back.hours])).toEqual(plain([...day.hours]));
			}),
			small,
		);
		fc.assert(
			fc.property(fc.array(aggregate, { maxLength: 24 }), histogram, (all, durations) => {
				const steps = all.map((one, at) => ({ atMs: at * 3_600_000, ...one }));
				const back = decodeStepDay(encodeStepDay({ steps, durations }));
				expect(plain(back)).toEqual(plain({ steps, durations }));
			}),
			small,
		);
	});

	it('the fleet and its windows', () => {
		const entries = ids.chain((all) =>
			fc.tuple(
				...all.map((functionId) =>
					fc.record({
						functionId: fc.constant(functionId),
						aggregate: sampled,
						invocations: fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
						errors: fc.array(fc.option(fc.nat(), { nil: null }), {
							minLength: 12,
							maxLength: 12,
						}),
					}),
				),
			),
		);
		fc.assert(
			fc.property(entries, (all) => {
				const span = { stepMs: 300_000, entries: all, steps: [] };
				expect(decodeFleet(encodeFleet(span))).toEqual(span);
				const rows = all.map((one) => one.aggregate);
				const numbered = { numbers: rows.map((_, at) => at * 3 + 1), rows };
				expect(decodeWindowRows(encodeWindowRows(numbered))).toEqual(numbered);
			}),
			small,
		);
	});

	it('totals, executions and documents', () => {
		const region = fc.record({
			region: fc.constantFrom('eu-west-1', 'us-east-1'),
			buckets: minutes.chain((all) =>
				fc.tuple(
					...all.map((minute) =>
						fc.record({
							minuteMs: fc.constant(minute),
							invocations: fc.option(fc.nat(), { nil: null }),
							errors: fc.option(fc.nat(), { nil: null }),
							throttles: fc.option(fc.nat(), { nil: null }),
							durationCount: fc.option(fc.nat(), { nil: null }),
							durationSumUs: fc.option(fc.nat(), { nil: null }),
							concurrencyMax: fc.option(fc.nat(), { nil: null }),
							claimedConcurrencyMax: fc.option(fc.nat(), { nil: null }),
						}),
					),
				),
			),
		});
		fc.assert(
			fc.property(fc.array(region, { maxLength: 3 }), (all) => {
				expect(decodeTotals(encodeTotals(all))).toEqual(all);
			}),
			small,
		);
		const known = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
		const execution: fc.Arbitrary<Execution> = fc.record({
			functionId: ids
				.filter((all) => all.length > 0)
				.map((all) => all[0] ?? functionIdSchema.parse('')),
			requestId: name,
			logStream: fc.string({ maxLength: 60 }),
			attempt: fc.integer({ min: 1, max: 4 }),
			startMs: fc.nat(),
			durationUs: fc.nat(),
			billedMs: known(fc.nat()),
			memoryMib: known(fc.integer({ min: 128, max: 10240 })),
			maxMemoryUsedMib: known(fc.nat()),
			initUs: known(fc.nat()),
			restoreUs: known(fc.nat()),
			version: known(fc.constantFrom('$LATEST', '12')),
			status: fc.constantFrom('success', 'error', 'timeout'),
			errorType: known(fc.string({ maxLength: 60 })),
			issueId: known(name),
			traceId: known(name),
		});
		fc.assert(
			fc.property(fc.array(execution, { maxLength: 20 }), (all) => {
				expect(decodeExecutions(encodeExecutions(all))).toEqual(all);
			}),
			small,
		);
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				expect(openJson(sealJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
			}),
			small,
		);
	});
});

describe('a blob that cannot be read', () => {
	const body = Uint8Array.of(1, 2, 3);

	it('of a newer version names the version', () => {
		const newer = sealBlob('slices', 2, body);
		try {
			openBlob('slices', 1, newer);
			expect.unreachable();
		} catch (error) {
			expect(error).toBeInstanceOf(LamplightError);
			expect(error).toMatchObject({
				code: 'data_damaged',
				message: 'A stored slices blob has format version 2; this program knows 1',
				details: { kind: 'slices', version: 2 },
			});
		}
	});

	it('of another kind, cut short or empty is damaged, never half read', () => {
		const blob = sealBlob('slices', 1, body);
		expect(() => openBlob('totals', 1, blob)).toThrow('expected totals');
		expect(() => openBlob('slices', 1, blob.slice(0, -2))).toThrow('does not decompress');
		expect(() => openBlob('slices', 1, new Uint8Array())).toThrow('damaged');
		const junk = new Uint8Array([1, 1, ...brotliCompressSync(Uint8Array.of(200, 200, 200))]);
		expect(() => decodeSlices(junk)).toThrow('damaged');
	});
});

it('levels of a sparkline keep what is not 0 apart from 0', () => {
	expect(levelsOf([0, 1, 1000, null])).toEqual([0, 1, sparkLevels, 0]);
	expect(levelsOf([0, null])).toEqual([0, 0]);
});
