import type { Connection, PermissionCheck } from './connection.ts';

/** After this long a role that never answered is no longer waited for by itself. */
export const waitForRoleMs = 15 * 60_000;

/** How often a connection that is read is noted as read: readings come every minute, notes cost writes. */
export const notedEveryMs = 5 * 60_000;
/** A connection counts as read while it misses no more than two notes, and a minute for the work. */
export const readWithinMs = 3 * notedEveryMs + 60_000;

/** Whether a connection's role lets us in, though it may not grant all that was ticked. */
export function letsUsIn({ state }: Pick<Connection, 'state'>): boolean {
	return state === 'healthy' || state === 'degraded';
}

/** What one try of a connection found. */
export interface ConnectionTrial {
	/** `denied` when AWS refused the role with our external id; `unavailable` when it could not say. */
	readonly assumed: 'yes' | 'denied' | 'unavailable';
	/** Whether the role also lets us in without the external id, which it must not; `null` if not tried. */
	readonly openWithoutExternalId: boolean | null;
	readonly checks: readonly PermissionCheck[];
	readonly atMs: number;
}

/** The connection after a try: its state, the reason in a sentence, and the checks. */
export function afterTrial(connection: Connection, trial: ConnectionTrial): Connection {
	if (connection.state === 'paused' || trial.assumed === 'unavailable') return connection;
	if (trial.assumed === 'denied') {
		const wasVerified = connection.verifiedMs !== null;
		return {
			...connection,
			state: wasVerified ? 'lost' : 'waiting',
			reason: wasVerified
				? 'sts:AssumeRole is refused: the role or its trust was changed or deleted.'
				: waitingReason(connection, trial.atMs),
		};
	}
	const verified = { ...connection, checks: [...trial.checks], verifiedMs: trial.atMs };
	if (trial.openWithoutExternalId === true) {
		return {
			...verified,
			state: 'unsafe',
			reason: 'The role can be assumed without the external id. Restore the trust of the template.',
		};
	}
	const reasons = [
		sentence('Not granted', trial.checks, 'denied'),
		sentence('Not offered by the endpoint', trial.checks, 'missing'),
	].filter((reason) => reason !== null);
	if (reasons.length === 0) return { ...verified, state: 'healthy', reason: null };
	return { ...verified, state: 'degraded', reason: reasons.join(' ') };
}

/** Whether what the check is about cannot be had: it is not granted, or the endpoint has no such thing. */
export function isRefused({ outcome }: Pick<PermissionCheck, 'outcome'>): boolean {
	return outcome === 'denied' || outcome === 'missing';
}

function sentence(
	what: string,
	checks: readonly PermissionCheck[],
	outcome: PermissionCheck['outcome'],
): string | null {
	const actions = checks.filter((check) => check.outcome === outcome).map(({ action }) => action);
	return actions.length === 0 ? null : `${what}: ${actions.join(', ')}.`;
}

function waitingReason(connection: Connection, nowMs: number): string {
	return nowMs - connection.createdMs < waitForRoleMs
		? 'Waiting for the role to be created.'
		: 'The role was not created within 15 minutes. Create the stack, then check again.';
}
