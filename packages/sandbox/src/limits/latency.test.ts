import fc from 'fast-check';
import { expect, it } from 'vitest';

import { latencyMs } from './latency.ts';

it('draws delays of the service’s order, seldom five times as long', () => {
	fc.assert(
		fc.property(
			fc.constantFrom('sts', 'lambda', 'ce', 'unheard-of'),
			fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
			(service, draw) => {
				const middle = latencyMs(service, 0.5);
				const got = latencyMs(service, draw);
				expect(got).toBeGreaterThan(0);
				expect(got).toBeLessThanOrEqual(middle * 5);
				if (draw <= 0.99) expect(got).toBeLessThan(middle * 1.5);
			},
		),
	);
	expect(latencyMs('ce', 0.5)).toBeGreaterThan(latencyMs('sts', 0.5));
});
