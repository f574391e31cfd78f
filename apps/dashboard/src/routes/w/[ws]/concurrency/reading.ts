import type { ConcurrencyArea } from '@lamplight/api/contract/concurrency';

import { plural, share } from '#lib/format/number.ts';
import { b, type Reading } from '#lib/ui/reading.ts';

/** An account and region by name. */
export function areaName(area: ConcurrencyArea): string {
	return `${area.accountName ?? area.accountId}, ${area.region}`;
}

/** What was throttled and whom it met, as far as that is read, and which place is fullest. */
export function concurrencyReading(areas: readonly ConcurrencyArea[]): Reading {
	if (areas.length === 0) return ['No account has been read yet.'];
	const [fullest] = [...areas].sort((one, other) => (other.peakShare ?? 0) - (one.peakShare ?? 0));
	return [
		...throttledReading(areas),
		...(fullest === undefined || fullest.peakShare === null
			? []
			: [
					` The fullest is ${areaName(fullest)}: `,
					b(share(fullest.peakShare, 0)),
					' of its limit at the peak.',
				]),
	];
}

function throttledReading(areas: readonly ConcurrencyArea[]): Reading {
	const throttled = areas.filter(({ throttles }) => (throttles ?? 0) > 0);
	const [first] = [...throttled].sort(
		(one, other) => (other.throttles ?? 0) - (one.throttles ?? 0),
	);
	if (first === undefined) {
		return areas.every(({ throttles }) => throttles === null)
			? ['Throttles of this span are not read yet.']
			: [b('Nothing was throttled.')];
	}
	const calls = throttled.reduce((sum, { throttles }) => sum + (throttles ?? 0), 0);
	const where =
		throttled.length === 1
			? areaName(first)
			: `${plural(throttled.length, 'place')}, most in ${areaName(first)}`;
	return [
		b(plural(calls, 'call')),
		` ${calls === 1 ? 'was' : 'were'} throttled in ${where}${whom(first)}.`,
	];
}

function whom({ starved: [starved] }: ConcurrencyArea): string {
	if (starved === undefined) return '; which functions they met is not read yet';
	const found = starved.because === 'ownReserve' ? 'its own reserve full' : 'no room left';
	return `, where ${starved.function.name} found ${found}`;
}
