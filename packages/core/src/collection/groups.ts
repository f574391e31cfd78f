/** A function's group within a region: about 125 functions share an item of a slot. */
export const functionsPerGroup = 125;

/** A stable group of a name; the same name is in the same group as long as the count is. */
export function groupOf(name: string, groups: number): number {
	let hash = 0x811c9dc5;
	for (let i = 0; i < name.length; i += 1) {
		hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
	}
	return (hash >>> 0) % groups;
}

/** How many groups a region of this many functions has: a power of two, so that it seldom changes. */
export function groupCount(functions: number): number {
	let groups = 1;
	while (groups * functionsPerGroup < functions) groups *= 2;
	return groups;
}
