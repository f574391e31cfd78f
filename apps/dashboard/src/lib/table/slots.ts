/** A column of a table whose rows are laid out each alone. */
export interface TableColumn {
	readonly widthPx: number;
	/** The rank at which it leaves as the width shrinks; without one it stays. */
	readonly leaves?: string | undefined;
}

/**
 * The index of the row that a slot shows when the slots show the rows from `from` on: the slot keeps its
 * row as long as that is one of them.
 */
export function slotIndex(slot: number, from: number, slots: number): number {
	return from + ((((slot - from) % slots) + slots) % slots);
}

/** Grid tracks of the columns at each width at which a rank has left; what is over is shared by width. */
export function tracksOf(columns: readonly TableColumn[]) {
	const without = (...gone: readonly string[]) =>
		columns
			.filter(({ leaves }) => leaves === undefined || !gone.includes(leaves))
			.map(({ widthPx }) => `minmax(${widthPx}px, ${widthPx}fr)`)
			.join(' ');
	return {
		all: without(),
		noP3: without('p3'),
		noP2: without('p3', 'p2'),
		noP1: without('p3', 'p2', 'p1'),
	};
}
