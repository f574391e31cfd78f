import type { Role } from '@lamplight/core/ctx';
import type { ApiToken } from '@lamplight/core/workspace/workspace';

import type { RouteKey } from './contract/contract.ts';
import type { Permission } from './contract/session.ts';

/** Which roles hold each permission: the product's table of roles. */
export const rolesWith: Readonly<Record<Permission, readonly Role[]>> = {
	'workspace.read': ['owner', 'admin', 'engineer', 'finance', 'viewer'],
	'costs.read': ['owner', 'admin', 'engineer', 'finance', 'viewer'],
	'views.write': ['owner', 'admin', 'engineer', 'finance', 'viewer'],
	// Log text may hold personal data.
	'logs.read': ['owner', 'admin', 'engineer'],
	'issues.write': ['owner', 'admin', 'engineer'],
	'deploys.write': ['owner', 'admin', 'engineer'],
	'billing.write': ['owner', 'admin', 'finance'],
	'owners.write': ['owner', 'admin', 'finance'],
	'tokens.own': ['owner', 'admin', 'engineer', 'finance'],
	'connections.write': ['owner', 'admin'],
	'members.read': ['owner', 'admin', 'engineer', 'finance', 'viewer'],
	'members.write': ['owner', 'admin'],
	'tokens.all': ['owner', 'admin'],
	'audit.read': ['owner', 'admin'],
	'settings.write': ['owner', 'admin'],
	'workspace.delete': ['owner'],
};

/** The permissions of a role, in the table's order. */
export function permissionsOf(role: Role): Permission[] {
	return (Object.keys(rolesWith) as Permission[]).filter((one) => rolesWith[one].includes(role));
}

export type TokenScope = ApiToken['scopes'][number];

/** Limits for calls that spend a customer's quota or money, or that invite guessing. */
export type RateClass =
	'session' | 'logs' | 'searches' | 'aws' | 'uploads' | 'exports' | 'refusals';

/** Who may call a route. */
export type Access =
	/** Anybody; says nothing about any workspace. */
	| { readonly to: 'public'; readonly rate?: RateClass }
	/** Anybody who signed in. */
	| { readonly to: 'signedIn'; readonly rate?: RateClass }
	/** A token alone, whose workspace it is. */
	| { readonly to: 'token'; readonly scope: TokenScope; readonly rate?: RateClass }
	/** Members of the workspace in the path whose role holds the permission. */
	| {
			readonly to: 'members';
			readonly permission: Permission;
			/** An API token of one of these scopes may call it too; it never sees log text. */
			readonly scopes?: readonly TokenScope[];
			readonly rate?: RateClass;
			/** The rate counts only the calls that ask for it by this query, such as `source=logs`. */
			readonly ratedWhen?: { readonly query: string; readonly is: string };
	  };

const read: Access = { to: 'members', permission: 'workspace.read', scopes: ['read'] };
const costs: Access = { to: 'members', permission: 'costs.read', scopes: ['read', 'export'] };
const file: Access = {
	to: 'members',
	permission: 'costs.read',
	scopes: ['export'],
	rate: 'exports',
};
const logs: Access = { to: 'members', permission: 'logs.read', rate: 'logs' };
const connect: Access = { to: 'members', permission: 'connections.write' };
const connectAws: Access = { to: 'members', permission: 'connections.write', rate: 'aws' };
const members: Access = { to: 'members', permission: 'members.write' };
const billing: Access = { to: 'members', permission: 'billing.write' };
const open: Access = { to: 'public', rate: 'session' };
const person: Access = { to: 'signedIn', rate: 'session' };

/**
 * The authorization table: one row a route. One middleware enforces it and one test walks it; a
 * route without a row does not compile.
 */
export const access: Readonly<Record<RouteKey, Access>> = {
	'GET /v1/session/sign-in': open,
	'GET /v1/session/callback': open,
	'POST /v1/session/refresh': open,
	'POST /v1/session/sign-out': open,
	'GET /v1/me': { to: 'signedIn' },
	'POST /v1/workspaces': person,
	'GET /v1/invitations/{token}': open,
	'POST /v1/invitations/{token}/accept': person,

	'GET /v1/w/{ws}': read,
	'PATCH /v1/w/{ws}': { to: 'members', permission: 'settings.write' },
	'DELETE /v1/w/{ws}': { to: 'members', permission: 'workspace.delete' },
	'GET /v1/w/{ws}/search': read,
	'GET /v1/w/{ws}/views': { to: 'members', permission: 'workspace.read' },
	'POST /v1/w/{ws}/views': { to: 'members', permission: 'views.write' },
	'DELETE /v1/w/{ws}/views/{viewId}': { to: 'members', permission: 'views.write' },

	'GET /v1/w/{ws}/overview': read,
	'GET /v1/w/{ws}/functions': read,
	'GET /v1/w/{ws}/functions/{functionId}': read,
	'GET /v1/w/{ws}/functions/{functionId}/series': read,
	'GET /v1/w/{ws}/functions/{functionId}/heatmap': read,
	'GET /v1/w/{ws}/functions/{functionId}/cost': costs,
	'GET /v1/w/{ws}/functions/{functionId}/history': read,
	'GET /v1/w/{ws}/functions/{functionId}/executions': {
		...read,
		rate: 'logs',
		ratedWhen: { query: 'source', is: 'logs' },
	},
	'GET /v1/w/{ws}/functions/{functionId}/executions/{requestId}': { ...read, rate: 'logs' },
	'GET /v1/w/{ws}/functions/{functionId}/executions/{requestId}/neighbours': read,

	'POST /v1/w/{ws}/logs/estimate': logs,
	'POST /v1/w/{ws}/logs/searches': { ...logs, rate: 'searches' },
	'GET /v1/w/{ws}/logs/searches/{searchId}': logs,
	'GET /v1/w/{ws}/logs/tail': logs,
	'GET /v1/w/{ws}/logs/context': logs,

	'GET /v1/w/{ws}/issues': read,
	'PATCH /v1/w/{ws}/issues': { to: 'members', permission: 'issues.write' },
	'GET /v1/w/{ws}/issues/{issueId}': read,
	'PATCH /v1/w/{ws}/issues/{issueId}': { to: 'members', permission: 'issues.write' },

	'GET /v1/w/{ws}/apps': read,
	'GET /v1/w/{ws}/apps/{appId}': read,
	'GET /v1/w/{ws}/costs': costs,
	'GET /v1/w/{ws}/watch-cost': costs,
	'GET /v1/w/{ws}/deploys': read,
	'POST /v1/w/{ws}/deploys': { to: 'members', permission: 'deploys.write', scopes: ['deploys'] },
	'GET /v1/w/{ws}/deploys/{deployId}': read,
	'GET /v1/w/{ws}/concurrency': read,

	'GET /v1/w/{ws}/billing-sources': { to: 'members', permission: 'costs.read' },
	'POST /v1/w/{ws}/billing-sources': billing,
	'DELETE /v1/w/{ws}/billing-sources/{sourceId}': billing,
	'POST /v1/w/{ws}/billing-sources/{sourceId}/imports': { ...billing, rate: 'uploads' },
	'GET /v1/w/{ws}/billing-sources/{sourceId}/imports': { to: 'members', permission: 'costs.read' },

	'GET /v1/w/{ws}/connections': { to: 'members', permission: 'workspace.read' },
	'GET /v1/w/{ws}/connections/{connectionId}': { to: 'members', permission: 'workspace.read' },
	'PATCH /v1/w/{ws}/connections/{connectionId}': connect,
	'DELETE /v1/w/{ws}/connections/{connectionId}': connect,
	'POST /v1/w/{ws}/connections/{connectionId}/check': connectAws,
	'GET /v1/w/{ws}/enrolments/estimate': connect,
	'POST /v1/w/{ws}/enrolments': connect,
	'GET /v1/w/{ws}/enrolments/{enrolmentId}': connect,
	'GET /v1/w/{ws}/enrolments/{enrolmentId}/template': connect,
	'POST /v1/w/{ws}/enrolments/{enrolmentId}/verify': connectAws,
	'DELETE /v1/w/{ws}/enrolments/{enrolmentId}': connect,

	'GET /v1/w/{ws}/members': { to: 'members', permission: 'members.read' },
	'PATCH /v1/w/{ws}/members/{userId}': members,
	'DELETE /v1/w/{ws}/members/{userId}': members,
	'POST /v1/w/{ws}/invitations': members,
	'DELETE /v1/w/{ws}/invitations/{invitationId}': members,
	'GET /v1/w/{ws}/tokens': { to: 'members', permission: 'tokens.own' },
	'POST /v1/w/{ws}/tokens': { to: 'members', permission: 'tokens.own' },
	'DELETE /v1/w/{ws}/tokens/{tokenId}': { to: 'members', permission: 'tokens.own' },
	'GET /v1/w/{ws}/audit': { to: 'members', permission: 'audit.read' },

	'GET /v1/w/{ws}/exports/functions.csv': file,
	'GET /v1/w/{ws}/exports/costs.csv': file,
	'GET /v1/w/{ws}/exports/costs.json': file,
	'GET /v1/w/{ws}/exports/focus.csv': file,
	'POST /v1/w/{ws}/exports': file,
	'GET /v1/w/{ws}/exports': { to: 'members', permission: 'costs.read', scopes: ['export'] },
	'GET /v1/w/{ws}/exports/{exportId}': {
		to: 'members',
		permission: 'costs.read',
		scopes: ['export'],
	},
	'GET /v1/metrics': { to: 'token', scope: 'metrics' },
};
