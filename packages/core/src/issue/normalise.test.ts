import { describe, expect, it, test } from 'vitest';

import { normaliseMessage } from './normalise.ts';

describe('normalised messages', () => {
	const cases: [string, string][] = [
		['order 42 not found', 'order <n> not found'],
		['user-123 is not in tenant_77', 'user-<n> is not in tenant_<n>'],
		['cus_NffrFeUfNV2Hib was deleted', 'cus_<n> was deleted'],
		['commit 3f2a9c81 and 12345678', 'commit <n> and <n>'],
		['Request failed with status code 503', 'Request failed with status code 503'],
		['[Errno 2] No such file: /tmp/a/b.csv', '[Errno 2] No such file: <path>'],
		['(errno 1062) (sqlstate 23000)', '(errno 1062) (sqlstate 23000)'],
		['took 3.25 seconds, limit 12ms', 'took <n> seconds, limit <n>ms'],
		['Value -5 is below 0', 'Value <n> is below <n>'],
		['S3 and ec2 in utf-8 as base64', 'S3 and ec2 in utf-8 as base64'],
		[
			'column \'price\' of relation "orders" is missing',
			'column \'price\' of relation "orders" is missing',
		],
		["customer 'Ada' is blocked", 'customer <value> is blocked'],
		["'dict' object has no attribute 'items_'", "'dict' object has no attribute 'items_'"],
		[
			'x is not a function or its return value is not iterable',
			'x is not a function or its return value is not iterable',
		],
		['denied: arn:aws:sts::111122223333:assumed-role/a/b on *', 'denied: <arn> on *'],
		['connect ECONNREFUSED 10.0.3.7:5432', 'connect ECONNREFUSED <ip>'],
		['at 2026-11-20T10:00:00.123Z and 2026-11-20', 'at <time> and <time>'],
		['Invalid: {"card":"4242"} given', 'Invalid: <json> given'],
		['\u001b[31mred\u001b[0m', 'red'],
		['a\r\n  b\tc', 'a b c'],
	];
	it.each(cases)('%s', (message, expected) => {
		expect(normaliseMessage(message)).toBe(expected);
	});

	test('normalising twice changes nothing more', () => {
		for (const [message] of cases) {
			const once = normaliseMessage(message);
			expect(normaliseMessage(once)).toBe(once);
		}
	});

	test('a megabyte without a space costs no more than its beginning', () => {
		expect(normaliseMessage('a'.repeat(1_000_000))).toHaveLength(500);
		expect(normaliseMessage('a1'.repeat(500_000))).toBe('<n>');
	});
});
