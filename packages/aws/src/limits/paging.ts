import { LamplightError } from '@lamplight/core/errors';

export interface PageLimits {
	/** Shown when the limit is hit: a limit has a name. */
	readonly name: string;
	readonly maxPages: number;
}

interface Page<T> {
	readonly items: readonly T[];
	readonly next: string | undefined;
}

/**
 * All pages of a listing. Throws `too_large`, naming the limit, rather than return a part that
 * looks whole; a token that repeats ends the reading, as AWS documents for some of its calls.
 */
export async function readAllPages<T>(
	limits: PageLimits,
	read: (token: string | undefined) => Promise<Page<T>>,
): Promise<T[]> {
	const all: T[] = [];
	let token: string | undefined;
	for (let pages = 0; pages < limits.maxPages; pages += 1) {
		const { items, next } = await read(token);
		all.push(...items);
		if (next === undefined || next === '' || next === token) return all;
		token = next;
	}
	throw new LamplightError('too_large', `${limits.name}: more than ${limits.maxPages} pages`, {
		details: { limit: limits.name, maxPages: limits.maxPages },
	});
}
