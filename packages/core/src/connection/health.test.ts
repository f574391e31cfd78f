import { describe, expect, it } from 'vitest';

import type { Connection, PermissionCheck } from './connection.ts';
import { afterTrial, isRefused } from './health.ts';

const connection = { state: 'waiting', reason: null, verifiedMs: null, createdMs: 0 } as Connection;

const check = (action: string, outcome: PermissionCheck['outcome']): PermissionCheck => ({
	feature: 'inventory',
	action,
	outcome,
	without: '',
	checkedMs: 1,
});

function tried(...checks: PermissionCheck[]) {
	const trial = { assumed: 'yes', openWithoutExternalId: false, checks, atMs: 1 } as const;
	const { state, reason } = afterTrial(connection, trial);
	return { state, reason };
}

describe('a connection after a try', () => {
	it('is healthy when nothing is missing', () => {
		const checks = [check('a:B', 'granted'), check('c:D', 'untested'), check('e:F', 'unknown')];
		expect(tried(...checks)).toEqual({ state: 'healthy', reason: null });
	});

	it('says apart what is not granted and what nobody offers', () => {
		const checks = [check('a:B', 'denied'), check('c:D', 'missing'), check('e:F', 'granted')];
		expect(tried(...checks)).toEqual({
			state: 'degraded',
			reason: 'Not granted: a:B. Not offered by the endpoint: c:D.',
		});
		expect(checks.filter(isRefused)).toEqual(checks.slice(0, 2));
	});
});
