import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { LambdaFunction } from '../function/function.ts';
import { connectionIdSchema, functionIdSchema } from '../ids.ts';
import { groupCount, groupOf } from './groups.ts';
import { logGroupMatcher, planReading, type PlanInput } from './plan.ts';
import { emptyRegionState } from './state.ts';

const fn = (name: string, more: Partial<LambdaFunction> = {}): LambdaFunction => ({
	id: functionIdSchema.parse(`123456789012.eu-west-1.${name}`),
	connectionId: connectionIdSchema.parse('con_00000000000000000000'),
	accountId: '123456789012',
	region: 'eu-west-1',
	name,
	arn: `arn:aws:lambda:eu-west-1:123456789012:function:${name}`,
	runtime: 'nodejs24.x',
	packageType: 'Zip',
	handler: 'index.handler',
	architecture: 'arm64',
	billingMode: 'on-demand',
	memoryMib: 512,
	ephemeralStorageMib: 512,
	timeoutSeconds: 3,
	codeSizeBytes: 1,
	codeSha256: null,
	revisionId: 'r1',
	lastModifiedMs: null,
	version: null,
	aliases: [],
	snapStart: false,
	tracing: false,
	reservedConcurrency: null,
	provisionedConcurrency: [],
	eventSources: [],
	layers: [],
	logGroup: `/aws/lambda/${name}`,
	logFormat: 'Text',
	systemLogLevel: null,
	logClass: 'STANDARD',
	logRetentionDays: null,
	logStoredBytes: null,
	tags: {},
	app: null,
	owner: null,
	firstSeenMs: 0,
	lastSeenMs: 0,
	goneMs: null,
	...more,
});

const input = (more: Partial<PlanInput> = {}): PlanInput => ({
	inventory: [fn('quiet'), fn('busy'), fn('idle')],
	active: ['quiet', 'busy'],
	state: { ...emptyRegionState, busy: { busy: 2_000 } },
	logsGranted: true,
	mayRead: () => true,
	later: new Set(),
	maxRecordReads: 10,
	nowMs: 1_000,
	...more,
});

describe('the plan of a reading', () => {
	it('reads quiet functions from records, buys busy ones, and leaves idle ones', () => {
		const plan = planReading(input());
		expect(plan.records.map(({ name }) => name)).toEqual(['quiet']);
		expect(plan.metrics.map(({ name, why }) => [name, why])).toEqual([['busy', 'busy']]);
		expect(plan.others.map(({ name }) => name)).toEqual(['idle']);
	});

	it.each([
		['log class', { logClass: 'INFREQUENT_ACCESS' as const }],
		['log level', { logFormat: 'JSON' as const, systemLogLevel: 'WARN' as const }],
	])('buys a function whose %s hides its records', (why, more) => {
		const plan = planReading(input({ inventory: [fn('quiet', more)], active: ['quiet'] }));
		expect(plan.metrics).toMatchObject([{ name: 'quiet', why }]);
	});

	it('reads what is in no inventory from its default group, until there proves to be none', () => {
		const active = ['us-east-1.replica'];
		expect(planReading(input({ active })).records).toMatchObject([{ name: active[0] }]);
		const unreadable = { 'us-east-1.replica': { reason: 'no group', untilMs: 2_000 } };
		const plan = planReading(input({ active, state: { ...emptyRegionState, unreadable } }));
		expect(plan.metrics).toMatchObject([{ name: active[0], why: 'unreadable' }]);
	});

	it('reads each function exactly once, whatever the rate allows', () => {
		const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,5}$/), { maxLength: 40 });
		fc.assert(
			fc.property(names, fc.nat({ max: 40 }), fc.nat(), (active, maxRecordReads, nowMs) => {
				const inventory = active.map((name) => fn(name));
				const plan = planReading(
					input({ inventory, active, maxRecordReads, nowMs: nowMs + 1_000 }),
				);
				expect(plan.records.length).toBeLessThanOrEqual(maxRecordReads);
				const read = [...plan.records, ...plan.metrics].map(({ name }) => name).sort();
				expect(read).toEqual([...active].sort());
			}),
		);
	});
});

describe('groups and patterns', () => {
	it('keep a region’s items near 125 functions', () => {
		expect([1, 125, 126, 1000].map(groupCount)).toEqual([1, 1, 2, 8]);
		expect(groupOf('orders', 8)).toBe(groupOf('orders', 8));
	});

	it('match log groups as IAM does', () => {
		const matches = logGroupMatcher(['/aws/lambda/*', '/custom.orders']);
		expect(matches('/aws/lambda/a')).toBe(true);
		expect(matches('/custom.orders')).toBe(true);
		expect(matches('/customXorders')).toBe(false);
	});
});
