import type { DirectoryFunction } from '@lamplight/store/series/rollups';

const maxTagKeys = 200;

/** The keys of tags in use, most used first. */
export function tagKeysOfFunctions(functions: Iterable<Pick<DirectoryFunction, 'tags'>>): string[] {
	const counts = new Map<string, number>();
	for (const { tags } of functions) {
		for (const key of Object.keys(tags)) counts.set(key, (counts.get(key) ?? 0) + 1);
	}
	return [...counts]
		.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
		.slice(0, maxTagKeys)
		.map(([key]) => key);
}
