/** One line of a table; its values are asked for by column. */
export interface Row {
	text(column: string): string;
	/** A finite number, 0 or more. */
	number(column: string): number;
	/** The error of a value that is not what was expected. */
	refusal(column: string, expected: string): RangeError;
}

const newline = 10;
/** Of a value that is refused, so much is shown. */
const shownLength = 40;

/**
 * The lines of a CSV file without quotes, as traces are published, one at a time: they have millions.
 * Throws RangeError naming file and line when a value is missing or is no number.
 */
export function rowsOf(
	path: string,
	bytes: Uint8Array,
): { columns: string[]; rows: () => Iterable<Row> } {
	const decoder = new TextDecoder();
	const lineAt = (from: number): { line: string; next: number } => {
		const end = bytes.indexOf(newline, from);
		const to = end === -1 ? bytes.length : end;
		return { line: decoder.decode(bytes.subarray(from, to)).trim(), next: to + 1 };
	};
	const first = lineAt(0);
	const columns = first.line.split(',').map((name) => name.trim());
	const positions = new Map(columns.map((name, index) => [name, index]));
	return {
		columns,
		*rows() {
			for (let at = first.next, number = 2; at < bytes.length; number++) {
				const { line, next } = lineAt(at);
				at = next;
				if (line !== '') yield rowOf(line.split(','), positions, `${path}, line ${number}`);
			}
		},
	};
}

function rowOf(
	values: readonly string[],
	positions: ReadonlyMap<string, number>,
	where: string,
): Row {
	const valueOf = (column: string) => values[positions.get(column) ?? -1]?.trim() ?? '';
	const refusal = (column: string, expected: string) =>
		new RangeError(
			`${where}: ${column}: expected ${expected}, got "${valueOf(column).slice(0, shownLength)}"`,
		);
	return {
		refusal,
		text(column) {
			const value = valueOf(column);
			if (value === '') throw refusal(column, 'a text');
			return value;
		},
		number(column) {
			const text = valueOf(column);
			const value = Number(text);
			if (text === '' || !Number.isFinite(value) || value < 0) {
				throw refusal(column, 'a number, 0 or more');
			}
			return value;
		},
	};
}
