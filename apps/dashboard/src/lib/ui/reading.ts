/** A reading as runs of text; the figures in it are bold. */
export type Reading = readonly (string | { readonly b: string })[];

/** The most words a reading has: it is read at a glance or not at all. */
export const readingWords = 45;

/** Bold text within a reading. */
export function b(text: string): { readonly b: string } {
	return { b: text };
}

/** The plain text of a reading, for labels and tests. */
export function plainReading(reading: Reading): string {
	return reading.map((run) => (typeof run === 'string' ? run : run.b)).join('');
}

/** Names as prose: `a`, `a and b`, `a, b and 3 more`. */
export function listOf(names: readonly string[], shown = 2): string {
	if (names.length <= shown) {
		return names.length < 2
			? (names[0] ?? '')
			: `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
	}
	return `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`;
}
