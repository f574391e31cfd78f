import type { Actor, Ctx } from '@lamplight/core/ctx';

import type { Permission } from '../contract/session.ts';

/** Who signed in, before any workspace is known. */
export interface SignedIn {
	readonly userId: string;
	readonly email: string;
	readonly name: string | null;
}

/** What middleware learns about a request and handlers read. */
export interface ApiEnv {
	Variables: {
		requestId: string;
		/** The route's key, for logs: never the path, which may hold names. */
		routeKey: string;
		signedIn: SignedIn | null;
		ctx: Ctx | null;
		actor: Actor | null;
		permissions: ReadonlySet<Permission>;
	};
}
