import { type ErrorCode, LamplightError } from '@lamplight/core/errors';

export interface CallContext {
	readonly action: string;
	readonly region: string;
}

interface SdkError {
	readonly name: string;
	readonly message: string;
	readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
	readonly $fault?: string;
}

const deniedNames = new Set([
	'AccessDenied',
	'AccessDeniedException',
	'UnauthorizedOperation',
	'UnrecognizedClientException',
	'InvalidClientTokenId',
	'AuthFailure',
	'OptInRequired',
]);
const expiredNames = new Set([
	'ExpiredToken',
	'ExpiredTokenException',
	'RequestExpired',
	// Of a session whose role was made again meanwhile; S3 has a word of its own.
	'UnrecognizedClientException',
	'InvalidClientTokenId',
	'InvalidToken',
]);
const throttleName = /thrott|TooManyRequests|LimitExceeded|RequestLimit|SlowDown|Busy/i;
const goneNames = new Set(['ResourceNotFoundException', 'NoSuchBucket', 'NoSuchKey']);

/** True when AWS said that calls came too fast. */
export function isThrottle(error: unknown): boolean {
	return isSdkError(error) && (throttleName.test(error.name) || status(error) === 429);
}

const unsentCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

/** True when no connection came about, so that nothing was asked; by the words of the SDK's own handler. */
export function isUnsent(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	if (unsentCodes.has((error as NodeJS.ErrnoException).code ?? '')) return true;
	return error.name === 'TimeoutError' && /did not establish a connection/.test(error.message);
}

/** True when the session's keys are no longer valid, and new ones may be. */
export function isExpired(error: unknown): boolean {
	return isSdkError(error) && expiredNames.has(error.name);
}

// What AWS's own front says of an operation it does not know, and what servers in its place say.
const missingNames = new Set([
	'UnknownOperationException',
	'UnrecognizedServiceException',
	'NotImplemented',
	'NotImplementedException',
	'InvalidAction',
]);
const missingStatuses: readonly (number | undefined)[] = [404, 405, 500, 501];

/**
 * True when the endpoint does not have the operation: it says so, or it answers with something that
 * is no answer of AWS at all, such as a web page. AWS gives every answer a request id.
 */
function isMissing(error: SdkError): boolean {
	if (missingNames.has(error.name) || status(error) === 501) return true;
	const isNoAnswer = error.name === 'SyntaxError' && error.$metadata?.requestId === undefined;
	return isNoAnswer && missingStatuses.includes(status(error));
}

/** True when asking again is of no use: the call is not granted, or the endpoint has no such operation. */
export function isClosed(error: unknown): boolean {
	const isDenied = error instanceof LamplightError && error.code === 'aws_access_denied';
	return isDenied || isMissingAtEndpoint(error);
}

/** True for an error of ours that says that the endpoint has no such operation. */
export function isMissingAtEndpoint(error: unknown): boolean {
	return error instanceof LamplightError && error.details['missing'] === true;
}

/** An SDK failure as one of our own, naming the action and region; other errors come back unchanged. */
export function translateError(error: unknown, call: CallContext): unknown {
	if (error instanceof LamplightError || !isSdkError(error)) return error;
	const requestId = error.$metadata?.requestId;
	const missing = isMissing(error);
	const what = missing ? 'the endpoint does not offer it' : error.name;
	return new LamplightError(codeOf(error), `${call.action} in ${call.region}: ${what}`, {
		cause: error,
		details: {
			action: call.action,
			region: call.region,
			awsCode: error.name,
			...(missing ? { missing } : {}),
			...(requestId === undefined ? {} : { awsRequestId: requestId }),
		},
	});
}

function codeOf(error: SdkError): ErrorCode {
	if (isMissing(error)) return 'aws_refused';
	if (isThrottle(error)) return 'aws_throttled';
	if (deniedNames.has(error.name) || status(error) === 403) return 'aws_access_denied';
	if (expiredNames.has(error.name)) return 'aws_access_denied';
	if (goneNames.has(error.name)) return 'not_found';
	const code = status(error);
	if (code === undefined || code >= 500) return 'aws_unavailable';
	return 'aws_refused';
}

function status(error: SdkError): number | undefined {
	return error.$metadata?.httpStatusCode;
}

/** Errors of the network carry a code, those of AWS carry metadata; a fault of ours carries neither. */
function isSdkError(error: unknown): error is SdkError {
	if (!(error instanceof Error)) return false;
	return (
		'$metadata' in error || '$fault' in error || 'code' in error || error.name === 'TimeoutError'
	);
}
