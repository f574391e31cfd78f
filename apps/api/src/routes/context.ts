import type { ApiDeps } from '../deps.ts';
import type { Oidc } from '../session/oidc.ts';
import type { People } from '../session/people.ts';

/** What handlers use: the API's dependencies and its session. */
export interface RouteDeps extends ApiDeps {
	readonly oidc: Oidc;
	readonly people: People;
}
