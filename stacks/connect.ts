/**
 * The bucket with the CloudFormation templates that customers launch from the quick-create link.
 * CloudFormation fetches them without credentials, so the objects, and nothing else, are public.
 */
export function connect() {
	const bucket = new sst.aws.Bucket('ConnectTemplates', { access: 'public' });
	return {
		bucketName: bucket.name,
		bucketArn: bucket.arn,
		url: $interpolate`https://${bucket.domain}`,
	};
}

export type Templates = ReturnType<typeof connect>;

/** The role name that a customer's stack creates; collectors may assume these and no others. */
export const customerRoles = 'arn:aws:iam::*:role/lamplight-*';
