import type { TimeRange } from '@lamplight/core/time';

import type { LogLine, LogSearch } from '../../contract/logs.ts';
import { instant, stepFor } from '../../fleet/range.ts';
import type { Search } from './kept.ts';

/** Whether a line has one of the levels that were asked for. */
export function wanted(line: LogLine, { levels }: Pick<Search, 'levels'>): boolean {
	return levels.length === 0 || (line.level !== null && levels.includes(line.level));
}

/** Lines by time and level. */
export function histogramOf(
	lines: readonly LogLine[],
	{ fromMs, toMs }: TimeRange,
): LogSearch['histogram'] {
	const stepMs = stepFor((toMs - fromMs) * 5);
	const count = Math.max(1, Math.ceil((toMs - fromMs) / stepMs));
	const counts = Array.from({ length: count }, () => ({ error: 0, warn: 0, info: 0, other: 0 }));
	for (const { at, level } of lines) {
		const step =
			counts[Math.min(count - 1, Math.max(0, Math.floor((Date.parse(at) - fromMs) / stepMs)))];
		if (step === undefined) continue;
		if (level === 'error' || level === 'fatal') step.error += 1;
		else if (level === 'warn') step.warn += 1;
		else if (level === 'info') step.info += 1;
		else step.other += 1;
	}
	return { from: instant(fromMs), stepMs, counts };
}
