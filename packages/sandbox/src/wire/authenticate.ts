import type { Key } from '../iam/directory.ts';
import { commonError } from './commonErrors.ts';
import type { WireRequest } from './message.ts';
import { amzDate, checkSignature, type Authorization } from './signature.ts';

export interface AuthenticateInput {
	readonly request: WireRequest;
	readonly claim: Authorization;
	/** `null` when no such key was ever issued. */
	readonly key: Key | null;
	/** False once the role behind a session is gone. */
	readonly isAlive: (key: Key) => boolean;
	/** The server's real time. */
	readonly nowMs: number;
	readonly where: Parameters<typeof commonError>[1];
}

/** The key that signed a request. Throws the service's own error for a wrong, dead or expired one. */
export function authenticate(input: AuthenticateInput): Key {
	const { request, claim, key, nowMs, where } = input;
	if (key === null || !input.isAlive(key)) throw commonError('unknown-key', where);
	if ((request.headers['x-amz-security-token'] ?? null) !== key.sessionToken) {
		throw commonError('bad-token', where);
	}
	const fault = checkSignature(request, claim, key.secretAccessKey, nowMs);
	if (fault?.kind === 'undated') throw commonError('undated', where);
	if (fault?.kind === 'mismatch') throw commonError('signature-mismatch', where);
	if (fault?.kind === 'skewed') {
		throw commonError('signature-skewed', where, {
			message: skewMessage(fault.signedAt, fault.signedMs, nowMs),
		});
	}
	if (key.expiresMs !== null && nowMs >= key.expiresMs) throw commonError('expired-token', where);
	return key;
}

const toleranceMs = 5 * 60_000;

function skewMessage(signedAt: string, signedMs: number, nowMs: number): string {
	return signedMs < nowMs
		? `Signature expired: ${signedAt} is now earlier than ${amzDate(nowMs - toleranceMs)} (${amzDate(nowMs)} - 5 min.)`
		: `Signature not yet current: ${signedAt} is still later than ${amzDate(nowMs + toleranceMs)} (${amzDate(nowMs)} + 5 min.)`;
}
