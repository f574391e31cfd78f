import { AwsError } from '../../wire/awsError.ts';

/** CloudWatch Logs' word for any input it cannot take. */
export function invalidParameter(message: string): AwsError {
	return new AwsError('InvalidParameterException', message);
}

/** For a token that is not one of ours. */
export function invalidToken(): AwsError {
	return invalidParameter('The specified nextToken is invalid.');
}

/** A page size within its maximum, or the maximum when none is asked. */
export function limitOf(limit: number | undefined, most: number): number {
	if (limit === undefined) return most;
	const wrong =
		limit < 1
			? 'greater than or equal to 1'
			: limit > most
				? `less than or equal to ${most}`
				: null;
	if (wrong !== null) {
		throw invalidParameter(
			`1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: Member must have value ${wrong}`,
		);
	}
	return limit;
}
