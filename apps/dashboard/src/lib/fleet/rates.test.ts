import { expect, it } from 'vitest';

import { plain } from '../format/number.ts';
import { quantityText, rateText, sourceText, usedText } from './rates.ts';

it('says use in the units that AWS charges by', () => {
	expect(plain(usedText('1024000', 'MiB-ms'))).toBe('1 GB-s');
	expect(plain(usedText('23963220048', 'byte-hours'))).toBe('0.031 GB-months');
	expect(plain(usedText('25949', 'requests'))).toBe('25.9 k requests');
});

it('says a rate with what it is a rate of', () => {
	expect(rateText('0.0000166667', 'GB-second')).toBe('$0.0000166667 a GB-s');
	expect(rateText('0.0000002', 'request')).toBe('$0.20 a million');
	expect(rateText(null, 'GB')).toBe('no rate known');
});

it('writes quantities as the rest of the page does', () => {
	expect(quantityText('110.16 ms × 512 MiB')).toBe('110.16 ms × 512 MB');
	expect(quantityText('6 lines, 1066 B')).toBe('6 lines, 1,066 B');
});

it('says a source and its date once', () => {
	expect(
		sourceText(
			"AWS Pricing Calculator's Lambda table, as carried by a package of 2026-09-22, 2026-09-22",
		),
	).toBe("AWS Pricing Calculator's Lambda table, 2026-09-22");
	expect(sourceText('AWS price list, us-east-1, 2026-11')).toBe(
		'AWS price list, us-east-1, 2026-11',
	);
});
