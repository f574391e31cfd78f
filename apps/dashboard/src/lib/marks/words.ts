import type { Completeness } from '@lamplight/core/bucket/bucket';
import type { CostProvenance } from '@lamplight/api/contract/shared';

/** What each circle says. The fuller the circle, the surer the money. */
export const provenanceHelp: Readonly<Record<CostProvenance, string>> = {
	estimated: 'estimated: from metrics and list prices',
	sampled: 'sampled: from the REPORT records of some minutes, scaled to all',
	measured: 'measured: from the REPORT record of every execution',
	allocated: 'allocated: billed, spread over functions by a stated method',
	billed: 'billed: from the bill',
	mixed: 'mixed: its parts are known in different ways',
};

/** What each square says. */
export const completenessHelp: Readonly<Record<Completeness, string>> = {
	complete: 'complete: adds up to the region’s own totals',
	provisional: 'provisional: still arriving',
	partial: 'partial: some of it is not known yet',
	missing: 'missing: not known',
};

export type Status = 'ok' | 'warn' | 'bad' | 'throttle' | 'off';
