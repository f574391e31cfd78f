import { describe, expect, it } from 'vitest';

import { features } from './connection.ts';
import { base32, externalIdFrom, quickCreateLink } from './link.ts';
import { organizationTemplate, publicOrganizationTemplate } from './organization.ts';
import { permissions, permissionsFor } from './permissions.ts';
import { permissionPolicy, sessionPolicy, sessionPolicyLimitChars, trustPolicy } from './policy.ts';
import { connectTemplate, publicConnectTemplate } from './template.ts';
import { terraformText } from './terraform.ts';

const options = {
	features,
	trustedAccountId: '999988887777',
	trustedRoleNames: ['lamplight-prod-collect', 'lamplight-prod-api'],
	logGroupPatterns: ['/aws/lambda/*', '/custom/orders'],
};

describe('permissions', () => {
	it('names every action once, and no action that writes or hands out code', () => {
		const actions = permissions.map(({ action }) => action);
		expect(new Set(actions).size).toBe(actions.length);
		for (const action of actions) {
			expect(action).toMatch(/^[a-z0-9]+:(Get|List|Describe|Lookup|Filter|Start|Stop)[A-Za-z]+$/);
		}
		expect(actions).not.toContain('lambda:GetFunction');
		expect(new Set(permissions.map(({ feature }) => feature))).toEqual(new Set(features));
	});

	it('grants the least: a feature that is not ticked leaves no action behind', () => {
		const policy = permissionPolicy({ features: ['metrics'] });
		const granted = policy.Statement.flatMap(({ Action }) => [...Action]);
		expect(granted).toEqual(permissionsFor(['inventory', 'metrics']).map(({ action }) => action));
		expect(granted.some((action) => action.startsWith('ce:'))).toBe(false);
	});

	it('reads only the log groups that the patterns name', () => {
		const policy = permissionPolicy({ features: ['logs'], logGroupPatterns: ['/a/*', '/b'] });
		const read = policy.Statement.find(({ Sid }) => Sid === 'LogsGroups');
		expect(read?.Action).toEqual(['logs:FilterLogEvents']);
		expect(read?.Resource).toEqual([
			'arn:aws:logs:*:*:log-group:/a/*',
			'arn:aws:logs:*:*:log-group:/b:*',
		]);
	});
});

describe('trust', () => {
	it('asks for the external id and for one of our role names', () => {
		const [statement] = trustPolicy({ ...options, externalId: 'x'.repeat(24) }).Statement;
		expect(statement.Principal.AWS).toBe('arn:aws:iam::999988887777:root');
		expect(statement.Condition.StringEquals['sts:ExternalId']).toBe('x'.repeat(24));
		expect(statement.Condition.ArnLike['aws:PrincipalArn']).toEqual([
			'arn:aws:iam::999988887777:role/lamplight-prod-collect',
			'arn:aws:iam::999988887777:role/lamplight-prod-api',
		]);
	});
});

describe('session policies', () => {
	it.each(features)('narrow a session for %s to its own actions, within the limit', (feature) => {
		const text = sessionPolicy(feature, {
			costExport: { bucket: 'exports', prefix: 'cur/' },
			logGroupPatterns: options.logGroupPatterns,
		});
		expect(text.length).toBeLessThanOrEqual(sessionPolicyLimitChars);
		const actions = [...text.matchAll(/"([a-z0-9]+:[A-Z][A-Za-z]+)"/g)].map(([, action]) => action);
		expect(new Set(actions)).toEqual(
			new Set(permissionsFor([feature], { costExport: true }).map(({ action }) => action)),
		);
	});

	it('fall back to the role’s own scope when the patterns do not fit', () => {
		const patterns = Array.from({ length: 60 }, (_, i) => `/team-${i}/service/functions/*`);
		const text = sessionPolicy('logs', { logGroupPatterns: patterns });
		expect(text.length).toBeLessThanOrEqual(sessionPolicyLimitChars);
		expect(JSON.parse(text)).toMatchObject({ Statement: [{}, { Resource: ['*'] }] });
	});
});

describe('templates', () => {
	it('leave account, partition and patterns to CloudFormation', () => {
		const text = JSON.stringify(connectTemplate(options));
		expect(text).not.toContain('arn:aws:');
		expect(text).toContain('"Ref":"ExternalId"');
		expect(text).toContain('logs:FilterLogEvents');
		expect(connectTemplate(options)).not.toHaveProperty('Conditions');
	});

	it('publish one object whose features are parameters', () => {
		const published = publicConnectTemplate({ ...options, features: ['logs'] });
		expect(published.Parameters).toMatchObject({
			FeatureLogs: { Default: 'true' },
			FeatureCosts: { Default: 'false' },
		});
		expect(published.Parameters).not.toHaveProperty('FeatureMetrics');
		const text = JSON.stringify(published);
		for (const action of permissionsFor(features).map((permission) => permission.action)) {
			expect(text.split(`"${action}"`)).toHaveLength(2);
		}
	});

	it('grant the place of a bill’s files and nothing beside it, only where one is given', () => {
		const costExport = { bucket: 'acme-bills', prefix: 'cur/daily/' };
		const text = JSON.stringify(connectTemplate({ ...options, costExport }));
		expect(text).toContain('"arn:${AWS::Partition}:s3:::acme-bills"');
		expect(text).toContain('"arn:${AWS::Partition}:s3:::acme-bills/cur/daily/*"');
		expect(JSON.stringify(connectTemplate(options))).not.toContain(':s3:');
		const terraform = terraformText({ ...options, externalId: 'z'.repeat(24), costExport });
		expect(terraform).toContain('["arn:aws:s3:::acme-bills/cur/daily/*"]');
		const whole = organizationTemplate({
			...options,
			costExport,
			externalId: 'y'.repeat(24),
			organizationalUnitIds: ['r-ab12'],
		});
		expect(JSON.stringify(whole.Resources['Members'])).not.toContain('acme-bills');
		expect(JSON.stringify(whole.Resources['Role'])).toContain('acme-bills');
	});

	it('cover an organisation: a StackSet for members, the management account apart', () => {
		const whole = organizationTemplate({
			...options,
			externalId: 'y'.repeat(24),
			organizationalUnitIds: ['r-ab12'],
		});
		const text = JSON.stringify(whole.Resources['Members']);
		expect(text).not.toContain('ce:GetCostAndUsage');
		expect(JSON.stringify(whole.Resources['Role'])).toContain('ce:GetCostAndUsage');
	});

	it('cover an organisation by the published object too, within the sizes that AWS takes', () => {
		const published = publicOrganizationTemplate({ ...options, features: [] });
		const members = published.Resources['Members'] as {
			readonly Condition: string;
			readonly Properties: { readonly TemplateBody: string };
		};
		expect(members.Condition).toBe('HasMembers');
		const { TemplateBody } = members.Properties;
		expect(JSON.parse(TemplateBody)).not.toHaveProperty('Resources.Members');
		// CloudFormation quotas, read 2026-11: 51,200 bytes of a body given directly, 1 MB of one on S3.
		expect(TemplateBody.length).toBeLessThan(51_200);
		expect(JSON.stringify(published).length).toBeLessThan(1_000_000);
		const whole = organizationTemplate({
			...options,
			externalId: 'y'.repeat(24),
			organizationalUnitIds: ['r-ab12'],
		});
		expect(JSON.stringify(whole).length).toBeLessThan(51_200);
	});

	it('say the same in Terraform', () => {
		const text = terraformText({ ...options, externalId: 'z'.repeat(24) });
		for (const { action } of permissionsFor(features)) expect(text).toContain(`"${action}"`);
		expect(text).toContain('arn:aws:logs:*:*:log-group:/custom/orders:*');
		expect(text).toContain('lamplight-prod-collect');
	});
});

describe('the quick-create link', () => {
	it('carries every parameter, encoded', () => {
		const link = quickCreateLink({
			region: 'eu-west-1',
			templateUrl: 'https://bucket.s3.amazonaws.com/connect.json',
			externalId: 'lamplight-abc',
			features: ['logs'],
			logGroupPatterns: ['/aws/lambda/*', '/two words'],
		});
		const [head = '', query = ''] = link.split('#/stacks/quickcreate?');
		expect(head).toBe(
			'https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1',
		);
		const read = new URLSearchParams(query);
		expect(read.get('param_LogGroupPatterns')).toBe('/aws/lambda/*,/two words');
		expect(read.get('param_FeatureLogs')).toBe('true');
		expect(read.get('param_FeatureCosts')).toBe('false');
		expect(query).not.toContain('+');
		expect(read.has('param_CostExportBucket')).toBe(false);
	});

	it('carries the place of a bill’s files', () => {
		const link = quickCreateLink({
			region: 'eu-west-1',
			templateUrl: 'https://bucket.s3.amazonaws.com/connect.json',
			externalId: 'lamplight-abc',
			features: ['costs'],
			logGroupPatterns: ['/aws/lambda/*'],
			costExport: { bucket: 'acme-bills', prefix: 'cur/' },
		});
		const read = new URLSearchParams(link.split('quickcreate?')[1]);
		expect(read.get('param_CostExportBucket')).toBe('acme-bills');
		expect(read.get('param_CostExportPrefix')).toBe('cur/');
	});

	it('makes external ids of 160 bits, and refuses less', () => {
		const id = externalIdFrom(Uint8Array.from({ length: 20 }, (_, i) => i * 7));
		expect(id).toMatch(/^lamplight-[0-9a-z]{32}$/);
		expect(() => externalIdFrom(new Uint8Array(19))).toThrow(/20 random bytes/);
		expect(base32(new Uint8Array([0xff, 0x00]))).toHaveLength(4);
	});
});
