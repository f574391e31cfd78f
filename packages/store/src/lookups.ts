import type { ConnectionId, WorkspaceId } from '@lamplight/core/ids';
import type { Member, User } from '@lamplight/core/workspace/workspace';

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
