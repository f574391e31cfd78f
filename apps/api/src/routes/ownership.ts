import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { Ctx, Role } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import { minuteMs } from '@lamplight/core/time';
import type { Member } from '@lamplight/core/workspace/workspace';

import type { RouteDeps } from './context.ts';

/** Longer than any call lives, so that a killed one's lease runs out and a living one's does not. */
const leaseMs = 5 * minuteMs;
const attempts = 20;
const pauseMs = 100;

/**
 * Changes a member while nobody else changes any: `change` gets the member as it is now, and only when
 * whoever asks still may, and an owner is left. Two owners who remove each other meet here; the second
 * is refused. Throws `not_found`, `forbidden` or `conflict`.
 */
export async function changeMember<T>(
	deps: RouteDeps,
	ctx: Ctx,
	{ userId, becomes }: { readonly userId: string; readonly becomes: Role | null },
	change: (member: Member) => Promise<T>,
): Promise<T> {
	const { leases } = deps.store;
	const lease = await acquire(deps, ctx);
	try {
		const members = await deps.store.members.list(ctx);
		const member = members.find((one) => one.userId === userId);
		if (member === undefined) throw new LamplightError('not_found', 'No such member.');
		checkAsker(ctx, members, [member.role, becomes]);
		keepAnOwner(members, member, becomes);
		if ((await leases.renew(ctx, lease, leaseMs)) === null) throw beingChanged();
		return await change(member);
	} finally {
		await leases.release(ctx, lease);
	}
}

async function acquire({ store }: RouteDeps, ctx: Ctx) {
	const holder = randomUUID();
	for (let attempt = 0; attempt < attempts; attempt += 1) {
		const lease = await store.leases.acquire(ctx, 'members', { holder, forMs: leaseMs });
		if (lease !== null) return lease;
		await pause(pauseMs);
	}
	throw beingChanged();
}

function beingChanged(): LamplightError {
	return new LamplightError('conflict', 'The members are being changed by others. Try again.', {
		retryAfterSeconds: 2,
	});
}

/** The role that was read at the door may have been taken away since: it counts as it is now. */
function checkAsker(
	{ actor }: Ctx,
	members: readonly Member[],
	touched: readonly (Role | null)[],
): void {
	const role =
		actor.kind === 'member'
			? members.find(({ userId }) => userId === actor.userId)?.role
			: undefined;
	if (role !== 'owner' && role !== 'admin') {
		throw new LamplightError('forbidden', 'Your role changes no members any more.');
	}
	checkOwnership(role, touched);
}

/** Only an owner makes or unmakes owners. Throws `forbidden`. */
export function checkOwnership(role: Role, touched: readonly (Role | null)[]): void {
	if (!touched.includes('owner') || role === 'owner') return;
	throw new LamplightError('forbidden', 'Only an owner changes owners.');
}

function keepAnOwner(members: readonly Member[], leaving: Member, becomes: Role | null): void {
	if (leaving.role !== 'owner' || becomes === 'owner') return;
	const isOther = ({ userId, role }: Member) => role === 'owner' && userId !== leaving.userId;
	if (members.some(isOther)) return;
	throw new LamplightError('conflict', 'A workspace keeps at least one owner. Make another first.');
}
