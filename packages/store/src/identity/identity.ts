import type { Ctx } from '@lamplight/core/ctx';
import type {
	ApiToken,
	AuditEntry,
	Invitation,
	Member,
	Workspace,
} from '@lamplight/core/workspace/workspace';

export interface Workspaces {
	/** Makes a workspace and its first owner. The same again changes nothing. */
	create(workspace: Workspace, owner: Member): Promise<void>;
	/** The workspace of `ctx`; `null` when it was deleted. */
	get(ctx: Ctx): Promise<Workspace | null>;
	update(ctx: Ctx, change: (current: Workspace) => Workspace): Promise<Workspace>;
	/** Deletes the workspace and everything of it. May be called again after a crash. */
	remove(ctx: Ctx): Promise<void>;
}

export interface Members {
	/** `null` when that user is no member: the answer that guards every request. */
	get(ctx: Ctx, userId: string): Promise<Member | null>;
	list(ctx: Ctx): Promise<Member[]>;
	put(ctx: Ctx, member: Member): Promise<void>;
	remove(ctx: Ctx, userId: string): Promise<void>;
}

export interface Invitations {
	get(ctx: Ctx, id: string): Promise<Invitation | null>;
	list(ctx: Ctx): Promise<Invitation[]>;
	/** Makes it findable by its hash too. */
	create(ctx: Ctx, invitation: Invitation): Promise<void>;
	/**
	 * Uses it up. Exactly one of several callers gets `true`; `false` when it was accepted,
	 * revoked or has expired before.
	 */
	accept(ctx: Ctx, id: string, nowMs: number): Promise<boolean>;
	revoke(ctx: Ctx, id: string, nowMs: number): Promise<void>;
}

export interface ApiTokens {
	get(ctx: Ctx, id: string): Promise<ApiToken | null>;
	list(ctx: Ctx): Promise<ApiToken[]>;
	/** Makes it findable by its hash too. */
	create(ctx: Ctx, token: ApiToken): Promise<void>;
	/** Takes effect with the next read; the record stays for the audit. */
	revoke(ctx: Ctx, id: string, nowMs: number): Promise<void>;
	/** Remembers the use, written at most every five minutes. */
	touch(ctx: Ctx, id: string, nowMs: number): Promise<void>;
}

/** Append-only: there is no call that changes or removes an entry. */
export interface AuditLog {
	/** The same id at the same time again changes nothing. */
	append(ctx: Ctx, entry: AuditEntry): Promise<void>;
	list(ctx: Ctx, options?: PageOptions): Promise<Page<AuditEntry>>;
}

export interface PageOptions {
	/** From the page before; unset for the first. */
	readonly cursor?: string;
	/** At most 200, the default. */
	readonly limit?: number;
}

/** Newest first. */
export interface Page<T> {
	readonly items: readonly T[];
	/** `null` on the last page. */
	readonly cursor: string | null;
}
