import type { Connection, PermissionCheck } from './connection.ts';

/** After this long a role that never answered is no longer waited for by itself. */
export const waitForRoleMs = 15 * 60_000;

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
	const denied = trial.checks.filter(({ outcome }) => outcome === 'denied');
	if (denied.length === 0) return { ...verified, state: 'healthy', reason: null };
	const actions = denied.map(({ action }) => action).join(', ');
	return { ...verified, state: 'degraded', reason: `Not granted: ${actions}.` };
}

function waitingReason(connection: Connection, nowMs: number): string {
	return nowMs - connection.createdMs < waitForRoleMs
		? 'Waiting for the role to be created.'
		: 'The role was not created within 15 minutes. Create the stack, then check again.';
}
