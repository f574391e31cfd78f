import type { AccountId } from '@lamplight/core/ids';
import type { Store } from '@lamplight/store/store';

import type { startParts } from './parts.ts';

/** Where a start's data comes from: the simulated AWS, or a real account through a profile. */
export interface Source {
	readonly workspaceName: string;
	readonly simulated: boolean;
	/** Said while it starts. */
	readonly about: string;
	start(parts: ReturnType<typeof startParts>): Promise<RunningSource>;
}

export interface RunningSource {
	/** What the collector and the API find AWS by, in the SDK's own variables. */
	readonly environment: Readonly<Record<string, string>>;
	/** Where the data's clock is asked; `null` for real time. */
	readonly worldClockUrl: string | null;
	readonly awsProfile: string | null;
	/** The account and roles that customers' templates trust. */
	readonly trustedAccountId: AccountId;
	readonly trustedRoleNames: readonly string[];
	/** Makes the connections that a start begins with, where they do not exist yet. */
	ensureConnections(store: Store, nowMs: number): Promise<void>;
	/** `null` without a simulated AWS. */
	readonly sandboxEndpoint: string | null;
	/** Variables for other AWS clients; `null` without a simulated AWS. */
	readonly awsEnvironment: Readonly<Record<string, string>> | null;
}
