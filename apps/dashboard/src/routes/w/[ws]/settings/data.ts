import type { BodyOf } from '@lamplight/api/contract/client';

import { call } from '#lib/api/client.ts';

type Ask = { signal: AbortSignal };

export const membersQuery = (ws: string) => ({
	queryKey: ['members', ws],
	queryFn: ({ signal }: Ask) => call('GET /v1/w/{ws}/members', { params: { ws } }, { signal }),
});

export const tokensQuery = (ws: string) => ({
	queryKey: ['tokens', ws],
	queryFn: ({ signal }: Ask) => call('GET /v1/w/{ws}/tokens', { params: { ws } }, { signal }),
});

export const saveSettings = (ws: string, body: BodyOf<'PATCH /v1/w/{ws}'>) =>
	call('PATCH /v1/w/{ws}', { params: { ws }, body });

export const deleteWorkspace = (ws: string, name: string) =>
	call('DELETE /v1/w/{ws}', { params: { ws }, body: { name } });

export const changeRole = (
	ws: string,
	userId: string,
	role: BodyOf<'PATCH /v1/w/{ws}/members/{userId}'>['role'],
) => call('PATCH /v1/w/{ws}/members/{userId}', { params: { ws, userId }, body: { role } });

export const removeMember = (ws: string, userId: string) =>
	call('DELETE /v1/w/{ws}/members/{userId}', { params: { ws, userId } });

export const invite = (ws: string, body: BodyOf<'POST /v1/w/{ws}/invitations'>) =>
	call('POST /v1/w/{ws}/invitations', { params: { ws }, body });

export const withdraw = (ws: string, invitationId: string) =>
	call('DELETE /v1/w/{ws}/invitations/{invitationId}', { params: { ws, invitationId } });

export const makeToken = (ws: string, body: BodyOf<'POST /v1/w/{ws}/tokens'>) =>
	call('POST /v1/w/{ws}/tokens', { params: { ws }, body });

export const revokeToken = (ws: string, tokenId: string) =>
	call('DELETE /v1/w/{ws}/tokens/{tokenId}', { params: { ws, tokenId } });

export const auditPage = (ws: string, cursor: string | null, signal: AbortSignal) =>
	call(
		'GET /v1/w/{ws}/audit',
		{ params: { ws }, query: { limit: 100, ...(cursor === null ? {} : { cursor }) } },
		{ signal },
	);
