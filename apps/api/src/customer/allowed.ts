import { logGroupMatcher } from '@lamplight/core/collection/plan';

import type { Searched } from './scope.ts';

/**
 * Why a function's log lines may not be read, in a sentence; `null` when they may. What an account was
 * connected for holds here too, whatever more its role, or a profile of our own, happens to grant.
 */
export function linesRefusal(
	{ fn, connection }: Pick<Searched, 'fn' | 'connection'>,
	logGroupPatterns: readonly string[],
): string | null {
	if (!connection.features.includes('logs')) {
		const called = connection.accountName ?? connection.accountId;
		return `Reading logs is not ticked for ${called}. Connect the account again with it.`;
	}
	return groupRefusal(fn, logGroupPatterns);
}

/** The same of the group alone. */
export function groupRefusal(
	{ logGroup }: Pick<Searched['fn'], 'logGroup'>,
	logGroupPatterns: readonly string[],
): string | null {
	if (logGroupMatcher(logGroupPatterns)(logGroup)) return null;
	return `${logGroup} is not among the log groups that this account was connected for.`;
}
