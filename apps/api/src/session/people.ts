import { createHash, randomBytes } from 'node:crypto';

import { base32 } from '@lamplight/core/connection/link';
import type { Clock, Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import { workspaceIdSchema } from '@lamplight/core/ids';
import { dayMs } from '@lamplight/core/time';
import type { User } from '@lamplight/core/workspace/workspace';
import type { Store } from '@lamplight/store/store';

import type { SignedIn } from '../http/env.ts';
import type { Identity } from './oidc.ts';

/** A person stays known this long after the last refresh, as long as a refresh token lasts. */
const linkTtlMs = 30 * dayMs;
/** A subject's user is kept in memory this long: it never becomes another one. */
const cacheTtlMs = 60_000;
const maxCached = 5_000;

/** An id we make: the kind and 120 random bits. */
export function makeId(prefix: string): string {
	return `${prefix}_${base32(randomBytes(15))}`;
}

/** SHA-256 in hex, under which secrets and subjects are looked up. */
export function hashOf(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}

/** Who the subject of an access token is: written at sign-in, when the ID token tells the e-mail. */
export interface People {
	/** Remembers the person of a fresh ID token; makes the user on first sight. */
	remember(identity: Identity): Promise<User>;
	/** Throws `unauthenticated` for a subject that never signed in here, or has signed out. */
	bySubject(subject: string): Promise<SignedIn>;
	forget(subject: string): Promise<void>;
}

export interface PeopleOptions {
	readonly store: Store;
	readonly clock: Clock;
	readonly issuer: string;
}

/** Links the provider's subjects to our users. */
export function createPeople({ store, clock, issuer }: PeopleOptions): People {
	const cache = new Map<string, { readonly person: SignedIn; readonly untilMs: number }>();
	const key = (subject: string) => hashOf(`subject\n${issuer}\n${subject}`);
	return {
		remember: async (identity) => {
			const nowMs = clock();
			const user = await store.lookups.ensureUser({
				id: makeId('usr'),
				email: identity.email,
				name: identity.name,
				createdMs: nowMs,
				lastSignInMs: nowMs,
			});
			const person: SignedIn = { userId: user.id, email: user.email, name: user.name };
			await store.lookups.putSession(key(identity.subject), {
				userId: user.id,
				data: JSON.stringify(person),
				expiresMs: nowMs + linkTtlMs,
			});
			cache.delete(key(identity.subject));
			return user;
		},
		bySubject: async (subject) => {
			const nowMs = clock();
			const cached = cache.get(key(subject));
			if (cached !== undefined && cached.untilMs > nowMs) return cached.person;
			const link = await store.lookups.session(key(subject));
			if (link === null || link.expiresMs <= nowMs) {
				throw new LamplightError('unauthenticated', 'Sign in again: the session has ended.');
			}
			const person = JSON.parse(link.data) as SignedIn;
			if (cache.size >= maxCached) cache.clear();
			cache.set(key(subject), { person, untilMs: nowMs + cacheTtlMs });
			return person;
		},
		forget: async (subject) => {
			cache.delete(key(subject));
			await store.lookups.removeSession(key(subject));
		},
	};
}

/**
 * Makes sure that somebody who signed in has a workspace: joins those that their verified e-mail
 * was invited to by link (see invitations), else makes one of their own.
 */
export async function ensureWorkspace(
	deps: { readonly store: Store; readonly clock: Clock; readonly firstName: string | null },
	user: User,
	requestId: string,
): Promise<void> {
	const memberships = await deps.store.lookups.membershipsOf(user.id);
	if (memberships.length > 0) return;
	await makeWorkspace(deps, {
		user,
		name: deps.firstName ?? `${user.name ?? user.email.split('@')[0] ?? 'My'} workspace`,
		requestId,
	});
}

/** Makes a workspace with its first owner, and notes it in the audit log. */
export async function makeWorkspace(
	{ store, clock }: { readonly store: Store; readonly clock: Clock },
	wanted: { readonly user: User; readonly name: string; readonly requestId: string },
): Promise<Ctx> {
	const { user, requestId } = wanted;
	const nowMs = clock();
	const id = workspaceIdSchema.parse(makeId('ws'));
	await store.workspaces.create(
		{
			id,
			name: wanted.name.slice(0, 80),
			displayCurrency: 'USD',
			timeZone: 'UTC',
			ownerTagKey: null,
			appTagKey: null,
			appStageTagKey: null,
			createdMs: nowMs,
			createdBy: user.id,
		},
		{
			workspaceId: id,
			userId: user.id,
			email: user.email,
			name: user.name,
			role: 'owner',
			joinedMs: nowMs,
		},
	);
	const ctx: Ctx = {
		workspaceId: id,
		requestId,
		actor: { kind: 'member', userId: user.id, email: user.email, role: 'owner' },
	};
	await store.audit.append(ctx, {
		id: makeId('aud'),
		atMs: nowMs,
		actor: { kind: 'member', id: user.id, name: user.email },
		action: 'workspace.create',
		target: id,
		requestId,
		details: {},
	});
	return ctx;
}
