import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { ConditionContext } from './condition.ts';
import { verdictOf } from './evaluate.ts';
import { matchesArn, matchesPattern } from './pattern.ts';
import { readPolicy } from './policy.ts';

function policy(...statements: object[]) {
	return readPolicy('test', { Version: '2012-10-17', Statement: statements });
}

function ask(
	document: ReturnType<typeof policy>,
	action: string,
	options: { resource?: string; context?: Record<string, string | string[]> } = {},
) {
	const context: ConditionContext = new Map(
		Object.entries(options.context ?? {}).map(([key, value]) => [
			key.toLowerCase(),
			typeof value === 'string' ? [value] : value,
		]),
	);
	return verdictOf([document], { action, resource: options.resource ?? '*', context });
}

const allow = (Action: string | string[], more: object = {}) => ({
	Effect: 'Allow',
	Action,
	Resource: '*',
	...more,
});

describe('actions and resources', () => {
	it('allows what an action pattern names, whatever its case, and nothing else', () => {
		const document = policy(allow(['lambda:List*', 'logs:FilterLogEvents']));
		expect(ask(document, 'lambda:ListFunctions')).toBe('allow');
		expect(ask(document, 'LAMBDA:listtags')).toBe('allow');
		expect(ask(document, 'logs:FilterLogEvents')).toBe('allow');
		expect(ask(document, 'lambda:GetFunction')).toBe('implicit-deny');
		expect(ask(document, 'logs:FilterLogEventsX')).toBe('implicit-deny');
	});

	it('lets a deny win over an allow in either order', () => {
		const deny = { Effect: 'Deny', Action: 'lambda:Get*', Resource: '*' };
		for (const document of [policy(allow('*'), deny), policy(deny, allow('*'))]) {
			expect(ask(document, 'lambda:GetFunction')).toBe('explicit-deny');
			expect(ask(document, 'lambda:ListFunctions')).toBe('allow');
		}
	});

	it('takes NotAction and NotResource as everything else', () => {
		const document = policy(
			{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' },
			{ Effect: 'Deny', Action: '*', NotResource: 'arn:aws:logs:*:*:log-group:/aws/lambda/*' },
		);
		const inside = { resource: 'arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/f:log-stream:' };
		expect(ask(document, 'logs:GetLogEvents', inside)).toBe('allow');
		expect(ask(document, 'iam:ListRoles', inside)).toBe('implicit-deny');
		expect(ask(document, 'logs:GetLogEvents', { resource: 'arn:aws:logs:x' })).toBe(
			'explicit-deny',
		);
	});

	it('fills policy variables into resources', () => {
		const document = policy(allow('s3:*', { Resource: 'arn:aws:s3:::${aws:PrincipalAccount}-*' }));
		const context = { 'aws:PrincipalAccount': '123456789012' };
		expect(
			ask(document, 's3:GetObject', { resource: 'arn:aws:s3:::123456789012-a', context }),
		).toBe('allow');
		expect(
			ask(document, 's3:GetObject', { resource: 'arn:aws:s3:::999999999999-a', context }),
		).toBe('implicit-deny');
	});
});

describe('conditions', () => {
	const cases: readonly [string, object, Record<string, string | string[]>, boolean][] = [
		['equal', { StringEquals: { 'sts:ExternalId': 'abc' } }, { 'sts:ExternalId': 'abc' }, true],
		[
			'case matters',
			{ StringEquals: { 'sts:ExternalId': 'abc' } },
			{ 'sts:ExternalId': 'ABC' },
			false,
		],
		['absent key', { StringEquals: { 'sts:ExternalId': 'abc' } }, {}, false],
		[
			'absent key of a negated operator',
			{ StringNotEquals: { 'sts:ExternalId': 'abc' } },
			{},
			true,
		],
		['absent key, IfExists', { StringEqualsIfExists: { 'sts:ExternalId': 'abc' } }, {}, true],
		['one of several', { StringLike: { 'aws:x': ['a*', 'b?'] } }, { 'aws:x': 'bc' }, true],
		[
			'key in another case',
			{ StringEquals: { 'AWS:principalARN': 'p' } },
			{ 'aws:PrincipalArn': 'p' },
			true,
		],
		[
			'arn pattern',
			{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/lamplight-*' } },
			{ 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/lamplight-jobs' },
			true,
		],
		[
			'arn pattern of another account',
			{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/lamplight-*' } },
			{ 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/other' },
			false,
		],
		['bool', { Bool: { 'aws:SecureTransport': 'true' } }, { 'aws:SecureTransport': 'true' }, true],
		['null wanted, absent', { Null: { 'sts:ExternalId': 'true' } }, {}, true],
		[
			'null wanted, present',
			{ Null: { 'sts:ExternalId': 'true' } },
			{ 'sts:ExternalId': 'x' },
			false,
		],
		['number', { NumericLessThanEquals: { 'aws:n': '3600' } }, { 'aws:n': '900' }, true],
		[
			'date',
			{ DateLessThan: { 'aws:t': '2026-01-01T00:00:00Z' } },
			{ 'aws:t': '2025-01-01T00:00:00Z' },
			true,
		],
		['any value', { 'ForAnyValue:StringEquals': { 'aws:k': 'a' } }, { 'aws:k': ['b', 'a'] }, true],
		[
			'all values',
			{ 'ForAllValues:StringEquals': { 'aws:k': 'a' } },
			{ 'aws:k': ['b', 'a'] },
			false,
		],
		[
			'two blocks are joined by and',
			{ StringEquals: { 'aws:a': '1' }, StringLike: { 'aws:b': 'x*' } },
			{ 'aws:a': '1', 'aws:b': 'y' },
			false,
		],
	];

	it.each(cases)('%s', (_name, Condition, context, holds) => {
		const document = policy(allow('a:b', { Condition }));
		expect(ask(document, 'a:b', { context })).toBe(holds ? 'allow' : 'implicit-deny');
	});
});

describe('documents that cannot be read', () => {
	const cases: readonly [string, object][] = [
		['an unknown operator', allow('a:b', { Condition: { StringMatches: { k: 'v' } } })],
		['an unknown element', allow('a:b', { Actions: 'x' })],
		['no action', { Effect: 'Allow', Resource: '*' }],
		['another effect', { Effect: 'Maybe', Action: '*', Resource: '*' }],
		['a number for text', allow('a:b', { Resource: [1] })],
	];

	it.each(cases)('refuses %s', (_name, statement) => {
		expect(() => policy(statement)).toThrow(
			expect.objectContaining({ code: 'MalformedPolicyDocument' }) as Error,
		);
	});
});

describe('patterns', () => {
	const plain = fc.stringMatching(/^[a-zA-Z0-9:/_.+()[\]-]{0,20}$/);

	it('match themselves, and anything around a star', () => {
		fc.assert(
			fc.property(plain, plain, plain, (head, middle, tail) => {
				expect(matchesPattern(head, head)).toBe(true);
				expect(matchesPattern(`${head}*${tail}`, `${head}${middle}${tail}`)).toBe(true);
				expect(matchesPattern(`${head}?`, `${head}${middle}`)).toBe(middle.length === 1);
			}),
		);
	});

	it('of ARNs do not let a star reach over a colon before the resource', () => {
		expect(matchesArn('arn:aws:iam::*:role/x', 'arn:aws:iam::1:role/x')).toBe(true);
		expect(matchesArn('arn:aws:*:role/x', 'arn:aws:iam::1:role/x')).toBe(false);
		expect(
			matchesArn('arn:aws:logs:*:*:log-group:/a/*', 'arn:aws:logs:r:1:log-group:/a/b:log-stream:c'),
		).toBe(true);
	});
});
