import type { Feature } from './connection.ts';
import { connectTemplate, type CloudFormationTemplate, type TemplateOptions } from './template.ts';

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
			OrganizationalUnitIds: {
				Type: 'CommaDelimitedList',
				Default: options.organizationalUnitIds.join(','),
				Description: 'Roots or organisational units to watch',
			},
		},
		Resources: {
			...own.Resources,
			Members: {
				Type: 'AWS::CloudFormation::StackSet',
				Properties: {
					StackSetName: 'lamplight-read-only-members',
					PermissionModel: 'SERVICE_MANAGED',
					Capabilities: ['CAPABILITY_NAMED_IAM'],
					AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
					OperationPreferences: { FailureTolerancePercentage: 100, MaxConcurrentPercentage: 100 },
					Parameters: [
						{ ParameterKey: 'ExternalId', ParameterValue: { Ref: 'ExternalId' } },
						{
							ParameterKey: 'LogGroupPatterns',
							ParameterValue: { 'Fn::Join': [',', { Ref: 'LogGroupPatterns' }] },
						},
						{ ParameterKey: 'RoleName', ParameterValue: { Ref: 'RoleName' } },
					],
					StackInstancesGroup: [
						{
							DeploymentTargets: { OrganizationalUnitIds: { Ref: 'OrganizationalUnitIds' } },
							// A role is global, so one region is enough.
							Regions: [{ Ref: 'AWS::Region' }],
						},
					],
					TemplateBody: JSON.stringify(members),
				},
			},
		},
	};
}

/** Features that only the management account can serve. */
const payerFeatures: ReadonlySet<Feature> = new Set(['costs', 'organization']);

/** What is left of an organisation's features for an account that does not manage it. */
export function memberFeatures(chosen: readonly Feature[]): Feature[] {
	return chosen.filter((feature) => !payerFeatures.has(feature));
}
