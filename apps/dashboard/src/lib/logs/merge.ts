import type { LogLine, LogSearch } from '@lamplight/api/contract/logs';

export type Histogram = LogSearch['histogram'];

/** Newest first; a line that comes twice is one line. */
export function mergeLines(known: readonly LogLine[], more: readonly LogLine[]): LogLine[] {
	const byId = new Map<string, LogLine>();
	for (const line of [...known, ...more]) byId.set(`${line.functionId} ${line.id}`, line);
	return [...byId.values()].sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
}

/** Counts of one answer added to those before. Another scale replaces them. */
export function addHistogram(known: Histogram | null, more: Histogram): Histogram {
	if (known === null || known.from !== more.from || known.stepMs !== more.stepMs) return more;
	const length = Math.max(known.counts.length, more.counts.length);
	const none = { error: 0, warn: 0, info: 0, other: 0 };
	return {
		...known,
		counts: Array.from({ length }, (_, index) => {
			const [a, b] = [known.counts[index] ?? none, more.counts[index] ?? none];
			return {
				error: a.error + b.error,
				warn: a.warn + b.warn,
				info: a.info + b.info,
				other: a.other + b.other,
			};
		}),
	};
}
