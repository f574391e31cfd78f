import type { CallRecord } from '../truth/recorder.ts';
import { AwsError } from './awsError.ts';
import { commonError } from './commonErrors.ts';
import type { WireRequest, WireResponse } from './message.ts';
import { common, type Delivery, type Passage, where } from './passage.ts';
import type { Operation } from './shape.ts';
import type { Authorization } from './signature.ts';

/** What a request is answered that could not be served, in its own protocol. Notes the outcome. */
export function refuse(passage: Passage, error: unknown): WireResponse {
	if (!(error instanceof AwsError)) console.error('sandbox:', passage.action, error);
	const aws = error instanceof AwsError ? error : common(passage, 'internal');
	const shape = passage.protocols.errors.get(aws.code) ?? null;
	const status = aws.status ?? shape?.status ?? 400;
	passage.outcome = outcomeOf(aws.code, status);
	const { code, message, members, headers } = aws;
	return passage.protocol.writeError(
		{ code, message, status, members, headers, shape },
		passage.requestId,
	);
}

function outcomeOf(code: string, status: number): CallRecord['outcome'] {
	if (/Throttl|TooManyRequests|RequestLimitExceeded|^LimitExceeded/.test(code)) return 'throttled';
	if (/AccessDenied|UnauthorizedOperation/.test(code)) return 'denied';
	return status >= 400 ? 'failed' : 'ok';
}

/** Why no operation was found for a request. */
export function unknownMessage(request: WireRequest): string {
	const target = request.headers['x-amz-target'];
	return `Could not find operation ${target ?? `${request.method} ${request.path}`}`;
}

/** Throws the validation error of members that are required and missing. */
export function requireMembers(
	operation: Operation,
	input: Readonly<Record<string, unknown>>,
	passage: Passage,
): void {
	if (operation.input.kind === 'unit') return;
	const missing = operation.input.members.filter(
		(member) =>
			member.required && (input[member.name] === undefined || input[member.name] === null),
	);
	if (missing.length === 0) return;
	const plural = missing.length === 1 ? '' : 's';
	const details = missing.map(({ name }) => {
		const field = name.charAt(0).toLowerCase() + name.slice(1);
		return `Value null at '${field}' failed to satisfy constraint: Member must not be null`;
	});
	throw commonError('validation', where(passage), {
		message: `${missing.length} validation error${plural} detected: ${details.join('; ')}`,
	});
}

/** The answer to a request without a signature, or of a service that is not simulated. */
export function unroutable(claim: Authorization | null, requestId: string): Delivery {
	const code =
		claim === null ? 'MissingAuthenticationTokenException' : 'UnrecognizedServiceException';
	const message =
		claim === null ? 'Missing Authentication Token' : `${claim.service} is not simulated`;
	return {
		response: {
			status: claim === null ? 403 : 501,
			headers: {
				'content-type': 'application/json',
				'x-amzn-requestid': requestId,
				'x-amzn-errortype': code,
			},
			body: JSON.stringify({ __type: code, message }),
		},
		delayMs: 0,
		drop: null,
		skewMs: 0,
	};
}
