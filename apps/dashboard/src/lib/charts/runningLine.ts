export interface LinePlace {
	/** The end of a day by its index, and a value, in the drawing's own units. */
	readonly x: (index: number) => number;
	readonly y: (value: number) => number;
	/** The first day to draw less one; from 1 on the line does not begin at zero. */
	readonly from?: number;
}

/**
 * The path of a running total by day: from zero at the beginning of the first day that is known, and
 * with a gap where days are not, as nobody knows the way between.
 */
export function runningLine(
	values: readonly (number | null)[],
	{ x, y, from = 0 }: LinePlace,
): string {
	let path = '';
	let isOpen = false;
	values.forEach((value, index) => {
		if (index < from - 1) return;
		if (value === null) {
			isOpen = false;
			return;
		}
		if (path === '' && from === 0) {
			path = `M${x(index - 1).toFixed(2)} ${y(0).toFixed(2)}`;
			isOpen = true;
		}
		path += `${isOpen ? 'L' : 'M'}${x(index).toFixed(2)} ${y(value).toFixed(2)}`;
		isOpen = true;
	});
	return path;
}
