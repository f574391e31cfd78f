/** Signs in as a browser would, by the link alone, and returns a caller of the API. */

export interface ApiCaller {
	/** The newest one; it lives for 15 minutes. */
	readonly accessToken: string;
	/** Asks for a new token with the session's cookie, as a page does that stays open. */
	renew(): Promise<void>;
	get(path: string): Promise<{ status: number; body: unknown }>;
}

/** How many redirects a sign-in may take. */
const mostHops = 15;

/** Cookies of one host, kept across redirects. */
class CookieJar {
	readonly #cookies = new Map<string, string>();

	take(response: Response): void {
		for (const line of response.headers.getSetCookie()) {
			const [pair = ''] = line.split(';');
			const at = pair.indexOf('=');
			const value = pair.slice(at + 1);
			if (value === '') this.#cookies.delete(pair.slice(0, at));
			else this.#cookies.set(pair.slice(0, at), value);
		}
	}

	header(): string {
		return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
	}
}

/** Follows a one-time sign-in link to the dashboard, then asks for an access token. */
export async function signIn(url: string, link: string): Promise<ApiCaller> {
	const jar = new CookieJar();
	let next = link;
	for (let hop = 0; hop < mostHops; hop += 1) {
		const response = await fetch(next, { redirect: 'manual', headers: { cookie: jar.header() } });
		jar.take(response);
		await response.arrayBuffer();
		const location = response.headers.get('location');
		if (location === null) break;
		next = new URL(location, next).href;
	}
	const refresh = async (): Promise<string> => {
		const refreshed = await fetch(`${url}/v1/session/refresh`, {
			method: 'POST',
			headers: { cookie: jar.header(), origin: url },
		});
		jar.take(refreshed);
		if (!refreshed.ok)
			throw new Error(`no session after ${next}: ${refreshed.status} ${await refreshed.text()}`);
		return ((await refreshed.json()) as { accessToken: string }).accessToken;
	};
	let accessToken = await refresh();
	return {
		get accessToken() {
			return accessToken;
		},
		async renew() {
			accessToken = await refresh();
		},
		async get(path) {
			const response = await fetch(`${url}${path}`, {
				headers: { authorization: `Bearer ${accessToken}` },
			});
			return { status: response.status, body: await response.json() };
		},
	};
}
