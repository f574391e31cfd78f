import type { Reconciliation } from '@lamplight/api/contract/costs';

/** One line of the waterfall with the place of its bar, in percent of the track. */
export interface Step {
	readonly id: string;
	readonly kind: Reconciliation['lines'][number]['kind'];
	readonly label: string;
	readonly note: string | null;
	readonly amount: string | null;
	/** `null` for what has no price, and so no place. */
	readonly bar: { readonly left: number; readonly width: number } | null;
}

export interface Waterfall {
	readonly steps: readonly Step[];
	/** Where the track begins: not at 0 where the steps would then be too thin to see. */
	readonly startUsd: number;
}

/** Up to which share of the highest anchor the smallest may lie so that the track still begins at 0. */
const zeroBased = 0.6;

/** Anchors stand on the track's beginning; each step hangs from where the one before ended. */
export function waterfall(lines: Reconciliation['lines']): Waterfall {
	const spans = spansOf(lines);
	const known = spans.filter((span) => span !== null);
	const highest = Math.max(0, ...known.flat());
	const lowest = Math.min(highest, ...known.flat().filter((value) => value > 0));
	const startUsd = lowest / highest > zeroBased ? roundDown(lowest - (highest - lowest) * 0.6) : 0;
	const width = highest - startUsd || 1;
	return {
		startUsd,
		steps: lines.map((line, index) => {
			const span = spans[index] ?? null;
			const { id, kind, label, note } = line;
			const amount = line.amount?.amount ?? null;
			if (span === null) return { id, kind, label, note, amount, bar: null };
			const [from, to] = [Math.max(startUsd, Math.min(...span)), Math.max(startUsd, ...span)];
			return {
				id,
				kind,
				label,
				note,
				amount,
				bar: { left: ((from - startUsd) / width) * 100, width: ((to - from) / width) * 100 },
			};
		}),
	};
}

function spansOf(lines: Reconciliation['lines']): (readonly [number, number] | null)[] {
	let at = 0;
	return lines.map(({ kind, amount }) => {
		if (amount === null || kind === 'unpriced') return null;
		const value = Number(amount.amount);
		if (kind === 'anchor') {
			at = value;
			return [0, value] as const;
		}
		const from = at;
		at += value;
		return [from, at] as const;
	});
}

function roundDown(value: number): number {
	if (value <= 0) return 0;
	const step = 10 ** Math.floor(Math.log10(value)) / 10;
	return Math.floor(value / step) * step;
}
