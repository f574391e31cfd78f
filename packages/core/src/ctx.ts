import type { WorkspaceId } from './ids.ts';

/** Who acts: a signed-in member, an API token, or one of our own jobs. */
export type Actor =
	| {
			readonly kind: 'member';
			readonly userId: string;
			readonly email: string;
			readonly role: Role;
	  }
	| { readonly kind: 'token'; readonly tokenId: string; readonly role: Role }
	| { readonly kind: 'job'; readonly job: string };

export const roles = ['owner', 'admin', 'engineer', 'finance', 'viewer'] as const;
export type Role = (typeof roles)[number];

/** The tenant and the actor of one piece of work. Every call into the store takes one. */
export interface Ctx {
	readonly workspaceId: WorkspaceId;
	readonly actor: Actor;
	/** Carried from the edge to every log line. */
	readonly requestId: string;
}

/** Epoch milliseconds. Injected everywhere: nothing below a composition root reads a clock itself. */
export type Clock = () => number;
