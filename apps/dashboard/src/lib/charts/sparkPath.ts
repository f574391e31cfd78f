interface Size {
	readonly width: number;
	readonly height: number;
}

const padding = 1.5;

/**
 * The line and the area under it for a small chart on its own scale. Unknown values leave a gap:
 * the line is never drawn across them.
 */
export function sparkPath(
	values: readonly (number | null)[],
	size: Size,
): { readonly line: string; readonly area: string } {
	const known = values.filter((value) => value !== null);
	if (known.length === 0) return { line: '', area: '' };
	const low = Math.min(...known);
	const high = Math.max(...known);
	const inner = size.height - 2 * padding;
	const stepX = values.length > 1 ? size.width / (values.length - 1) : size.width;
	const x = (index: number) => (index * stepX).toFixed(1);
	// A flat line lies in the middle, as without a range there is no high and no low; nothing at all lies low.
	const y = (value: number) =>
		(high === low
			? high === 0
				? size.height - padding
				: size.height / 2
			: size.height - padding - ((value - low) / (high - low)) * inner
		).toFixed(1);

	let line = '';
	let area = '';
	for (const run of knownRuns(values)) {
		const points = run.values.map((value, at) => `${x(run.start + at)} ${y(value)}`);
		const end = run.start + run.values.length - 1;
		line += `M${points.join('L')}${points.length === 1 ? 'h.1' : ''}`;
		area += `M${x(run.start)} ${size.height}L${points.join('L')}L${x(end)} ${size.height}Z`;
	}
	return { line, area };
}

interface Run {
	readonly start: number;
	readonly values: readonly number[];
}

function knownRuns(values: readonly (number | null)[]): Run[] {
	const runs: { start: number; values: number[] }[] = [];
	let open: { start: number; values: number[] } | null = null;
	values.forEach((value, index) => {
		if (value === null) {
			open = null;
			return;
		}
		if (open === null) {
			open = { start: index, values: [] };
			runs.push(open);
		}
		open.values.push(value);
	});
	return runs;
}
