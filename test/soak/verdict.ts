/**
 * Memory of one process at one time. Whether it grows is told by what it holds after all its garbage was
 * collected: in between, a heap grows by whatever its limit allows.
 */
export interface MemorySample {
	readonly atMs: number;
	readonly bytes: number;
}

/** What a process held in the first and in the last third of a soak, and whether that is flat. */
export interface MemoryVerdict {
	readonly firstBytes: number;
	readonly lastBytes: number;
	readonly peakBytes: number;
	readonly flat: boolean;
}

/**
 * A process is flat when the median of its last third is at most this share and these bytes above that
 * of its first third: a heap that fills up between two collections is not a leak, and one that grows by
 * more than this in the time of a soak would not last a week.
 */
export const flatRule = { share: 0.15, bytes: 32 * 1_048_576 };

/** Compares the thirds of a process's samples. Throws RangeError for fewer than six. */
export function judgeMemory(samples: readonly MemorySample[]): MemoryVerdict {
	if (samples.length < 6) throw new RangeError(`${samples.length} samples tell nothing of growth`);
	const third = Math.floor(samples.length / 3);
	const bytes = samples.map((sample) => sample.bytes);
	const firstBytes = percentile(bytes.slice(0, third), 0.5);
	const lastBytes = percentile(bytes.slice(-third), 0.5);
	const allowed = firstBytes * (1 + flatRule.share) + flatRule.bytes;
	return { firstBytes, lastBytes, peakBytes: Math.max(...bytes), flat: lastBytes <= allowed };
}

/** The value below which a share of the values lies; `NaN` of none. */
export function percentile(values: readonly number[], share: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
