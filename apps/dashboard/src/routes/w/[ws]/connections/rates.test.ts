import { expect, it } from 'vitest';

import { addsText, chargedBy, rateText } from './rates.ts';

it('counts what AWS charges by', () => {
	expect(chargedBy('9430', 'metric').replace('\u00a0', ' ').replace('\u00a0', ' ')).toBe(
		'9.43 k metrics',
	);
	expect(chargedBy('1', 'request')).toBe('1\u00a0request');
	expect(chargedBy('373', 'GB')).toBe('373\u00a0GB');
	expect(chargedBy('0', 'request')).toBe('–');
});

it('says a rate for one, or for a thousand', () => {
	expect(rateText('0.01', 'request')).toBe('$0.01 each');
	expect(rateText('0.00001', 'metric')).toBe('$0.01 per 1,000');
	expect(rateText(null, 'request')).toBe('no charge');
	expect(rateText('0.000000000005', 'byte scanned')).toBe('$0.005 per GB');
	expect(chargedBy('1230000', 'byte scanned')).toBe('1.2\u00a0MB scanned');
});

it('says what a tick adds, saves or leaves as it is', () => {
	expect(addsText('2.25')).toBe('adds $2.25 a month');
	expect(addsText('-6.5')).toBe('saves $6.50 a month');
	expect(addsText('0')).toBe('adds nothing');
});
