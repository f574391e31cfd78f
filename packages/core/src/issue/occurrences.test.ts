import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { functionId, workspaceIdSchema } from '../ids.ts';
import { hourMs } from '../time.ts';
import { fingerprint } from './fingerprint.ts';
import { issueSchema, maxIssueFunctions } from './issue.ts';
import { newIssue, withOccurrences, withState } from './occurrences.ts';
import type { Occurrence } from './occurrences.ts';

const workspaceId = workspaceIdSchema.parse(`ws_${'a'.repeat(20)}`);
const start = Date.UTC(2026, 10, 20);
const orders = functionId({ accountId: '111111111111', region: 'eu-west-1', name: 'orders' });
const print = fingerprint({ runtime: null, lines: ['Error: stock is empty'] });
const empty = newIssue({ workspaceId, scope: 'app:shop', fingerprint: print }, start);
const at = (timestampMs: number, count = 1): Occurrence => ({
	functionId: orders,
	version: '7',
	timestampMs,
	count,
});

test('the same failure in the same scope finds the same issue; another scope does not', () => {
	expect(newIssue({ workspaceId, scope: 'app:shop', fingerprint: print }, 5).id).toBe(empty.id);
	expect(newIssue({ workspaceId, scope: 'app:bank', fingerprint: print }, 5).id).not.toBe(empty.id);
	expect(issueSchema.parse(empty)).toEqual(empty);
});

test('counts by hour, function and version', () => {
	const issue = withOccurrences(empty, [at(start + 5, 2), at(start + hourMs, 3), at(start + 9)]);
	expect(issue).toMatchObject({
		count: 6,
		firstSeenMs: start,
		lastSeenMs: start + hourMs,
		hours: [
			{ hourMs: start, count: 3 },
			{ hourMs: start + hourMs, count: 3 },
		],
		functions: [{ functionId: orders, count: 6, lastSeenMs: start + hourMs }],
		versions: [{ version: '7', firstSeenMs: start + 5, lastSeenMs: start + hourMs, count: 6 }],
		truncated: false,
	});
	expect(issueSchema.parse(issue)).toEqual(issue);
});

test('any order and any split into batches gives the same counts', () => {
	const occurrence = fc.record({
		functionId: fc.constantFrom(
			orders,
			functionId({ accountId: '111111111111', region: 'eu-west-1', name: 'pay' }),
		),
		version: fc.constantFrom('1', '2', null),
		timestampMs: fc.integer({ min: start, max: start + 40 * hourMs }),
		count: fc.integer({ min: 1, max: 9 }),
	});
	fc.assert(
		fc.property(fc.array(occurrence, { minLength: 1, maxLength: 30 }), fc.nat(30), (all, split) => {
			const whole = withOccurrences(empty, all);
			const turned = [...all].reverse();
			const parts = withOccurrences(
				withOccurrences(empty, turned.slice(0, split)),
				turned.slice(split),
			);
			expect({
				...parts,
				functions: new Set(parts.functions),
				versions: new Set(parts.versions),
			}).toEqual({
				...whole,
				functions: new Set(whole.functions),
				versions: new Set(whole.versions),
			});
			expect(whole.hours.reduce((sum, hour) => sum + hour.count, 0)).toBe(whole.count);
		}),
	);
});

test('names a limited number of functions and says so', () => {
	const many = Array.from({ length: maxIssueFunctions + 1 }, (_, index) => ({
		...at(start),
		functionId: functionId({ accountId: '111111111111', region: 'eu-west-1', name: `f${index}` }),
	}));
	const issue = withOccurrences(empty, many);
	expect(issue.functions).toHaveLength(maxIssueFunctions);
	expect(issue).toMatchObject({ truncated: true, count: maxIssueFunctions + 1 });
});

describe('states', () => {
	const resolved = withState(empty, { state: 'resolved', by: 'ada', atMs: start + 10 });

	test('a failure after the resolution is a regression', () => {
		expect(withOccurrences(resolved, [at(start + 11)])).toMatchObject({
			state: 'regressed',
			stateBy: null,
			stateMs: start + 11,
		});
	});

	test('late news of an earlier failure is not', () => {
		expect(withOccurrences(resolved, [at(start + 9)])).toMatchObject({
			state: 'resolved',
			stateBy: 'ada',
		});
	});

	test('ignored stays ignored until its time', () => {
		const ignored = withState(empty, {
			state: 'ignored',
			by: 'ada',
			atMs: start,
			untilMs: start + hourMs,
		});
		expect(withOccurrences(ignored, [at(start + hourMs - 1)]).state).toBe('ignored');
		expect(withOccurrences(ignored, [at(start + hourMs)])).toMatchObject({
			state: 'open',
			ignoredUntilMs: null,
		});
		const forGood = withState(empty, { state: 'ignored', by: 'ada', atMs: start });
		expect(withOccurrences(forGood, [at(start + 1e9)]).state).toBe('ignored');
	});
});
