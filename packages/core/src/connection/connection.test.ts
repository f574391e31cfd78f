import { expect, test } from 'vitest';

import { connectionSchema, enrolmentSchema } from './connection.ts';

const check = (feature: string) => ({
	feature,
	action: 'a:B',
	outcome: 'granted',
	without: 'Nothing.',
	checkedMs: 1,
});
const stored = {
	id: 'con_00000000000000000000',
	workspaceId: 'ws_00000000000000000000',
	enrolmentId: 'enr_00000000000000000000',
	accountId: '111111111111',
	accountName: null,
	roleArn: null,
	regions: [],
	features: ['metrics', 'telepathy', 'inventory'],
	state: 'healthy',
	reason: null,
	checks: [check('telepathy'), check('logs')],
	watchBudgetUsdPerMonth: 5,
	backfillBudgetUsd: 1,
	createdMs: 1,
	verifiedMs: null,
	lastCollectedMs: null,
};

test('what was kept of a feature that is offered no more does not spoil the rest', () => {
	const parsed = connectionSchema.parse(stored);
	expect(parsed.features).toEqual(['inventory', 'metrics']);
	expect(parsed.checks.map(({ feature }) => feature)).toEqual(['logs']);
	const enrolment = enrolmentSchema.parse({
		id: 'enr_00000000000000000000',
		workspaceId: 'ws_00000000000000000000',
		kind: 'account',
		accountId: '111111111111',
		externalId: 'x'.repeat(24),
		features: ['telepathy', 'costs'],
		logGroupPatterns: [],
		regions: [],
		createdMs: 1,
		createdBy: 'usr_test',
	});
	expect(enrolment.features).toEqual(['costs']);
});

test('a check that is damaged is refused all the same', () => {
	const damaged = { ...stored, checks: [{ ...check('logs'), outcome: 'maybe' }] };
	expect(connectionSchema.safeParse(damaged).success).toBe(false);
});
