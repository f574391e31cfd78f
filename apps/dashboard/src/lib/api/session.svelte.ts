import type { Access } from '@lamplight/api/contract/session';

import { asProblem, readProblem } from './problem.ts';

/** A token this near its end is replaced before it is used. */
const marginMs = 30_000;

type State = 'unknown' | 'signedIn' | 'signedOut';

/**
 * The session of this tab. The access token lives in memory alone; the cookie that renews it is
 * out of reach of scripts.
 */
class Session {
	state = $state<State>('unknown');
	#access: { readonly token: string; readonly expiresMs: number } | null = null;
	#pending: Promise<string | null> | null = null;

	/** A usable token, renewed when needed; `null` when nobody is signed in. */
	async accessToken(fresh = false): Promise<string | null> {
		if (this.state === 'signedOut') return null;
		if (!fresh && this.#access !== null && this.#access.expiresMs - Date.now() > marginMs) {
			return this.#access.token;
		}
		this.#pending ??= this.#refresh().finally(() => (this.#pending = null));
		return this.#pending;
	}

	async #refresh(): Promise<string | null> {
		let response: Response;
		try {
			response = await fetch('/v1/session/refresh', { method: 'POST' });
		} catch (error) {
			throw asProblem(error);
		}
		if (response.status === 401) {
			this.#access = null;
			this.state = 'signedOut';
			return null;
		}
		if (!response.ok) throw await readProblem(response);
		const { accessToken, expiresAt } = (await response.json()) as Access;
		this.#access = { token: accessToken, expiresMs: Date.parse(expiresAt) };
		this.state = 'signedIn';
		return accessToken;
	}

	/** Ends the session and answers where the browser should go next. */
	async signOut(): Promise<string> {
		const token = await this.accessToken();
		const response = await fetch('/v1/session/sign-out', {
			method: 'POST',
			headers: token === null ? {} : { authorization: `Bearer ${token}` },
		});
		this.#access = null;
		this.state = 'signedOut';
		if (!response.ok) return '/sign-in';
		const { location } = (await response.json()) as { location: string };
		return location;
	}
}

export const session = new Session();

/** Where signing in begins; it comes back to `returnTo`. */
export function signInHref(returnTo: string): string {
	return `/v1/session/sign-in?returnTo=${encodeURIComponent(returnTo)}`;
}
