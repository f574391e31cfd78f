import type { Aws } from '@lamplight/aws/aws';
import type { ConnectDeps } from '@lamplight/aws/connect/deps';
import type { Clock } from '@lamplight/core/ctx';
import type { ExportMessage } from '@lamplight/core/export/export';
import type { ExportFiles } from '@lamplight/store/exports/files';
import type { Store } from '@lamplight/store/store';

import type { Log } from './http/log.ts';
import type { RateLimit } from './middleware/rateLimit.ts';

/** How to reach the identity provider: a Cognito user pool, or the embedded one. */
export interface OidcSettings {
	/** Its discovery document lies under `/.well-known/openid-configuration`. */
	readonly issuer: string;
	readonly clientId: string;
	readonly clientSecret: string;
}

/** What the program knows of the place it runs in; read once at the composition root. */
export interface ApiSettings {
	/** Where browsers find Lamplight, without a path: `https://lamplight.example.com`. */
	readonly publicUrl: string;
	readonly oidc: OidcSettings;
	/** At least 32 bytes; signs cookies, cursors and invitation links. */
	readonly secret: string;
	/** The figures come from the simulated world. */
	readonly simulated: boolean;
	/** The name of the first workspace; `null` takes the person's own. */
	readonly firstWorkspaceName: string | null;
	/** In AWS: what CloudFront puts into `x-lamplight-origin`; requests without it are refused. */
	readonly originSecret: string | null;
}

/**
 * Connecting accounts. The clients of AWS are loaded when the first call needs them: most calls read
 * our own store alone, and a cold start should not wait for a megabyte that it does not use.
 */
export interface ConnectSettings extends Omit<ConnectDeps, 'aws'> {
	aws(): Promise<Aws>;
}

/** Where files too long for an answer are made and fetched from. */
export interface ExportDoor {
	/** Gives the work to the jobs. Throws `unavailable`. */
	send(message: ExportMessage): Promise<void>;
	readonly link: ExportFiles['link'];
}

/** All that the API needs from outside. */
export interface ApiDeps {
	readonly store: Store;
	/** What the connect flow says about us, and the way into customers' accounts. */
	readonly connect: ConnectSettings;
	/** Loaded when the first export is asked for. */
	readonly exports: () => Promise<ExportDoor>;
	readonly settings: ApiSettings;
	/** The time of the data: of what `now-24h` means. The simulated world has one of its own. */
	readonly clock: Clock;
	/** Real time: tokens, sessions, rates and the audit log. */
	readonly wallClock: Clock;
	/** How long a person waits for lines of a log group, in milliseconds; 20 s when left out. */
	readonly linesPatienceMs?: number;
	readonly log: Log;
	/** Fetches the provider's documents and tokens; the global one when left out. */
	readonly fetch?: typeof fetch;
	/** Default: the limits of the authorization table, counted in this process. */
	readonly rateLimit?: RateLimit;
	/** Checks every answer against its schema: on in tests, too slow for a busy server. */
	readonly checkAnswers?: boolean;
}
