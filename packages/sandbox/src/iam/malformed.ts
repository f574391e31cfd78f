import { AwsError } from '../wire/awsError.ts';

/** IAM's answer to a policy document that cannot be read. */
export function malformed(message: string): AwsError {
	return new AwsError('MalformedPolicyDocument', message);
}
