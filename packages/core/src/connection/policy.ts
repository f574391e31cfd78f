import type { Feature } from './connection.ts';
import { completeFeatures, type Permission, permissionsFor } from './permissions.ts';

/** An IAM statement as we write them. */
export interface PolicyStatement {
	readonly Sid: string;
	readonly Effect: 'Allow';
	readonly Action: readonly string[];
	readonly Resource: readonly string[];
}

export interface PolicyDocument {
	readonly Version: '2012-10-17';
	readonly Statement: readonly PolicyStatement[];
}

/** Who may assume the customer's role, and with what. */
export interface TrustDocument {
	readonly Version: '2012-10-17';
	readonly Statement: readonly [
		{
			readonly Sid: 'Lamplight';
			readonly Effect: 'Allow';
			readonly Principal: { readonly AWS: string };
			readonly Action: 'sts:AssumeRole';
			readonly Condition: {
				readonly StringEquals: { readonly 'sts:ExternalId': string };
				readonly ArnLike: { readonly 'aws:PrincipalArn': readonly string[] };
			};
		},
	];
}

export type Partition = 'aws' | 'aws-us-gov' | 'aws-cn';

/** Log groups that Lambda writes unless told otherwise. */
export const defaultLogGroupPatterns: readonly string[] = ['/aws/lambda/*'];

export interface PolicyOptions {
	readonly features: readonly Feature[];
	/** Patterns of log group names; `*` matches anything. Default: `/aws/lambda/*`. */
	readonly logGroupPatterns?: readonly string[];
	/** Where cost and usage exports lie, when the team has them. */
	readonly costExport?: { readonly bucket: string; readonly prefix: string };
	readonly partition?: Partition;
	/** The customer's account; `*` when the policy is written before it is known. */
	readonly accountId?: string;
}

/** The least that the chosen features need, as the policy of the customer's role. */
export function permissionPolicy(options: PolicyOptions): PolicyDocument {
	return {
		Version: '2012-10-17',
		Statement: permissionStatements(completeFeatures(options.features), options),
	};
}

/** The statements of exactly these features, without the ones that every connection has. */
export function permissionStatements(
	chosen: readonly Feature[],
	options: PolicyOptions,
): PolicyStatement[] {
	const needed = permissionsFor(chosen, { costExport: options.costExport !== undefined });
	const byFeature = new Map<Feature, Permission[]>();
	for (const permission of needed) {
		const list = byFeature.get(permission.feature) ?? [];
		list.push(permission);
		byFeature.set(permission.feature, list);
	}
	return [...byFeature].flatMap(([feature, list]) => statementsOf(feature, list, options));
}

function statementsOf(
	feature: Feature,
	list: readonly Permission[],
	options: PolicyOptions,
): PolicyStatement[] {
	const name = feature.charAt(0).toUpperCase() + feature.slice(1);
	const statements: PolicyStatement[] = [];
	const add = (sid: string, actions: readonly Permission[], resource: readonly string[]) => {
		if (actions.length === 0) return;
		statements.push({
			Sid: sid,
			Effect: 'Allow',
			Action: actions.map((permission) => permission.action),
			Resource: resource,
		});
	};
	add(
		name,
		list.filter(({ scope }) => scope === 'account'),
		['*'],
	);
	add(
		`${name}Groups`,
		list.filter(({ scope }) => scope === 'log-groups'),
		logGroupArns(options),
	);
	const { costExport } = options;
	if (costExport === undefined) return statements;
	const bucketArn = `arn:${options.partition ?? 'aws'}:s3:::${costExport.bucket}`;
	const onBucket = list.filter(({ scope }) => scope === 'cost-export-bucket');
	add(
		`${name}Bucket`,
		onBucket.filter(({ action }) => action === 's3:ListBucket'),
		[bucketArn],
	);
	add(
		`${name}Objects`,
		onBucket.filter(({ action }) => action === 's3:GetObject'),
		[`${bucketArn}/${costExport.prefix}*`],
	);
	return statements;
}

/**
 * ARNs of the log groups that the patterns name, in every region. A pattern without a closing `*`
 * gets one: IAM matches the group's ARN with and without its `:*` ending by action.
 */
export function logGroupArns(
	options: Pick<PolicyOptions, 'logGroupPatterns' | 'partition' | 'accountId'>,
): string[] {
	const patterns = options.logGroupPatterns ?? defaultLogGroupPatterns;
	const head = `arn:${options.partition ?? 'aws'}:logs:*:${options.accountId ?? '*'}:log-group:`;
	return patterns.map((pattern) => `${head}${closed(pattern)}`);
}

function closed(pattern: string): string {
	return pattern.endsWith('*') ? pattern : `${pattern}:*`;
}

export interface TrustOptions {
	/** The account that Lamplight runs in. */
	readonly trustedAccountId: string;
	/** Names of the roles in it that may assume the customer's role: this stage's, fixed. */
	readonly trustedRoleNames: readonly string[];
	readonly externalId: string;
	readonly partition?: Partition;
}

/**
 * The trust of the customer's role. It names our account's root and narrows by role ARN in a
 * condition: a principal that names a role directly breaks when that role is recreated.
 */
export function trustPolicy(options: TrustOptions): TrustDocument {
	const head = `arn:${options.partition ?? 'aws'}:iam::${options.trustedAccountId}`;
	return {
		Version: '2012-10-17',
		Statement: [
			{
				Sid: 'Lamplight',
				Effect: 'Allow',
				Principal: { AWS: `${head}:root` },
				Action: 'sts:AssumeRole',
				Condition: {
					StringEquals: { 'sts:ExternalId': options.externalId },
					ArnLike: {
						'aws:PrincipalArn': options.trustedRoleNames.map((name) => `${head}:role/${name}`),
					},
				},
			},
		],
	};
}

// STS AssumeRole, parameter Policy: 2,048 characters, @aws-sdk/client-sts 3.1173.0, read 2026-11.
export const sessionPolicyLimitChars = 2048;

/**
 * The policy of one session, as compact JSON: a call for metrics cannot read logs, whatever the
 * role allows. Broader log patterns than fit fall back to the role's own scope (`*`), which an
 * intersection with the role's policy narrows again.
 */
export function sessionPolicy(feature: Feature, options: Omit<PolicyOptions, 'features'>): string {
	const own: PolicyDocument = {
		Version: '2012-10-17',
		Statement: permissionStatements([feature], { ...options, features: [feature] }),
	};
	const text = JSON.stringify(own);
	if (text.length <= sessionPolicyLimitChars) return text;
	return JSON.stringify({
		...own,
		Statement: own.Statement.map((statement) => ({ ...statement, Resource: ['*'] })),
	});
}
