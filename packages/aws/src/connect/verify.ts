import type { Connection, Enrolment } from '@lamplight/core/connection/connection';
import { afterTrial } from '@lamplight/core/connection/health';
import { LamplightError } from '@lamplight/core/errors';
import type { WatchUsage } from '@lamplight/core/watchcost/watchcost';

import { assumeRole } from '../credentials.ts';
import { targetOf } from '../target.ts';
import type { ConnectDeps } from './deps.ts';
import { checkPermissions } from './doctor.ts';

/** Where the calls of a trial are counted: asking for permission to read the bill costs a cent. */
interface CountsCalls {
	readonly counted?: (usages: readonly WatchUsage[]) => Promise<void>;
}

/**
 * Tries a connection once: the role with our external id, then without it (which must be refused),
 * then each permission. Returns the connection as it stands after that; throws nothing that AWS
 * answers. A page that waits for a role calls this every few seconds for 15 minutes.
 */
export async function verifyConnection(
	deps: Pick<ConnectDeps, 'aws' | 'clock'> & CountsCalls,
	enrolment: Enrolment,
	connection: Connection,
): Promise<Connection> {
	const atMs = deps.clock();
	const assumed = await tryRole(deps, connection.roleArn, enrolment.externalId);
	if (assumed !== 'yes') {
		return afterTrial(connection, { assumed, openWithoutExternalId: null, checks: [], atMs });
	}
	const without = await tryRole(deps, connection.roleArn, null);
	const account = deps.aws.open(targetOf(enrolment, connection));
	try {
		const checks = await checkPermissions(account, {
			features: connection.features,
			region: connection.regions[0] ?? 'us-east-1',
			nowMs: atMs,
		});
		const openWithoutExternalId = connection.roleArn !== null && without === 'yes';
		return afterTrial(connection, { assumed, openWithoutExternalId, checks, atMs });
	} finally {
		const usages = await account.end();
		await deps.counted?.(usages);
	}
}

async function tryRole(
	deps: Pick<ConnectDeps, 'aws'>,
	roleArn: string | null,
	externalId: string | null,
): Promise<'yes' | 'denied' | 'unavailable'> {
	if (roleArn === null) return 'yes';
	try {
		await assumeRole(deps.aws, { roleArn, externalId });
		return 'yes';
	} catch (error) {
		const code = error instanceof LamplightError ? error.code : null;
		if (code === 'aws_access_denied' || code === 'aws_refused') return 'denied';
		if (code === 'aws_throttled' || code === 'aws_unavailable') return 'unavailable';
		throw error;
	}
}
