import type { Reconciliation } from '@lamplight/api/contract/costs';
import { expect, it } from 'vitest';

import { waterfall } from './waterfall.ts';

type Line = Reconciliation['lines'][number];
const line = (id: string, kind: Line['kind'], amount: string | null): Line => ({
	id,
	kind,
	label: id,
	note: null,
	amount:
		amount === null ? null : { amount, currency: 'USD', provenance: 'measured', basis: 'list' },
});

it('hangs each step from where the one before ended', () => {
	const { steps, startUsd } = waterfall([
		line('estimated', 'anchor', '100'),
		line('init', 'step', '20'),
		line('plan', 'step', '-80'),
		line('billed', 'anchor', '40'),
	]);
	expect(startUsd).toBe(0);
	expect(steps.map(({ bar }) => bar && [Math.round(bar.left), Math.round(bar.width)])).toEqual([
		[0, 83],
		[83, 17],
		[33, 67],
		[0, 33],
	]);
});

it('begins above 0 when all of it lies high, and never cuts a bar', () => {
	const { steps, startUsd } = waterfall([
		line('estimated', 'anchor', '7280.97'),
		line('init', 'step', '102.56'),
		line('billed', 'anchor', '6790.15'),
	]);
	expect(startUsd).toBeGreaterThan(5000);
	expect(startUsd).toBeLessThan(6790);
	for (const { bar } of steps) {
		expect(bar?.left).toBeGreaterThanOrEqual(0);
		expect((bar?.left ?? 0) + (bar?.width ?? 0)).toBeLessThanOrEqual(100.001);
	}
});

it('gives what has no price no bar, and survives a bill of nothing', () => {
	expect(waterfall([line('odd', 'unpriced', null)]).steps[0]?.bar).toBeNull();
	expect(waterfall([line('estimated', 'anchor', '0')]).steps[0]?.bar).toEqual({
		left: 0,
		width: 0,
	});
});
