import { type Feature, features as everyFeature } from './connection.ts';
import { requiredFeatures } from './permissions.ts';
import {
	connectTemplate,
	type CloudFormationTemplate,
	featureParameter,
	type Json,
	publicConnectTemplate,
	type TemplateOptions,
} from './template.ts';

export interface OrganizationTemplateOptions extends TemplateOptions {
	readonly externalId: string;
	/** Roots or organisational units to cover, such as `r-ab12`; new accounts join by themselves. */
	readonly organizationalUnitIds: readonly string[];
}

/**
 * The template for an organisation's management account: the role in that account itself, and one
 * service-managed StackSet for the members, because such a StackSet never covers the management
 * account. One external id serves all of them, since a StackSet carries one set of parameters.
 */
export function organizationTemplate(options: OrganizationTemplateOptions): CloudFormationTemplate {
	const own = connectTemplate(options);
	const members = connectTemplate({
		...options,
		features: memberFeatures(options.features),
	});
	return {
		...own,
		Parameters: {
			...own.Parameters,
			OrganizationalUnitIds: unitsParameter(options.organizationalUnitIds),
		},
		Resources: { ...own.Resources, Members: membersStackSet(members, ownParameters) },
	};
}

/**
 * The public template with the members of an organisation in it: they are covered once its root or
 * units are filled in, and without them it is the template of one account.
 */
export function publicOrganizationTemplate(
	options: Parameters<typeof publicConnectTemplate>[0],
): CloudFormationTemplate {
	const own = publicConnectTemplate(options);
	const members = publicConnectTemplate({
		...options,
		features: memberFeatures(options.features),
	});
	const ticked = everyFeature
		.filter((feature) => !requiredFeatures.includes(feature))
		.map((feature): readonly [string, Json] => [
			featureParameter(feature),
			payerFeatures.has(feature) ? 'false' : { Ref: featureParameter(feature) },
		]);
	return {
		...own,
		Parameters: { ...own.Parameters, OrganizationalUnitIds: unitsParameter([]) },
		Conditions: {
			...own.Conditions,
			HasMembers: {
				'Fn::Not': [{ 'Fn::Equals': [{ 'Fn::Join': ['', { Ref: 'OrganizationalUnitIds' }] }, ''] }],
			},
		},
		Resources: {
			...own.Resources,
			Members: {
				Condition: 'HasMembers',
				...membersStackSet(members, [...ownParameters, ...ticked]),
			},
		},
	};
}

function unitsParameter(unitIds: readonly string[]): Json {
	return {
		Type: 'CommaDelimitedList',
		Default: unitIds.join(','),
		Description: 'Roots or organisational units to watch, such as r-ab12; of one account: empty',
	};
}

/** What a StackSet passes on to the stacks of its members. */
const ownParameters: readonly (readonly [string, Json])[] = [
	['ExternalId', { Ref: 'ExternalId' }],
	['LogGroupPatterns', { 'Fn::Join': [',', { Ref: 'LogGroupPatterns' }] }],
	['RoleName', { Ref: 'RoleName' }],
];

function membersStackSet(
	members: CloudFormationTemplate,
	parameters: readonly (readonly [string, Json])[],
): { readonly [name: string]: Json } {
	return {
		Type: 'AWS::CloudFormation::StackSet',
		Properties: {
			StackSetName: 'lamplight-read-only-members',
			PermissionModel: 'SERVICE_MANAGED',
			Capabilities: ['CAPABILITY_NAMED_IAM'],
			AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
			OperationPreferences: { FailureTolerancePercentage: 100, MaxConcurrentPercentage: 100 },
			Parameters: parameters.map(([ParameterKey, ParameterValue]) => ({
				ParameterKey,
				ParameterValue,
			})),
			StackInstancesGroup: [
				{
					DeploymentTargets: { OrganizationalUnitIds: { Ref: 'OrganizationalUnitIds' } },
					// A role is global, so one region is enough.
					Regions: [{ Ref: 'AWS::Region' }],
				},
			],
			TemplateBody: JSON.stringify(members),
		},
	};
}

/** Features that only the management account can serve. */
const payerFeatures: ReadonlySet<Feature> = new Set(['costs', 'organization']);

/** What is left of an organisation's features for an account that does not manage it. */
export function memberFeatures(chosen: readonly Feature[]): Feature[] {
	return chosen.filter((feature) => !payerFeatures.has(feature));
}
