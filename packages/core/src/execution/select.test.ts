import fc from 'fast-check';
import { expect, it } from 'vitest';

import { functionIdSchema } from '../ids.ts';
import { hourMs } from '../time.ts';
import type { Execution } from './execution.ts';
import { keptPerHour, selectExecutions } from './select.ts';

const functionId = functionIdSchema.parse('123456789012.eu-west-1.one');

const execution: fc.Arbitrary<Execution> = fc
	.record({
		number: fc.nat({ max: 400 }),
		startMs: fc.nat({ max: 2 * hourMs }),
		durationUs: fc.nat({ max: 1000 }),
		billedMs: fc.option(fc.nat({ max: 100 }), { nil: null }),
		status: fc.constantFrom('success', 'error', 'timeout'),
	})
	.map(({ number, ...figures }) => ({
		functionId,
		requestId: `request-${number}-${figures.startMs}`,
		logStream: 'stream',
		attempt: 1,
		memoryMib: 128,
		maxMemoryUsedMib: null,
		initUs: null,
		restoreUs: null,
		version: null,
		errorType: null,
		issueId: null,
		traceId: null,
		...figures,
	}));
const crowd = fc.uniqueArray(execution, { selector: (one) => one.requestId, maxLength: 200 });

it('selecting from selections is selecting from all, in any grouping', () => {
	fc.assert(
		fc.property(crowd, fc.nat(), (all, cut) => {
			const at = all.length === 0 ? 0 : cut % all.length;
			const parts = [...selectExecutions(all.slice(at)), ...selectExecutions(all.slice(0, at))];
			expect(selectExecutions([...parts, ...parts])).toEqual(selectExecutions(all));
		}),
	);
});

it('keeps every failure up to the cap, and never more than the caps allow', () => {
	fc.assert(
		fc.property(crowd, (all) => {
			const kept = selectExecutions(all);
			const hours = new Set(all.map((one) => Math.floor(one.startMs / hourMs)));
			for (const hour of hours) {
				const inHour = (one: Execution) => Math.floor(one.startMs / hourMs) === hour;
				const failures = all.filter((one) => inHour(one) && one.status !== 'success');
				const keptFailures = kept.filter((one) => inHour(one) && one.kept.includes('failure'));
				expect(keptFailures).toHaveLength(Math.min(failures.length, keptPerHour.failure));
				for (const reason of ['slowest', 'dearest', 'sample'] as const) {
					const some = kept.filter((one) => inHour(one) && one.kept.includes(reason));
					expect(some.length).toBeLessThanOrEqual(keptPerHour[reason]);
				}
			}
		}),
	);
});

it('samples without regard to duration', () => {
	const all = Array.from({ length: 2000 }, (_, at): Execution => ({
		functionId,
		requestId: `request-${at}`,
		logStream: 'stream',
		attempt: 1,
		startMs: at,
		durationUs: at,
		billedMs: 1,
		memoryMib: 128,
		maxMemoryUsedMib: null,
		initUs: null,
		restoreUs: null,
		version: null,
		status: 'success',
		errorType: null,
		issueId: null,
		traceId: null,
	}));
	const sample = selectExecutions(all).filter((one) => one.kept.includes('sample'));
	const mean = sample.reduce((sum, one) => sum + one.durationUs, 0) / sample.length;
	expect(sample).toHaveLength(keptPerHour.sample);
	expect(mean).toBeGreaterThan(400);
	expect(mean).toBeLessThan(1600);
});
