import type { Permission } from '@lamplight/api/contract/session';
import type { MembershipView } from '@lamplight/api/contract/session';
import type { SavedView } from '@lamplight/api/contract/workspace';

import { iso, money, nowMs } from './figures.ts';
import { fleet, label } from './fleet.ts';
import type { Handlers } from './handler.ts';
import { freshness, overview, troubled } from './overview.ts';

export const ws = 'ws_00000000000000000001' as MembershipView['workspaceId'];

const permissions: Permission[] = [
	'workspace.read',
	'costs.read',
	'logs.read',
	'issues.write',
	'deploys.write',
	'billing.write',
	'connections.write',
	'members.read',
	'members.write',
	'owners.write',
	'tokens.own',
	'tokens.all',
	'audit.read',
	'settings.write',
	'views.write',
	'workspace.delete',
];

/** What is saved on the functions page. */
let views: SavedView[] = [];

/** What the settings page changes. */
const workspace = {
	id: ws,
	name: 'Harbourline',
	displayCurrency: 'USD',
	timeZone: 'UTC',
	ownerTagKey: 'team' as string | null,
	appTagKey: null as string | null,
	appStageTagKey: null as string | null,
};

export const frameHandlers: Handlers = {
	'POST /v1/session/refresh': () => ({
		accessToken: 'fake',
		expiresAt: iso(Date.now() + 15 * 60_000),
	}),
	'POST /v1/session/sign-out': () => ({ location: '/sign-in' }),
	'GET /v1/me': () => ({
		userId: 'u1',
		email: 'mira@example.com',
		name: 'Mira',
		memberships: [{ workspaceId: ws, name: 'Harbourline', role: 'owner', permissions }],
		simulated: true,
	}),
	'GET /v1/w/{ws}': () => ({
		workspace,
		role: 'owner',
		permissions,
		simulated: true,
		now: iso(nowMs),
		freshness,
		troubled: [troubled],
		counts: { functions: fleet.length, apps: 8, openIssues: 3, connections: 3 },
		watch: { perDay: money(0.96), monthToDate: money(21.72), capUsdPerMonth: '38' },
	}),
	'PATCH /v1/w/{ws}': ({ body }) => {
		const { id: _, ...settings } = Object.assign(workspace, body);
		return settings;
	},
	'GET /v1/w/{ws}/views': () => ({ views }),
	'POST /v1/w/{ws}/views': ({ body }) => {
		const { name, page, query, shared } = body as unknown as SavedView;
		const view = { id: `view_${views.length + 1}`, name, page, query, shared, mine: true };
		views = [...views, view];
		return view;
	},
	'DELETE /v1/w/{ws}/views/{viewId}': ({ params }) => {
		views = views.filter(({ id }) => id !== params['viewId']);
		return null;
	},
	'GET /v1/w/{ws}/search': ({ query }) => ({
		hits: fleet
			.filter(({ name }) => name.includes((query.get('q') ?? '').toLowerCase()))
			.slice(0, 6)
			.map((row) => ({ kind: 'function' as const, function: label(row) })),
	}),
	'GET /v1/w/{ws}/overview': ({ query }) => overview(query),
};
