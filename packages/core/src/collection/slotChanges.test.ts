import { describe, expect, it } from 'vitest';

import type { Bucket } from '../bucket/bucket.ts';
import type { FunctionSlice } from '../bucket/fragment.ts';
import { ExponentialHistogram } from '../histogram.ts';
import { functionIdSchema } from '../ids.ts';
import { minuteMs } from '../time.ts';
import { changesOf, marksOf } from './slotChanges.ts';

const slotMs = Date.UTC(2026, 9, 14, 8, 0);
const overMs = slotMs + 5 * minuteMs;
/** A minute after the slot is over, when it is read for the first time; and ten minutes later. */
const [soonMs, laterMs] = [overMs + minuteMs, overMs + 11 * minuteMs];

function slice(name: string, minutes: readonly Partial<Bucket>[]): FunctionSlice {
	const durations = new ExponentialHistogram();
	durations.add(1000 * minutes.length);
	return {
		functionId: functionIdSchema.parse(`123456789012.eu-west-1.${name}`),
		durations,
		buckets: minutes.map((known, at) => ({
			...{ minuteMs: slotMs + at * minuteMs, invocations: 1, errors: 0, throttles: null },
			...{ durationSumUs: 1000, durationMaxUs: 1000, p50Us: null, p95Us: null, p99Us: null },
			...{ billedMs: 1, billedMibMs: 128, coldStarts: 0, initUs: 0, timeouts: 0 },
			...{ maxMemoryUsedMib: 64, concurrencyMax: null, logBytes: null },
			...known,
		})),
	};
}

const quiet = [slice('a', [{}, {}]), slice('b', [{}, {}]), slice('c', [{}, {}])];

const changes = (
	before: readonly FunctionSlice[],
	now: readonly FunctionSlice[],
	nowMs: number,
	elsewhere: readonly FunctionSlice[] = [],
) => {
	const written = new Set([...now, ...elsewhere].map(({ functionId }) => functionId));
	return changesOf(now, { before: marksOf(before), now: marksOf(now), slotMs, nowMs, written });
};

describe('what is written of a slot that was written before', () => {
	it('is nothing where nothing changed', () => {
		expect(changes(quiet, quiet, soonMs)).toEqual({ kind: 'none' });
		expect(changes(quiet, quiet, laterMs)).toEqual({ kind: 'none' });
	});

	it('is the minute in which an execution came late, with the durations of the whole slot', () => {
		const late = slice('b', [{}, { invocations: 2 }]);
		expect(changes(quiet, [quiet[0]!, late, quiet[2]!], soonMs)).toEqual({
			kind: 'some',
			slices: [{ ...late, buckets: [late.buckets[1]] }],
		});
	});

	it('waits with zeros that came until the slot’s figures have arrived, and then has no durations', () => {
		const known = slice('a', [{}, { throttles: 0 }]);
		const now = [known, ...quiet.slice(1)];
		expect(changes(quiet, now, soonMs)).toEqual({ kind: 'none' });
		expect(changes(quiet, now, laterMs)).toEqual({
			kind: 'some',
			slices: [{ ...known, buckets: [known.buckets[1]], durations: null }],
		});
	});

	it('does not wait with errors and throttles that came', () => {
		for (const count of [{ errors: 1 }, { throttles: 3 }]) {
			const now = [slice('a', [{}, count]), ...quiet.slice(1)];
			expect(changes(quiet, now, soonMs)).toMatchObject({ kind: 'some' });
		}
	});

	it('is a function that ran first, beside those that are there', () => {
		const fresh = slice('d', [{}]);
		expect(changes(quiet, [...quiet, fresh], soonMs)).toEqual({ kind: 'some', slices: [fresh] });
	});

	it('is all of it where most changed', () => {
		const now = quiet.map(({ functionId }) =>
			slice(functionId.split('.')[2] ?? '', [{ invocations: 9 }, { invocations: 9 }]),
		);
		expect(changes(quiet, now, soonMs)).toEqual({ kind: 'whole', isGone: false });
	});

	it('is all of it, and says so, where a function or a minute is gone', () => {
		expect(changes(quiet, quiet.slice(1), soonMs)).toEqual({ kind: 'whole', isGone: true });
		const shorter = [slice('a', [{}]), ...quiet.slice(1)];
		expect(changes(quiet, shorter, soonMs)).toEqual({ kind: 'whole', isGone: true });
	});

	it('is nothing where a function is written elsewhere now: what is newer goes over it', () => {
		expect(changes(quiet, quiet.slice(1), soonMs, quiet)).toEqual({ kind: 'none' });
	});
});
