import type { LeftOut } from '@lamplight/api/contract/shared';

import { plural } from '#lib/format/number.ts';

/** The part of a figure that the span before is held against: all of it, where every account is known in both. */
export function held<T>({ value, comparable }: { value: T; comparable?: T | undefined }): T {
	return comparable === undefined ? value : comparable;
}

/** Which accounts a comparison leaves out; empty when it leaves out none. */
export function withoutSentence(accounts: readonly LeftOut[]): string {
	const [only] = accounts;
	if (only === undefined) return '';
	const who =
		accounts.length === 1
			? (only.accountName ?? only.accountId)
			: plural(accounts.length, 'account');
	return `Compared without ${who}, whose earlier days are not known.`;
}
