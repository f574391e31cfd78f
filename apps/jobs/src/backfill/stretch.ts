import type { RegionBucket } from '@lamplight/core/bucket/fragment';
import { logGroupMatcher, type PlannedFunction } from '@lamplight/core/collection/plan';
import { emptyRegionState } from '@lamplight/core/collection/state';
import type { Region } from '@lamplight/core/ids';
import type { TimeRange } from '@lamplight/core/time';
import type { PastDay } from '@lamplight/store/series/series';

import type { Work } from '../account.ts';
import { logsGranted } from '../collect/granted.ts';

/** A span of one region's past that is read at once. */
export interface Stretch {
	readonly region: Region;
	readonly range: TimeRange;
	readonly functions: readonly PlannedFunction[];
	readonly periodSeconds: 60 | 300 | 3600;
	/** The figures of a past stretch never go over those of the present. */
	readonly revision: number;
	readonly spanMs: number;
	readonly totals: ReadonlyMap<number, RegionBucket>;
	/** `null` where the stretch is written as fragments. */
	readonly day: PastDay | null;
	/** Limits that were hit, by name. */
	readonly limits: Set<string>;
}

/** Which log groups may be read, as `whyNotRecords` asks; nothing is remembered of the past. */
export function grantedOf(work: Work) {
	const mayRead = logGroupMatcher(work.enrolment.logGroupPatterns);
	return { logsGranted: logsGranted(work), mayRead, state: emptyRegionState, nowMs: 0 };
}
