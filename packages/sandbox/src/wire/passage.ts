import type { CallRecord } from '../truth/recorder.ts';
import type { AwsError } from './awsError.ts';
import { commonError, type CommonError } from './commonErrors.ts';
import type { WireRequest, WireResponse } from './message.ts';
import type { Protocol } from './protocol.ts';
import type { ServiceProtocols } from './protocols.ts';
import type { Service } from './service.ts';
import type { Authorization } from './signature.ts';

/** An answer, and what happens to it on its way. */
export interface Delivery {
	readonly response: WireResponse;
	readonly delayMs: number;
	/** The connection is cut before the answer or in the middle of its body; `null` normally. */
	readonly drop: 'before' | 'within' | null;
	/** How far the server's clock is off, for the Date header. */
	readonly skewMs: number;
}

/** A service with the protocols that it speaks. */
export interface Loaded {
	readonly service: Service;
	readonly protocols: ServiceProtocols;
}

/** One request on its way through. */
export interface Passage extends Loaded {
	readonly request: WireRequest;
	readonly requestId: string;
	readonly claim: Authorization;
	readonly protocol: Protocol;
	readonly wallMs: number;
	action: string;
	delayMs: number;
	skewMs: number;
	drop: Delivery['drop'];
	unknownMembers: boolean;
	outcome: CallRecord['outcome'];
	charge: CallRecord['charge'];
	accountId: string;
}

/** The protocol and service in whose words an error is told. */
export function where(passage: Passage): Parameters<typeof commonError>[1] {
	return { protocol: passage.protocol.kind, service: passage.claim.service };
}

/** An error that every service knows, as this one says it. */
export function common(passage: Passage, error: CommonError, message?: string): AwsError {
	return commonError(error, where(passage), message === undefined ? {} : { message });
}

/** The service's own AccessDenied. */
export function denied(passage: Passage, message: string): AwsError {
	const ec2 = 'You are not authorized to perform this operation. ';
	return common(
		passage,
		'access-denied',
		passage.protocol.kind === 'ec2' ? `${ec2}${message}` : message,
	);
}

/** The service's own throttling error, with `Retry-After` where it is asked for. */
export function throttled(passage: Passage, retryAfterSeconds?: number): AwsError {
	const headers: Record<string, string> =
		retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
	return commonError('throttled', where(passage), { headers });
}
