/** A refusal in DynamoDB's own form, sent to the caller as it is. */
export interface Refusal {
	readonly statusCode: number;
	readonly body: { readonly __type: string; readonly message?: string };
}

/** True of the errors that dynalite means for the caller. */
export function isRefusal(error: unknown): error is Refusal {
	return typeof error === 'object' && error !== null && 'statusCode' in error && 'body' in error;
}

/** A refusal of the given DynamoDB exception. */
export function refusal(type: string, message: string, statusCode = 400): Refusal {
	return { statusCode, body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message } };
}
