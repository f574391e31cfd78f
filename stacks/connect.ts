import { publicOrganizationTemplate } from '@lamplight/core/connection/organization';
import { connectRoleName } from '@lamplight/core/connection/template';
import { features } from '@lamplight/core/connection/connection';

/** The role that a customer's stack creates; ours may assume roles of this name and no others. */
export const customerRoles = `arn:aws:iam::*:role/${connectRoleName}`;

/**
 * The names of our roles that customers trust. They are fixed, so that a role that has to be made
 * again does not break every customer's trust policy.
 */
export const trustedRoles = () => ({
	api: `lamplight-${$app.stage}-api`,
	collect: `lamplight-${$app.stage}-collect`,
});

/**
 * The CloudFormation template that customers launch from the quick-create link. CloudFormation
 * fetches it without credentials, so this bucket, and nothing else, is public.
 */
export function connect() {
	const bucket = new sst.aws.Bucket('ConnectTemplates', { access: 'public' });
	const trustedRoleNames = Object.values(trustedRoles());
	const content = aws.getCallerIdentityOutput().accountId.apply((trustedAccountId) =>
		JSON.stringify(
			publicOrganizationTemplate({
				features: [...features],
				trustedAccountId,
				trustedRoleNames,
			}),
		),
	);
	const object = new aws.s3.BucketObjectv2('ConnectTemplate', {
		bucket: bucket.name,
		key: 'lamplight-read-only.json',
		contentType: 'application/json',
		content,
	});
	return { templateUrl: $interpolate`https://${bucket.domain}/${object.key}`, trustedRoleNames };
}

export type Connect = ReturnType<typeof connect>;
