import { describe, expect, it } from 'vitest';

import { rolesOfTemplate } from './template.ts';

const statement = { Effect: 'Allow', Action: 'lambda:ListFunctions', Resource: '*' };

function template(properties: object, more: object = {}) {
	return {
		AWSTemplateFormatVersion: '2010-09-09',
		Parameters: {
			ExternalId: { Type: 'String', MinLength: 4, AllowedPattern: '[a-z0-9-]+' },
			Groups: { Type: 'CommaDelimitedList', Default: '/aws/lambda/*, /custom/*' },
			Logs: { Type: 'String', AllowedValues: ['true', 'false'], Default: 'false' },
		},
		Conditions: { HasLogs: { 'Fn::Equals': [{ Ref: 'Logs' }, 'true'] } },
		Resources: {
			Role: {
				Type: 'AWS::IAM::Role',
				Properties: {
					RoleName: 'Watcher',
					AssumeRolePolicyDocument: {
						Version: '2012-10-17',
						Statement: [
							{
								Effect: 'Allow',
								Principal: {
									AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' },
								},
								Action: 'sts:AssumeRole',
								Condition: { StringEquals: { 'sts:ExternalId': { Ref: 'ExternalId' } } },
							},
						],
					},
					...properties,
				},
			},
			...more,
		},
	};
}

function roles(body: object, parameters: Record<string, string> = { ExternalId: 'abcd-1234' }) {
	return rolesOfTemplate({
		accountId: '123456789012',
		region: 'us-east-1',
		stackName: 'watch',
		template: body,
		parameters,
	});
}

function policies(statements: unknown) {
	return {
		Policies: [
			{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: statements } },
		],
	};
}

describe('rolesOfTemplate', () => {
	it('fills in parameters and pseudo parameters', () => {
		const [role] = roles(template({ MaxSessionDuration: 7200 }));
		expect(role?.roleName).toBe('Watcher');
		expect(role?.maxSessionSeconds).toBe(7200);
		expect(role?.trustPolicy).toMatchObject({
			Statement: [
				{
					Principal: { AWS: 'arn:aws:iam::123456789012:root' },
					Condition: { StringEquals: { 'sts:ExternalId': 'abcd-1234' } },
				},
			],
		});
	});

	it('drops what resolves to no value and keeps it where the condition holds', () => {
		const conditional = [statement, { 'Fn::If': ['HasLogs', statement, { Ref: 'AWS::NoValue' }] }];
		const count = (parameters: Record<string, string>) => {
			const [role] = roles(template(policies(conditional)), parameters);
			return (role?.inlinePolicies[0]?.document as { Statement: unknown[] }).Statement.length;
		};
		expect(count({ ExternalId: 'abcd' })).toBe(1);
		expect(count({ ExternalId: 'abcd', Logs: 'true' })).toBe(2);
	});

	it('joins and splits a list parameter into ARNs', () => {
		const resource = {
			'Fn::Split': [
				',',
				{
					'Fn::Sub': [
						'arn:${AWS::Partition}:logs:*:*:log-group:${Joined}',
						{ Joined: { 'Fn::Join': [',arn:aws:logs:*:*:log-group:', { Ref: 'Groups' }] } },
					],
				},
			],
		};
		const [role] = roles(template(policies([{ ...statement, Resource: resource }])));
		expect(role?.inlinePolicies[0]?.document).toMatchObject({
			Statement: [
				{
					Resource: [
						'arn:aws:logs:*:*:log-group:/aws/lambda/*',
						'arn:aws:logs:*:*:log-group:/custom/*',
					],
				},
			],
		});
	});

	it('leaves out a role whose condition does not hold', () => {
		const other = {
			Type: 'AWS::IAM::Role',
			Condition: 'HasLogs',
			Properties: { AssumeRolePolicyDocument: {} },
		};
		const body = template({}, { Other: other });
		expect(roles(body).map(({ logicalId }) => logicalId)).toEqual(['Role']);
		expect(
			roles(body, { ExternalId: 'abcd', Logs: 'true' }).map(({ roleName }) => roleName),
		).toEqual(['Watcher', 'watch-Other']);
	});

	it('names a role by its ARN where another asks for it', () => {
		const sub = { ...statement, Resource: { 'Fn::GetAtt': ['Role', 'Arn'] } };
		const [role] = roles(
			template(policies([sub, { ...statement, Resource: { 'Fn::Sub': '${Role.Arn}/x' } }])),
		);
		expect(role?.inlinePolicies[0]?.document).toMatchObject({
			Statement: [
				{ Resource: 'arn:aws:iam::123456789012:role/Watcher' },
				{ Resource: 'arn:aws:iam::123456789012:role/Watcher/x' },
			],
		});
	});

	const refused: readonly [string, object, Record<string, string>][] = [
		['a missing parameter', template({}), {}],
		['a parameter against its pattern', template({}), { ExternalId: 'ABCD' }],
		['a parameter that is too short', template({}), { ExternalId: 'abc' }],
		['a parameter outside its values', template({}), { ExternalId: 'abcd', Logs: 'yes' }],
		[
			'an unknown function',
			template({ RoleName: { 'Fn::ImportValue': 'x' } }),
			{ ExternalId: 'abcd' },
		],
		['an unknown reference', template({ RoleName: { Ref: 'Nobody' } }), { ExternalId: 'abcd' }],
	];

	it.each(refused)('refuses %s', (_name, body, parameters) => {
		expect(() => roles(body, parameters)).toThrow(
			expect.objectContaining({ code: 'ValidationError' }) as Error,
		);
	});
});
