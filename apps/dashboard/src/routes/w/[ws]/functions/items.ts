import type { FunctionGroup } from '@lamplight/api/contract/functions';

/** One line of the table: a subtotal, or the n-th function of a list. */
export type Item =
	| { readonly kind: 'group'; readonly group: FunctionGroup; readonly open: boolean }
	| { readonly kind: 'row'; readonly group: string | null; readonly at: number };

/** Lines of a grouped fleet without a line for each: where each group begins. */
export class Lines {
	readonly count: number;
	readonly #starts: readonly {
		readonly start: number;
		readonly group: FunctionGroup;
		readonly open: boolean;
	}[];

	constructor(groups: readonly FunctionGroup[], open: ReadonlySet<string>) {
		let start = 0;
		this.#starts = groups.map((group) => {
			const isOpen = open.has(group.key);
			const entry = { start, group, open: isOpen };
			start += 1 + (isOpen ? group.count : 0);
			return entry;
		});
		this.count = start;
	}

	at(line: number): Item | null {
		const entry = this.#starts.findLast(({ start }) => start <= line);
		if (entry === undefined || line >= this.count) return null;
		if (entry.start === line) return { kind: 'group', group: entry.group, open: entry.open };
		return { kind: 'row', group: entry.group.key, at: line - entry.start - 1 };
	}
}

/** Up to which row each list has to be there so that the lines in sight can be drawn. */
export function wantedRows(
	from: number,
	until: number,
	itemAt: (line: number) => Item | null,
): { readonly group: string | null; readonly toRow: number }[] {
	const wanted = new Map<string | null, number>();
	for (let line = from; line < until; line += 1) {
		const item = itemAt(line);
		if (item?.kind === 'row') wanted.set(item.group, item.at + 1);
	}
	return [...wanted].map(([group, toRow]) => ({ group, toRow }));
}
