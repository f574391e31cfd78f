import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { rateLimiter, type RateKey } from './limiter.ts';
import { publishedRate } from './published.ts';

const filter: RateKey = {
	accountId: '111122223333',
	region: 'eu-central-1',
	service: 'logs',
	operation: 'FilterLogEvents',
};

describe('publishedRate', () => {
	it.each([
		['logs', 'FilterLogEvents', 'us-east-1', 25],
		['logs', 'FilterLogEvents', 'eu-central-1', 5],
		['logs', 'FilterLogEvents', 'eu-west-1', 10],
		['logs', 'GetLogEvents', 'eu-west-3', 30],
		['logs', 'GetLogEvents', 'eu-west-1', 10],
		['monitoring', 'GetMetricData', 'eu-west-1', 500],
		['monitoring', 'ListMetrics', 'eu-west-1', 25],
		['lambda', 'GetFunction', 'eu-west-1', 100],
		['lambda', 'ListFunctions', 'eu-west-1', 15],
		['sts', 'AssumeRole', 'eu-west-1', 600],
	])('%s %s in %s is %i a second', (service, operation, region, perSecond) => {
		expect(publishedRate(service, operation, region)?.perSecond).toBe(perSecond);
	});

	it('is null where AWS publishes none', () => {
		expect(publishedRate('ce', 'GetCostAndUsage', 'us-east-1')).toBeNull();
	});
});

describe('rateLimiter', () => {
	it('never lets more through than one second’s worth plus the rate over the time', () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 }), (gaps) => {
				let nowMs = 0;
				const passes = rateLimiter(() => nowMs);
				let passed = 0;
				for (const gap of gaps) {
					nowMs += gap;
					if (passes(filter)) passed += 1;
					expect(passed).toBeLessThanOrEqual(5 + (nowMs / 1000) * 5);
				}
			}),
		);
	});

	it('lets everything through that keeps to the rate', () => {
		let nowMs = 0;
		const passes = rateLimiter(() => nowMs);
		for (let call = 0; call < 100; call++) {
			expect(passes(filter)).toBe(true);
			nowMs += 200;
		}
	});

	it('keeps accounts and regions apart, and shares what AWS shares', () => {
		const passes = rateLimiter(() => 0);
		const drain = (key: RateKey) => {
			let passed = 0;
			while (passes(key)) passed += 1;
			return passed;
		};
		expect(drain(filter)).toBe(5);
		expect(drain({ ...filter, accountId: '999988887777' })).toBe(5);
		expect(drain({ ...filter, region: 'us-east-1' })).toBe(25);
		expect(drain({ ...filter, operation: 'DescribeLogGroups' })).toBe(10);
		const lambda = { ...filter, service: 'lambda' };
		expect(drain({ ...lambda, operation: 'ListFunctions' })).toBe(15);
		expect(drain({ ...lambda, operation: 'ListTags' })).toBe(0);
		expect(drain({ ...lambda, operation: 'GetFunction' })).toBe(100);
	});
});
