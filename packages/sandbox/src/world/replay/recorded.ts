import type { Traffic } from '../blueprint.ts';
import type { FirstAttempts } from '../run/firstAttempts.ts';
import { success, timedOut } from '../run/outcome.ts';
import { longestRunUs } from './trace.ts';

const hourMs = 3_600_000;
const minutesPerHour = 60;

/** What a trace recorded for the hour that begins at an instant; `null` when nothing ran. */
export function recordedHour(
	{ trace, lengthMs }: Extract<Traffic, { kind: 'recorded' }>,
	startMs: number,
): FirstAttempts | null {
	const playedMs = startMs % lengthMs;
	const from = firstAt(trace.offsetMs, playedMs);
	const to = firstAt(trace.offsetMs, playedMs + hourMs);
	if (from === to) return null;
	const durationUs = trace.durationUs.subarray(from, to);
	return {
		length: to - from,
		offsetMs: trace.offsetMs.subarray(from, to).map((offset) => offset - playedMs),
		durationUs,
		status: Uint8Array.from(durationUs, (us) => (us >= longestRunUs ? timedOut : success)),
		throttles: new Int32Array(minutesPerHour),
	};
}

/** The first position whose value is not below; `offsets` ascend. */
function firstAt(offsets: Int32Array, value: number): number {
	let low = 0;
	let high = offsets.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((offsets[middle] ?? 0) < value) low = middle + 1;
		else high = middle;
	}
	return low;
}
