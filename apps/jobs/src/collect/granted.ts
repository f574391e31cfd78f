import { isRefused } from '@lamplight/core/connection/health';

import type { Work } from '../account.ts';

/** Whether the role may read log groups: ticked, and not refused when it was last tried. */
export function logsGranted({ connection }: Pick<Work, 'connection'>): boolean {
	if (!connection.features.includes('logs')) return false;
	return !connection.checks.some(
		(check) => check.action === 'logs:FilterLogEvents' && isRefused(check),
	);
}
