/** One table of the proof: what was read of a kind, and what was not understood and why. */
export interface Section {
	readonly title: string;
	readonly columns: readonly string[];
	readonly rows: readonly (readonly string[])[];
	/** What was misread or not understood without a known reason. None is the aim. */
	readonly problems: readonly string[];
}

/** A section as text, its columns as wide as their widest cell; numbers to the right. */
export function printed(section: Section): string {
	const { title, columns, rows, problems } = section;
	const widths = columns.map((name, at) =>
		Math.max(name.length, ...rows.map((row) => (row[at] ?? '').length)),
	);
	const line = (cells: readonly string[]) =>
		cells
			.map((cell, at) => {
				const width = widths[at] ?? 0;
				return /^[\d,.]+$/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
			})
			.join('  ')
			.trimEnd();
	return [
		title,
		'',
		`  ${line(columns)}`,
		...rows.map((row) => `  ${line(row)}`),
		'',
		...problems.map((problem) => `  PROBLEM ${problem}`),
		problems.length === 0 ? '  nothing misread' : `  ${problems.length} misread`,
	].join('\n');
}

/** How many of each: the most frequent first. */
export function counted(values: Iterable<string>): [value: string, count: number][] {
	const counts = new Map<string, number>();
	for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
	return [...counts].sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1));
}
