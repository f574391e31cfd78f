import { describe, expect, it } from 'vitest';

import { parsePattern } from './pattern.ts';

const fits = (pattern: string, message: string) => parsePattern(pattern)(message);

describe('a pattern of terms', () => {
	it.each([
		['', 'anything', true],
		['ERROR', '[ERROR 400] BAD REQUEST', true],
		['ERROR', 'error', false],
		['ERROR', 'ERRORCODE 7', false],
		['ERROR ARGUMENTS', 'ARGUMENTS then ERROR', true],
		['ERROR ARGUMENTS', 'ERROR alone', false],
		['?ERROR ?WARN', 'WARN: low', true],
		['?ERROR ?WARN', 'INFO: fine', false],
		['?ERROR WARN', 'WARN: the optional one is ignored', true],
		['ERROR -EXITING', 'ERROR EXITING', false],
		['ERROR -EXITING', 'ERROR staying', true],
		['"Task timed out"', 'x Task timed out after 3.00 seconds', true],
		['"Task timed out"', 'Task was timed out', false],
		['"REPORT RequestId:"', 'REPORT RequestId: 1-2', true],
		['%ERR(OR)?%', 'an ERR here', true],
		['-"END RequestId"', 'END RequestId: 1', false],
	])('%s on %s: %s', (pattern, message, expected) => {
		expect(fits(pattern, message)).toBe(expected);
	});

	it.each(['"unclosed', '[a, b]', '%(%'])('refuses %s', (pattern) => {
		expect(() => parsePattern(pattern)).toThrow();
	});
});

describe('a pattern on JSON', () => {
	const report = JSON.stringify({
		type: 'platform.report',
		record: { status: 'error', metrics: { durationMs: 12.5, initDurationMs: null }, list: [1, 2] },
		cold: true,
	});

	it.each([
		['{ $.type = "platform.report" }', true],
		['{ $.type = platform.report }', true],
		['{ $.type = "platform.*" }', true],
		['{ $.type = "platform.start" }', false],
		['{ $.type != "platform.start" }', true],
		['{ $.none != "x" }', false],
		['{ $.record.metrics.durationMs > 12 }', true],
		['{ $.record.metrics.durationMs >= 12.5 }', true],
		['{ $.record.metrics.durationMs < 12.5 }', false],
		['{ $.record.metrics.initDurationMs IS NULL }', true],
		['{ $.cold IS TRUE }', true],
		['{ $.record.tenant NOT EXISTS }', true],
		['{ $.record.list[1] = 2 }', true],
		['{ $.type = "platform.report" && $.record.status = "success" }', false],
		['{ $.type = "platform.report" && $.record.status != "success" }', true],
		['{ $.type = "x" || $.record.status = "error" && $.cold IS FALSE }', false],
		['{ ($.type = "x" || $.record.status = "error") && $.cold IS TRUE }', true],
		['{ $.type = %^platform\\.% }', true],
	])('%s: %s', (pattern, expected) => {
		expect(fits(pattern, report)).toBe(expected);
	});

	it('fits no text that is not JSON', () => {
		expect(fits('{ $.type = "platform.report" }', 'REPORT RequestId: 1')).toBe(false);
		expect(fits('{ $.type = "platform.report" }', '{ "type": "platform.report"')).toBe(false);
	});

	it.each(['{ type = "x" }', '{ $.a = }', '{ $.a = 1 && }', '{ $.a = 1', '{ $.a > text }'])(
		'refuses %s',
		(pattern) => {
			expect(() => parsePattern(pattern)).toThrow();
		},
	);
});
