import { sign, unsign } from './signed.ts';

/** Names and attributes of our cookies, which follow from where browsers find us. */
export interface Cookies {
	/** Holds the refresh token. */
	readonly session: string;
	/** Holds one sign-in under way. */
	readonly signIn: string;
	set(name: string, value: string, maxAgeSeconds: number): string;
	clear(name: string): string;
	/** The value of a cookie in a request's header; `null` when it is not there. */
	read(header: string | undefined, name: string): string | null;
}

/**
 * On https cookies are `__Host-` and Secure. On http, which is this machine alone, they are
 * neither: Chromium 156 takes a `__Host-` cookie from `http://localhost` (tried, 2026-11), but
 * Safari takes no Secure cookie over http at all. The port is in the name there, because cookies
 * do not tell ports apart and two Lamplights on one machine would sign each other out.
 */
export function cookiesFor(publicUrl: string): Cookies {
	const url = new URL(publicUrl);
	const secure = url.protocol === 'https:';
	const name = (base: string) =>
		secure ? `__Host-lamplight-${base}` : `lamplight-${base}-${url.port || '80'}`;
	const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
	return {
		session: name('session'),
		signIn: name('sign-in'),
		set: (cookie, value, maxAgeSeconds) =>
			`${cookie}=${value}; ${attributes}; Max-Age=${maxAgeSeconds}`,
		clear: (cookie) => `${cookie}=; ${attributes}; Max-Age=0`,
		read: (header, cookie) => {
			for (const part of (header ?? '').split(';')) {
				const at = part.indexOf('=');
				if (at > 0 && part.slice(0, at).trim() === cookie) {
					const value = part.slice(at + 1).trim();
					return value === '' ? null : value;
				}
			}
			return null;
		},
	};
}

/** One sign-in under way, kept by the browser that began it. */
export interface SignInState {
	readonly state: string;
	readonly nonce: string;
	readonly verifier: string;
	readonly returnTo: string;
	readonly expiresMs: number;
}

/** A sign-in state as a cookie's value. */
export function packSignIn(secret: string, state: SignInState): string {
	return sign(secret, 'sign-in', JSON.stringify(state));
}

/** `null` when it was tampered with or is too old. */
export function unpackSignIn(secret: string, text: string, nowMs: number): SignInState | null {
	const payload = unsign(secret, 'sign-in', text);
	if (payload === null) return null;
	const state = JSON.parse(payload) as SignInState;
	return state.expiresMs > nowMs ? state : null;
}
