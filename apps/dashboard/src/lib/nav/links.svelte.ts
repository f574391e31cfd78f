import { goto } from '$app/navigation';
import { page } from '$app/state';

import { changedSearch, pathsOf, type Paths, type RangeSearch, type Search } from './paths.ts';

/** The range in the URL of this page, to carry over to others. */
export function rangeSearch(): RangeSearch {
	const { searchParams } = page.url;
	return {
		from: searchParams.get('from') ?? undefined,
		to: searchParams.get('to') ?? undefined,
	};
}

/** Paths within the workspace of this page, with its range. Read it where it may react. */
export function links(): Paths {
	return pathsOf(page.params['ws'] ?? '', rangeSearch());
}

/** The workspace of this page. */
export function workspaceId(): string {
	return page.params['ws'] ?? '';
}

/** One value of the URL's query; `fallback` when it is not there. */
export function searchValue(name: string, fallback = ''): string {
	return page.url.searchParams.get(name) ?? fallback;
}

/** All values of one name. */
export function searchValues(name: string): string[] {
	return page.url.searchParams.getAll(name);
}

interface SetSearchOptions {
	/** Typing replaces the entry of the history; choosing adds one, so that Back undoes it. */
	readonly replace?: boolean;
}

/** Changes values of the URL's query and leaves the rest; `undefined` or empty text removes one. */
export async function setSearch(changes: Search, options: SetSearchOptions = {}): Promise<void> {
	const next = changedSearch(page.url.href, changes);
	await goto(next, { replace: options.replace ?? false, reset: false });
}
