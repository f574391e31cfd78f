import { AwsError } from './awsError.ts';
import type { Protocol } from './protocol.ts';

type ProtocolKind = Protocol['kind'];

/** Refusals that every service knows, before its own model has a say. */
export type CommonError =
	| 'missing-authentication'
	| 'unknown-key'
	| 'bad-token'
	| 'expired-token'
	| 'signature-mismatch'
	| 'signature-skewed'
	| 'undated'
	| 'access-denied'
	| 'throttled'
	| 'unknown-operation'
	| 'not-emulated'
	| 'internal'
	| 'unavailable'
	| 'validation';

interface Dialect {
	readonly code: string;
	readonly status: number;
}

type Dialects = Readonly<Record<ProtocolKind, Dialect>>;

const everywhere = (code: string, status: number): Dialects => ({
	json: { code, status },
	'rest-json': { code, status },
	'rest-xml': { code, status },
	query: { code, status },
	ec2: { code, status },
});

/** Old (query) services drop the suffix "Exception"; JSON-RPC services answer 400 where others say 403. */
const suffixed = (code: string, ec2: Dialect): Dialects => ({
	json: { code: `${code}Exception`, status: 400 },
	'rest-json': { code: `${code}Exception`, status: 403 },
	'rest-xml': { code, status: 403 },
	query: { code, status: 403 },
	ec2: ec2,
});

// Codes and statuses: "Common errors" pages of the API references, and answers recorded by public
// test suites, read 2026-11.
const dialects: Readonly<Record<CommonError, Dialects>> = {
	'missing-authentication': {
		...everywhere('MissingAuthenticationToken', 403),
		json: { code: 'MissingAuthenticationTokenException', status: 400 },
		'rest-json': { code: 'MissingAuthenticationTokenException', status: 403 },
	},
	'unknown-key': {
		json: { code: 'UnrecognizedClientException', status: 400 },
		'rest-json': { code: 'UnrecognizedClientException', status: 403 },
		'rest-xml': { code: 'InvalidAccessKeyId', status: 403 },
		query: { code: 'InvalidClientTokenId', status: 403 },
		ec2: { code: 'AuthFailure', status: 401 },
	},
	'bad-token': {
		json: { code: 'UnrecognizedClientException', status: 400 },
		'rest-json': { code: 'UnrecognizedClientException', status: 403 },
		'rest-xml': { code: 'InvalidToken', status: 400 },
		query: { code: 'InvalidClientTokenId', status: 403 },
		ec2: { code: 'AuthFailure', status: 401 },
	},
	'expired-token': suffixed('ExpiredToken', { code: 'RequestExpired', status: 400 }),
	'signature-mismatch': {
		json: { code: 'InvalidSignatureException', status: 400 },
		'rest-json': { code: 'InvalidSignatureException', status: 403 },
		'rest-xml': { code: 'SignatureDoesNotMatch', status: 403 },
		query: { code: 'SignatureDoesNotMatch', status: 403 },
		ec2: { code: 'AuthFailure', status: 401 },
	},
	'signature-skewed': {
		json: { code: 'InvalidSignatureException', status: 400 },
		'rest-json': { code: 'InvalidSignatureException', status: 403 },
		'rest-xml': { code: 'RequestTimeTooSkewed', status: 403 },
		query: { code: 'SignatureDoesNotMatch', status: 403 },
		ec2: { code: 'RequestExpired', status: 400 },
	},
	undated: {
		...everywhere('IncompleteSignature', 400),
		json: { code: 'IncompleteSignatureException', status: 400 },
		'rest-json': { code: 'IncompleteSignatureException', status: 403 },
	},
	'access-denied': suffixed('AccessDenied', { code: 'UnauthorizedOperation', status: 403 }),
	throttled: {
		json: { code: 'ThrottlingException', status: 400 },
		'rest-json': { code: 'TooManyRequestsException', status: 429 },
		'rest-xml': { code: 'SlowDown', status: 503 },
		query: { code: 'Throttling', status: 400 },
		ec2: { code: 'RequestLimitExceeded', status: 503 },
	},
	'unknown-operation': {
		...everywhere('InvalidAction', 400),
		json: { code: 'UnknownOperationException', status: 400 },
		'rest-json': { code: 'UnknownOperationException', status: 404 },
	},
	'not-emulated': everywhere('NotImplemented', 501),
	internal: {
		...everywhere('InternalFailure', 500),
		'rest-json': { code: 'ServiceException', status: 500 },
		ec2: { code: 'InternalError', status: 500 },
	},
	unavailable: {
		...everywhere('ServiceUnavailable', 503),
		json: { code: 'ServiceUnavailableException', status: 503 },
		'rest-json': { code: 'ServiceUnavailableException', status: 503 },
		ec2: { code: 'Unavailable', status: 503 },
	},
	validation: {
		...everywhere('ValidationException', 400),
		query: { code: 'ValidationError', status: 400 },
	},
};

/** Services that say it in a word of their own, by signing name. */
const ownWords: Readonly<Record<string, Partial<Record<CommonError, Dialect>>>> = {
	tagging: { throttled: { code: 'ThrottledException', status: 400 } },
	ce: { throttled: { code: 'LimitExceededException', status: 400 } },
	logs: { validation: { code: 'InvalidParameterException', status: 400 } },
	monitoring: {
		// JSON since 2025, with the status that the query protocol had.
		'access-denied': { code: 'AccessDenied', status: 403 },
		'expired-token': { code: 'ExpiredToken', status: 403 },
		'unknown-key': { code: 'InvalidClientTokenId', status: 403 },
		throttled: { code: 'Throttling', status: 400 },
	},
};

const messages: Readonly<Partial<Record<CommonError, string>>> = {
	'missing-authentication': 'Request is missing Authentication Token',
	'unknown-key': 'The security token included in the request is invalid.',
	'bad-token': 'The security token included in the request is invalid.',
	'expired-token': 'The security token included in the request is expired',
	'signature-mismatch':
		'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
	undated: "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
	throttled: 'Rate exceeded',
	internal: 'The request processing has failed because of an unknown error, exception or failure.',
	unavailable: 'The service is unavailable. Please try again shortly.',
};

interface CommonErrorOptions {
	readonly message?: string;
	readonly headers?: Readonly<Record<string, string>>;
}

/** A common error in the words of a service and protocol. */
export function commonError(
	error: CommonError,
	where: { readonly protocol: ProtocolKind; readonly service: string },
	options: CommonErrorOptions = {},
): AwsError {
	const dialect = ownWords[where.service]?.[error] ?? dialects[error][where.protocol];
	const { message = messages[error] ?? error, headers = {} } = options;
	return new AwsError(dialect.code, message, { status: dialect.status, headers });
}
