import type { TemplateOptions } from '@lamplight/core/connection/template';
import type { Clock } from '@lamplight/core/ctx';

import type { Aws } from '../aws.ts';

/** What connecting needs beside a request. It stores nothing: callers keep what it returns. */
export interface ConnectDeps extends Pick<
	TemplateOptions,
	'trustedAccountId' | 'trustedRoleNames'
> {
	readonly aws: Aws;
	readonly clock: Clock;
	readonly randomBytes: (count: number) => Uint8Array;
	/** The public template object on S3; `null` where none is published, as on a laptop. */
	readonly templateUrl: string | null;
	/** Where the quick-create link opens. */
	readonly linkRegion: string;
}
