import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createWorld } from '../world/create.ts';
import { neighbour } from '../world/neighbour.ts';
import { Directory } from './directory.ts';
import { Stacks } from './stacks.ts';

const role = {
	Type: 'AWS::IAM::Role',
	Properties: {
		RoleName: 'Reader',
		AssumeRolePolicyDocument: {
			Version: '2012-10-17',
			Statement: { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' },
		},
	},
};
const template = (unitIds: readonly string[]) => ({
	Parameters: { Secret: { Type: 'String' } },
	Resources: {
		Own: role,
		Members: {
			Type: 'AWS::CloudFormation::StackSet',
			Properties: {
				StackSetName: 'readers',
				PermissionModel: 'SERVICE_MANAGED',
				Parameters: [{ ParameterKey: 'Secret', ParameterValue: { Ref: 'Secret' } }],
				StackInstancesGroup: [
					{ DeploymentTargets: { OrganizationalUnitIds: unitIds }, Regions: ['us-east-1'] },
				],
				TemplateBody: JSON.stringify({
					Parameters: { Secret: { Type: 'String', MinLength: 3 } },
					Resources: { Own: role },
				}),
			},
		},
	},
});
const { managementAccountId } = neighbour.organization;

describe('a stack with a service-managed StackSet', () => {
	let directory: Directory;
	let stacks: Stacks;
	beforeEach(() => {
		directory = new Directory(1);
		stacks = new Stacks(createWorld({ nowMs: Date.UTC(2026, 10, 1), functionCount: 5 }), directory);
	});
	afterEach(() => expect(directory.roles().every(({ name }) => name === 'Reader')).toBe(true));

	const put = (unitIds: readonly string[], accountId = managementAccountId, secret = 'abc') =>
		stacks.put({
			accountId,
			region: 'us-east-1',
			stackName: 'watch',
			template: template(unitIds),
			parameters: { Secret: secret },
		});

	it('makes a role in each account of the organisation', () => {
		const arns = put([neighbour.rootId]);
		expect(arns).toEqual(neighbour.accounts.map(({ id }) => `arn:aws:iam::${id}:role/Reader`));
		expect(arns).toHaveLength(12);
	});

	it('leaves out closed accounts', () => {
		const world = createWorld({ nowMs: Date.UTC(2026, 10, 1), functionCount: 5 });
		const arns = put(['r-m7r1'], world.organization.managementAccountId);
		expect(world.accounts).toHaveLength(12);
		expect(arns).toHaveLength(11);
	});

	it('passes its parameters on, by the rules of the stacks’ own template', () => {
		expect(() => put([neighbour.rootId], managementAccountId, 'a')).toThrow(/Secret must have/);
	});

	it('is for the management account alone, and for units that exist', () => {
		expect(() => put([neighbour.rootId], neighbour.accounts[1]?.id)).toThrow(/management account/);
		expect(() => put(['r-else'])).toThrow(/expected r-fj0r, got "r-else"/);
		expect(() => put([])).toThrow(/expected r-fj0r/);
	});

	it('takes all of them away again', () => {
		put([neighbour.rootId]);
		stacks.delete(managementAccountId, 'watch');
		expect(directory.roles()).toEqual([]);
		expect(() => stacks.delete(managementAccountId, 'watch')).toThrow(/does not exist/);
	});
});
