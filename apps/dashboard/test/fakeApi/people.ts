import { dayMs, hourMs, iso, nowMs } from './figures.ts';
import type { Handlers } from './handler.ts';

export const peopleHandlers: Handlers = {
	'GET /v1/w/{ws}/members': () => ({
		members: [
			{
				userId: 'u1',
				email: 'mira@example.com',
				name: 'Mira',
				role: 'owner',
				joinedAt: iso(nowMs - 90 * dayMs),
				you: true,
			},
		],
		invitations: [],
	}),
	'GET /v1/w/{ws}/tokens': () => ({
		tokens: [
			{
				id: 'tok_1',
				name: 'nightly export',
				scopes: ['export'],
				role: 'finance',
				createdBy: 'Mira',
				createdAt: iso(nowMs - 9 * dayMs),
				expiresAt: iso(nowMs + 300 * dayMs),
				lastUsedAt: iso(nowMs - hourMs),
			},
		],
	}),
	'GET /v1/w/{ws}/audit': ({ query }) => ({
		entries: [
			{
				at: iso(nowMs - (query.has('cursor') ? 2 : 1) * hourMs),
				actor: { kind: 'member', name: 'Mira' },
				action: 'settings.changed',
				target: 'workspace',
				requestId: query.has('cursor') ? 'req_2' : 'req_1',
				details: { timeZone: 'UTC' },
			},
		],
		nextCursor: query.has('cursor') ? null : 'older',
	}),
};
