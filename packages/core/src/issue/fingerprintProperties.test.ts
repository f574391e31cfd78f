import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';

import { missing, sharedData } from '../../../../test/support/needs.ts';
import { fingerprint } from './fingerprint.ts';
import type { Fingerprint } from './fingerprint.ts';

const of = (...lines: string[]): Fingerprint => fingerprint({ runtime: null, lines });

describe('what differs between requests', () => {
	const digit = fc.constantFrom(...'0123456789');
	const hexadecimal = (length: number): fc.Arbitrary<string> =>
		fc
			.string({
				unit: fc.constantFrom(...'0123456789abcdef'),
				minLength: length,
				maxLength: length,
			})
			.filter((text) => (text.match(/\d/g)?.length ?? 0) > 0);
	const base32 = fc
		.string({
			unit: fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'),
			minLength: 24,
			maxLength: 24,
		})
		.map((tail) => `01${tail}`);
	const values: Record<string, fc.Arbitrary<string>> = {
		'<uuid>': fc.uuid(),
		'<n>': fc.string({ unit: digit, minLength: 1, maxLength: 12 }),
		decimal: fc.double({ min: 0.001, max: 1e6, noNaN: true }).map((number) => number.toFixed(2)),
		'<ip>': fc.ipV4(),
		'<hex>': hexadecimal(8).map((text) => `0x${text}`),
		'object id': hexadecimal(24),
		ulid: base32,
		'<time>': fc
			.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
			.map((date) => date.toISOString()),
		'<email>': fc
			.tuple(fc.stringMatching(/^[a-z]{3,9}$/), fc.stringMatching(/^[a-z]{3,9}$/))
			.map(([user, host]) => `${user}@${host}.example`),
		'<url>': fc
			.stringMatching(/^[a-z0-9/]{1,20}$/)
			.map((path) => `https://api.example.com/${path}`),
		'<arn>': fc
			.stringMatching(/^[A-Za-z0-9-]{3,20}$/)
			.map((name) => `arn:aws:sqs:eu-west-1:123456789012:${name}`),
		quoted: fc.stringMatching(/^[A-Za-z]{1,12} [A-Za-z]{1,12}$/).map((name) => `'${name}'`),
		'<path>': fc.stringMatching(/^[a-z0-9]{1,10}$/).map((name) => `/srv/app/${name}.json`),
	};
	const templates = [
		(value: string) => `Error: order ${value} not found`,
		(value: string) => `Error: could not load ${value}: giving up`,
		(value: string) => `ValueError: bad input (${value}) for customer`,
	];
	it.each(Object.entries(values))(
		'%s in a message does not change the hash',
		(_name, arbitrary) => {
			fc.assert(
				fc.property(arbitrary, arbitrary, fc.constantFrom(...templates), (one, two, message) => {
					expect(of(message(two)).hash).toBe(of(message(one)).hash);
				}),
			);
		},
	);

	test('any text is grouped, never refused, and equal texts alike', () => {
		fc.assert(
			fc.property(
				fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 8 }),
				(lines) => {
					const print = of(...lines);
					expect(print.hash).toMatch(/^[0-9a-f]{32}$/);
					expect(print.title.length).toBeLessThanOrEqual(160);
					expect(of(...lines)).toEqual(print);
				},
			),
		);
	});

	test('no quoted value or address of a request shows in the title', () => {
		const print = of(
			`Error: user 'Ada Lovelace' <ada@example.com> from 10.1.2.3 sent {"card":"4242 4242"}`,
		);
		expect(print.title).toBe('Error: user <value> <<email>> from <ip> sent <json>');
	});
});

describe.skipIf(missing('sharedData') !== null)('error output of real functions', () => {
	interface Sample {
		readonly runtime: string;
		readonly text: string;
		readonly path: string;
	}
	const samples = (): Sample[] =>
		readFileSync(join(sharedData(), 'logs', 'stack_traces.jsonl'), 'utf8')
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line) as Sample);

	test('every whole stack is recognised in its language', () => {
		const languages = { python: 'python', nodejs: 'node' } as Record<string, string>;
		const wrong = samples().filter(({ runtime, text }) => {
			const whole = /\n|\r|\\n|"stack"/.test(text);
			return whole && of(text).language !== languages[runtime];
		});
		expect(wrong).toEqual([]);
	});

	test('the same error of two runtime versions is one; the others stay apart', () => {
		const groups = new Map<string, string[]>();
		for (const { text, path } of samples()) {
			const { hash } = of(text);
			groups.set(hash, [...(groups.get(hash) ?? []), path]);
		}
		const shared = [...groups.values()].filter((paths) => paths.length > 1);
		expect(shared).toHaveLength(1);
		expect(shared[0]?.every((path) => path.includes('throw-error-traced'))).toBe(true);
	});
});
