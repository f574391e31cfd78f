import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Text that we hand out and get back unchanged: `payload.signature`. `purpose` keeps one kind from
 * passing for another.
 */
export function sign(secret: string, purpose: string, payload: string): string {
	const encoded = Buffer.from(payload, 'utf8').toString('base64url');
	return `${encoded}.${signature(secret, purpose, encoded)}`;
}

/** The payload; `null` when the text was not made by `sign` with the same secret and purpose. */
export function unsign(secret: string, purpose: string, text: string): string | null {
	const at = text.lastIndexOf('.');
	if (at <= 0) return null;
	const encoded = text.slice(0, at);
	const expected = Buffer.from(signature(secret, purpose, encoded));
	const given = Buffer.from(text.slice(at + 1));
	if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
	return Buffer.from(encoded, 'base64url').toString('utf8');
}

function signature(secret: string, purpose: string, encoded: string): string {
	return createHmac('sha256', secret).update(`${purpose}\n${encoded}`).digest('base64url');
}
