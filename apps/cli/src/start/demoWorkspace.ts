import { createHash } from 'node:crypto';

import { base32 } from '@lamplight/core/connection/link';
import type { Ctx, Role } from '@lamplight/core/ctx';
import { workspaceIdSchema } from '@lamplight/core/ids';
import type { Member, User } from '@lamplight/core/workspace/workspace';
import type { Store } from '@lamplight/store/store';

/** The people of the demo workspace, one of each role, so that every view can be tried. */
export const demoMembers: readonly {
	readonly email: string;
	readonly name: string;
	readonly role: Role;
}[] = [
	{ email: 'ola@meridian.example', name: 'Ola Owens', role: 'owner' },
	{ email: 'ada@meridian.example', name: 'Ada Adeyemi', role: 'admin' },
	{ email: 'eli@meridian.example', name: 'Eli Engström', role: 'engineer' },
	{ email: 'fay@meridian.example', name: 'Fay Fournier', role: 'finance' },
	{ email: 'vic@meridian.example', name: 'Vic Varga', role: 'viewer' },
];

/** An id that is the same at every start, so that restarting makes nothing twice. */
const stableId = (prefix: string, name: string) =>
	`${prefix}_${base32(createHash('sha256').update(`lamplight demo ${name}`).digest().subarray(0, 15))}`;

export const demoWorkspaceId = workspaceIdSchema.parse(stableId('ws', 'workspace'));

export const demoCtx: Ctx = {
	workspaceId: demoWorkspaceId,
	actor: { kind: 'job', job: 'start' },
	requestId: 'start',
};

/** Makes the workspace and its members where they do not exist yet. */
export async function ensureDemoWorkspace(
	store: Store,
	options: { readonly name: string; readonly nowMs: number },
): Promise<void> {
	const users: User[] = [];
	for (const { email, name } of demoMembers) {
		const seen = { createdMs: options.nowMs, lastSignInMs: options.nowMs };
		users.push(
			await store.lookups.ensureUser({ id: stableId('usr', email), email, name, ...seen }),
		);
	}
	const members = users.map((user, index): Member => ({
		workspaceId: demoWorkspaceId,
		userId: user.id,
		email: user.email,
		name: user.name,
		role: demoMembers[index]?.role ?? 'viewer',
		joinedMs: options.nowMs,
	}));
	const [owner] = members;
	if (owner === undefined) return;
	if ((await store.workspaces.get(demoCtx)) === null) {
		await store.workspaces.create(
			{
				id: demoWorkspaceId,
				name: options.name,
				displayCurrency: 'USD',
				timeZone: 'UTC',
				ownerTagKey: 'team',
				appTagKey: null,
				appStageTagKey: null,
				createdMs: options.nowMs,
				createdBy: owner.userId,
			},
			owner,
		);
	}
	for (const member of members) {
		if ((await store.members.get(demoCtx, member.userId)) === null) {
			await store.members.put(demoCtx, member);
		}
	}
}
