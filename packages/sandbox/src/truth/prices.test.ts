import { describe, expect, it } from 'vitest';

import { chargeOf, usdText } from './prices.ts';

const metric = (MetricName: string, Stat: string, name?: string) => ({
	Id: 'm',
	MetricStat: {
		Metric: {
			Namespace: 'AWS/Lambda',
			MetricName,
			Dimensions: name === undefined ? [] : [{ Name: 'FunctionName', Value: name }],
		},
		Period: 60,
		Stat,
	},
});

function billed(queries: object[]): number | undefined {
	const input = { MetricDataQueries: queries };
	return chargeOf({ service: 'monitoring', operation: 'GetMetricData', input, reported: 0 })?.units;
}

describe('GetMetricData', () => {
	it('bills up to five statistics of one metric as one', () => {
		const stats = ['SampleCount', 'Sum', 'Maximum', 'p50', 'p99'];
		expect(billed(stats.map((stat) => metric('Duration', stat)))).toBe(1);
		expect(billed([...stats, 'p90'].map((stat) => metric('Duration', stat)))).toBe(2);
	});

	it('bills metrics and dimensions apart, and expressions not at all', () => {
		expect(billed([metric('Duration', 'Sum'), metric('Errors', 'Sum')])).toBe(2);
		expect(billed([metric('Duration', 'Sum', 'a'), metric('Duration', 'Sum', 'b')])).toBe(2);
		expect(billed([metric('Duration', 'Sum'), { Id: 'e', Expression: 'm*2' }])).toBe(1);
	});
});

it('prices what AWS prices and nothing else', () => {
	const price = (service: string, operation: string, reported = 0) => {
		const charge = chargeOf({ service, operation, input: {}, reported });
		return charge === null ? null : usdText(BigInt(charge.units) * charge.picoUsdPerUnit);
	};
	expect(price('ce', 'GetCostAndUsage')).toBe('0.01');
	expect(price('monitoring', 'ListMetrics')).toBe('0.00001');
	expect(price('logs', 'StartQuery', 1_000_000_000)).toBe('0.005');
	expect(price('s3', 'ListObjectsV2')).toBe('0.000005');
	expect(price('s3', 'GetObject')).toBe('0.0000004');
	expect(price('logs', 'FilterLogEvents')).toBeNull();
	expect(price('lambda', 'ListFunctions')).toBeNull();
	expect(price('sts', 'AssumeRole')).toBeNull();
});

it('writes exact dollars', () => {
	expect(usdText(0n)).toBe('0');
	expect(usdText(1n)).toBe('0.000000000001');
	expect(usdText(12_340_000_000_000n)).toBe('12.34');
});
