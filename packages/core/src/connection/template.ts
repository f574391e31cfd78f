import { type Feature, features as everyFeature } from './connection.ts';
import { completeFeatures, requiredFeatures } from './permissions.ts';
import {
	defaultLogGroupPatterns,
	type PolicyOptions,
	type PolicyStatement,
	permissionStatements,
	type TrustOptions,
} from './policy.ts';

/** The name of the role in every connected account: fixed, so that it can be tried before it exists. */
export const connectRoleName = 'LamplightReadOnly';

/** The name of the stack that carries the role. */
export const connectStackName = 'lamplight-read-only';

// AssumeRole from a role ("role chaining") yields at most one hour, STS AssumeRole, read 2026-11.
export const maxSessionSeconds = 3600;

export type Json =
	string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A CloudFormation template as JSON. */
export interface CloudFormationTemplate {
	readonly AWSTemplateFormatVersion: '2010-09-09';
	readonly Description: string;
	readonly Parameters: { readonly [name: string]: Json };
	readonly Conditions?: { readonly [name: string]: Json };
	readonly Resources: { readonly [name: string]: Json };
	readonly Outputs: { readonly [name: string]: Json };
}

export interface TemplateOptions extends Omit<TrustOptions, 'externalId' | 'partition'> {
	readonly features: readonly Feature[];
	readonly logGroupPatterns?: readonly string[];
	readonly costExport?: PolicyOptions['costExport'];
	readonly roleName?: string;
	/** A default for the parameter; the quick-create link passes the enrolment's own. */
	readonly externalId?: string;
}

/** The role's template for a fixed choice of features, with no conditions in it. */
export function connectTemplate(options: TemplateOptions): CloudFormationTemplate {
	const chosen = completeFeatures(options.features);
	return template(options, statementsFor(chosen, options), {});
}

/**
 * One template for every choice of features, as published for quick-create links: each optional
 * feature is a parameter (`FeatureLogs` = `true` or `false`) and a condition.
 */
export function publicConnectTemplate(
	options: Omit<TemplateOptions, 'externalId' | 'costExport'>,
): CloudFormationTemplate {
	const optional = everyFeature.filter((feature) => !requiredFeatures.includes(feature));
	const parameters: Record<string, Json> = {};
	const conditions: Record<string, Json> = {};
	for (const feature of optional) {
		parameters[featureParameter(feature)] = {
			Type: 'String',
			AllowedValues: ['true', 'false'],
			Default: String(options.features.includes(feature)),
			Description: `Grant what the feature "${feature}" needs`,
		};
		conditions[`Has${featureParameter(feature)}`] = {
			'Fn::Equals': [{ Ref: featureParameter(feature) }, 'true'],
		};
	}
	const statements: Json[] = [...statementsFor(requiredFeatures, options)];
	const { bucket, prefix } = costExportParameters;
	const costExport = { bucket: `\${${bucket}}`, prefix: `\${${prefix}}` };
	parameters[bucket] = exportParameter('Bucket that the bill is exported to; empty for none');
	parameters[prefix] = exportParameter('Its prefix there, ending in a slash');
	conditions[hasCostExport] = {
		'Fn::And': [
			{ Condition: `Has${featureParameter('costs')}` },
			{ 'Fn::Not': [{ 'Fn::Equals': [{ Ref: bucket }, ''] }] },
		],
	};
	for (const feature of optional) {
		const own = permissionStatements([feature], { features: [feature], costExport });
		for (const statement of own) {
			const isExport = statement.Resource.some((resource) => resource.includes(':s3:'));
			const condition = isExport ? hasCostExport : `Has${featureParameter(feature)}`;
			const granted = templated(statement);
			statements.push({ 'Fn::If': [condition, granted, { Ref: 'AWS::NoValue' }] });
		}
	}
	return { ...template(options, statements, parameters), Conditions: conditions };
}

/** Parameters of the public template for the place of a bill's files. */
export const costExportParameters = {
	bucket: 'CostExportBucket',
	prefix: 'CostExportPrefix',
} as const;
const hasCostExport = 'HasCostExport';

function exportParameter(description: string): Json {
	return { Type: 'String', Default: '', Description: description };
}

/** The name of an optional feature's parameter in the public template. */
export function featureParameter(feature: Feature): string {
	return `Feature${feature.charAt(0).toUpperCase()}${feature.slice(1)}`;
}

function statementsFor(chosen: readonly Feature[], options: TemplateOptions): Json[] {
	const { costExport } = options;
	return permissionStatements(chosen, {
		features: chosen,
		...(costExport === undefined ? {} : { costExport }),
	}).map(templated);
}

/** A statement with partition, account and log-group patterns left to CloudFormation. */
function templated(statement: PolicyStatement): Json {
	const base = { Sid: statement.Sid, Effect: statement.Effect, Action: statement.Action };
	if (statement.Sid.endsWith('Groups')) return { ...base, Resource: logGroupResources };
	const resources = statement.Resource.map((resource) =>
		resource === '*' ? '*' : { 'Fn::Sub': resource.replace(/^arn:aws:/, 'arn:${AWS::Partition}:') },
	);
	return { ...base, Resource: resources.length === 1 ? (resources[0] ?? '*') : resources };
}

// Joins a list parameter into ARNs: CloudFormation has no map, but Join then Split does the same.
const logGroupHead = 'arn:${AWS::Partition}:logs:*:${AWS::AccountId}:log-group:';
const logGroupResources: Json = {
	'Fn::Split': [
		',',
		{
			'Fn::Sub': [
				`${logGroupHead}\${Joined}`,
				{
					Joined: {
						'Fn::Join': [{ 'Fn::Sub': `,${logGroupHead}` }, { Ref: 'LogGroupPatterns' }],
					},
				},
			],
		},
	],
};

function template(
	options: TemplateOptions,
	statements: readonly Json[],
	extraParameters: { readonly [name: string]: Json },
): CloudFormationTemplate {
	const patterns = options.logGroupPatterns ?? defaultLogGroupPatterns;
	return {
		AWSTemplateFormatVersion: '2010-09-09',
		Description: 'Read-only access for Lamplight: no write, no code, no environment variables kept',
		Parameters: {
			ExternalId: {
				Type: 'String',
				MinLength: 24,
				MaxLength: 96,
				AllowedPattern: '[a-zA-Z0-9-]+',
				Description: 'Made by Lamplight for this enrolment; do not change it',
				...(options.externalId === undefined ? {} : { Default: options.externalId }),
			},
			LogGroupPatterns: {
				Type: 'CommaDelimitedList',
				Default: patterns.join(','),
				Description: 'Log groups that Lamplight may read; * matches anything',
			},
			RoleName: { Type: 'String', Default: options.roleName ?? connectRoleName },
			...extraParameters,
		},
		Resources: { Role: role(options, statements) },
		Outputs: { RoleArn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
	};
}

function role(options: TemplateOptions, statements: readonly Json[]): Json {
	const head = `arn:\${AWS::Partition}:iam::${options.trustedAccountId}`;
	return {
		Type: 'AWS::IAM::Role',
		Properties: {
			RoleName: { Ref: 'RoleName' },
			MaxSessionDuration: maxSessionSeconds,
			AssumeRolePolicyDocument: {
				Version: '2012-10-17',
				Statement: [
					{
						Sid: 'Lamplight',
						Effect: 'Allow',
						Principal: { AWS: { 'Fn::Sub': `${head}:root` } },
						Action: 'sts:AssumeRole',
						Condition: {
							StringEquals: { 'sts:ExternalId': { Ref: 'ExternalId' } },
							ArnLike: {
								'aws:PrincipalArn': options.trustedRoleNames.map((name) => ({
									'Fn::Sub': `${head}:role/${name}`,
								})),
							},
						},
					},
				],
			},
			Policies: [
				{
					PolicyName: 'lamplight-read-only',
					PolicyDocument: { Version: '2012-10-17', Statement: statements },
				},
			],
		},
	};
}
