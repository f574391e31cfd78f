import type { AccountId, ConnectionId } from '@lamplight/core/ids';

/** One account to read, and how to get in. */
export interface AccountTarget {
	readonly connectionId: ConnectionId;
	readonly accountId: AccountId;
	/** `null` for a local profile: the process's own keys are used. */
	readonly roleArn: string | null;
	readonly externalId: string | null;
	readonly logGroupPatterns: readonly string[];
	readonly costExport?: { readonly bucket: string; readonly prefix: string };
}
