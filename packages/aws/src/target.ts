import type { ExportLocation } from '@lamplight/core/bill/exportFiles';
import type { Connection, Enrolment } from '@lamplight/core/connection/connection';
import type { AccountId, ConnectionId } from '@lamplight/core/ids';

/** One account to read, and how to get in. */
export interface AccountTarget {
	readonly connectionId: ConnectionId;
	readonly accountId: AccountId;
	/** `null` for a local profile: the process's own keys are used. */
	readonly roleArn: string | null;
	readonly externalId: string | null;
	readonly logGroupPatterns: readonly string[];
	readonly costExport?: ExportLocation;
}

/** The way into a connection's account. */
export function targetOf(
	enrolment: Pick<Enrolment, 'accountId' | 'externalId' | 'logGroupPatterns' | 'costExport'>,
	connection: Pick<Connection, 'id' | 'accountId' | 'roleArn'>,
): AccountTarget {
	// The bill lies with the account that was asked first, never with a member.
	const costExport =
		connection.accountId === enrolment.accountId ? enrolment.costExport : undefined;
	return {
		connectionId: connection.id,
		accountId: connection.accountId,
		roleArn: connection.roleArn,
		externalId: connection.roleArn === null ? null : enrolment.externalId,
		logGroupPatterns: enrolment.logGroupPatterns,
		...(costExport === undefined ? {} : { costExport }),
	};
}
