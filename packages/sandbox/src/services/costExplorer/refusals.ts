import { AwsError } from '../../wire/awsError.ts';

/** Cost Explorer's word for input it cannot take. */
export function invalid(message: string): AwsError {
	return new AwsError('ValidationException', message, { status: 400 });
}
