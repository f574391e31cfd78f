import { createHash, randomBytes } from 'node:crypto';

const linkTtlMs = 24 * 3_600_000;
/** From opening the link to the login page asking who it is. */
const ticketTtlMs = 120_000;
const maxOutstanding = 1_000;

interface Outstanding {
	readonly email: string;
	readonly expiresMs: number;
}

/** Single-use secrets: sign-in links, and the tickets that opening one gives. */
export interface SignInLinks {
	/** A new code for a link that signs this e-mail in once, within a day. */
	issue(email: string): string;
	/** Trades a link's code for a ticket; `null` when it was used, expired or never was. */
	open(code: string): string | null;
	/** The e-mail of a ticket, once; `null` as above. */
	redeem(ticket: string): string | null;
}

/** Codes are kept as hashes, so that what lies in memory opens nothing. */
export function signInLinks(clock: () => number): SignInLinks {
	const links = new Map<string, Outstanding>();
	const tickets = new Map<string, Outstanding>();
	const put = (into: Map<string, Outstanding>, email: string, ttlMs: number): string => {
		const code = randomBytes(24).toString('base64url');
		into.set(hash(code), { email, expiresMs: clock() + ttlMs });
		const oldest = into.keys().next();
		if (into.size > maxOutstanding && !oldest.done) into.delete(oldest.value);
		return code;
	};
	const take = (from: Map<string, Outstanding>, code: string): string | null => {
		const found = from.get(hash(code));
		from.delete(hash(code));
		return found !== undefined && found.expiresMs > clock() ? found.email : null;
	};
	return {
		issue: (email) => put(links, email, linkTtlMs),
		open: (code) => {
			const email = take(links, code);
			return email === null ? null : put(tickets, email, ticketTtlMs);
		},
		redeem: (ticket) => take(tickets, ticket),
	};
}

function hash(code: string): string {
	return createHash('sha256').update(code).digest('base64url');
}
