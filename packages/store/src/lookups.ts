import type { ConnectionId, WorkspaceId } from '@lamplight/core/ids';
import { workspaceIdSchema, connectionIdSchema } from '@lamplight/core/ids';
import { LamplightError } from '@lamplight/core/errors';
import { roles } from '@lamplight/core/ctx';
import type { Member, User } from '@lamplight/core/workspace/workspace';
import { userSchema } from '@lamplight/core/workspace/workspace';
import * as z from 'zod';

import { parseDocument } from './documents.ts';
import { type Db, ifAbsent } from './dynamo/db.ts';
import { count, type Item, text } from './dynamo/item.ts';
import { globalPartition, type Key } from './dynamo/keys.ts';

/** A signed-in browser's server-side state, under the hash of its cookie. */
export interface StoredSession {
	readonly userId: string;
	/** The caller's own JSON, at most 8 KB; secrets in it are the caller's to encrypt. */
	readonly data: string;
	readonly expiresMs: number;
}

/**
 * The few entities that are looked up before a workspace is known. This is the whole list: users,
 * the workspaces of a user, sessions, token and invitation hashes, and what the scheduler walks.
 */
export interface Lookups {
	/** `null` when nobody has signed in with it. Case does not matter. */
	userByEmail(email: string): Promise<User | null>;
	/** The user of a verified e-mail, made on first sight with the given id; name and last sign-in kept new. */
	ensureUser(user: User): Promise<User>;
	membershipsOf(userId: string): Promise<Pick<Member, 'workspaceId' | 'role'>[]>;
	/** By SHA-256 of the token in hex. Says nothing on expiry: read the token in its workspace next. */
	tokenByHash(hash: string): Promise<{ workspaceId: WorkspaceId; tokenId: string } | null>;
	invitationByHash(
		hash: string,
	): Promise<{ workspaceId: WorkspaceId; invitationId: string } | null>;
	session(hash: string): Promise<StoredSession | null>;
	putSession(hash: string, session: StoredSession): Promise<void>;
	removeSession(hash: string): Promise<void>;
	/** What the scheduler walks: every workspace. */
	workspaceIds(): Promise<WorkspaceId[]>;
	/** Every connection of every workspace that is not deleted. */
	connectionIds(): Promise<{ workspaceId: WorkspaceId; connectionId: ConnectionId }[]>;
}

const maxSessionBytes = 8 * 1024;

/** Where each of them is. The entities that belong to a workspace write theirs through `lookupItems`. */
const keys = {
	user: (email: string): Key => ({ pk: globalPartition('user', email), sk: 'user' }),
	membership: (userId: string, workspaceId: string): Key => ({
		pk: globalPartition('memberships', userId),
		sk: workspaceId,
	}),
	token: (hash: string): Key => ({ pk: globalPartition('token', hash), sk: 'token' }),
	invitation: (hash: string): Key => ({
		pk: globalPartition('invitation', hash),
		sk: 'invitation',
	}),
	session: (hash: string): Key => ({ pk: globalPartition('session', hash), sk: 'session' }),
	workspace: (workspaceId: string): Key => ({ pk: globalPartition('workspaces'), sk: workspaceId }),
	connection: (connectionId: string): Key => ({
		pk: globalPartition('connections'),
		sk: connectionId,
	}),
};

/** The items by which records of a workspace are found from outside it. */
export const lookupItems = {
	membership: (member: Pick<Member, 'userId' | 'workspaceId' | 'role'>): Item => ({
		...keys.membership(member.userId, member.workspaceId),
		role: member.role,
	}),
	token: (hash: string, workspaceId: WorkspaceId, tokenId: string): Item => ({
		...keys.token(hash),
		workspaceId,
		id: tokenId,
	}),
	invitation: (hash: string, workspaceId: WorkspaceId, invitationId: string): Item => ({
		...keys.invitation(hash),
		workspaceId,
		id: invitationId,
	}),
	workspace: (workspaceId: WorkspaceId): Item => ({ ...keys.workspace(workspaceId) }),
	connection: (workspaceId: WorkspaceId, connectionId: ConnectionId): Item => ({
		...keys.connection(connectionId),
		workspaceId,
	}),
};

export function createLookups(db: Db): Lookups {
	const pointer = async (key: Key): Promise<{ workspaceId: WorkspaceId; id: string } | null> => {
		const item = await db.get(key, { consistent: true });
		if (item === null) return null;
		return { workspaceId: workspaceIdSchema.parse(item['workspaceId']), id: text(item, 'id') };
	};
	return {
		...userLookups(db),
		...sessionLookups(db),
		async tokenByHash(hash) {
			const found = await pointer(keys.token(hash));
			return found && { workspaceId: found.workspaceId, tokenId: found.id };
		},
		async invitationByHash(hash) {
			const found = await pointer(keys.invitation(hash));
			return found && { workspaceId: found.workspaceId, invitationId: found.id };
		},
		async workspaceIds() {
			const items = await db.query(globalPartition('workspaces'));
			return items.map((item) => workspaceIdSchema.parse(item.sk));
		},
		async connectionIds() {
			const items = await db.query(globalPartition('connections'));
			return items.map((item) => ({
				workspaceId: workspaceIdSchema.parse(item['workspaceId']),
				connectionId: connectionIdSchema.parse(item.sk),
			}));
		},
	};
}

function userLookups(db: Db): Pick<Lookups, 'userByEmail' | 'ensureUser' | 'membershipsOf'> {
	const read = async (email: string) => {
		const item = await db.get(keys.user(email), { consistent: true });
		return item === null ? null : parseDocument('user', userSchema, item);
	};
	return {
		userByEmail: (email) => read(email.toLowerCase()),
		async ensureUser(user) {
			const email = user.email.toLowerCase();
			const mine = { ...user, email };
			const item = (value: User): Item => ({ ...keys.user(email), json: JSON.stringify(value) });
			if (await db.put(item(mine), ifAbsent)) return mine;
			const known = await read(email);
			if (known === null) throw new LamplightError('conflict', `${email} is being removed`);
			const seen: User = {
				...known,
				name: user.name ?? known.name,
				lastSignInMs: Math.max(known.lastSignInMs, user.lastSignInMs),
			};
			await db.put(item(seen));
			return seen;
		},
		async membershipsOf(userId) {
			const items = await db.query(globalPartition('memberships', userId), { consistent: true });
			return items.map((item) => ({
				workspaceId: workspaceIdSchema.parse(item.sk),
				role: z.enum(roles).parse(item['role']),
			}));
		},
	};
}

function sessionLookups(db: Db): Pick<Lookups, 'session' | 'putSession' | 'removeSession'> {
	return {
		async session(hash) {
			const item = await db.get(keys.session(hash), { consistent: true });
			if (item === null) return null;
			return {
				userId: text(item, 'userId'),
				data: text(item, 'data'),
				expiresMs: count(item, 'expiresMs'),
			};
		},
		async putSession(hash, session) {
			if (session.data.length > maxSessionBytes) {
				throw new LamplightError('too_large', `A session holds at most ${maxSessionBytes} bytes`);
			}
			const expiresAt = Math.ceil(session.expiresMs / 1000);
			await db.put({ ...keys.session(hash), ...session, expiresAt });
		},
		async removeSession(hash) {
			await db.remove(keys.session(hash));
		},
	};
}
