/** A refusal in DynamoDB's own form, sent to the caller as it is. */
export interface Refusal {
	readonly statusCode: number;
	readonly body: { readonly __type: string; readonly message?: string };
}

/** True of the errors that dynalite, or we, mean for the caller. */
export function isRefusal(error: unknown): error is Refusal {
	return typeof error === 'object' && error !== null && 'statusCode' in error && 'body' in error;
}

class RefusalError extends Error implements Refusal {
	override readonly name = 'RefusalError';
	readonly statusCode: number;
	readonly body: Refusal['body'];

	constructor(type: string, message: string, statusCode: number) {
		super(message);
		this.statusCode = statusCode;
		this.body = { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message };
	}
}

/** A refusal of the given DynamoDB exception. */
export function refusal(type: string, message: string, statusCode = 400): RefusalError {
	return new RefusalError(type, message, statusCode);
}
