import type { Aggregate } from '@lamplight/core/bucket/aggregate';
import type { EstimatedDays } from '@lamplight/core/bucket/billedUse';

import { openBlob, sealBlob } from '../codec/blob.ts';
import { readTimed, type TimedAggregate, writeTimed } from '../codec/days.ts';
import { ByteWriter } from '../codec/varint.ts';
import { type NumberedRows, readEstimates, writeEstimates } from '../codec/window.ts';
import type { FleetRow } from './series.ts';
import type { WindowPlan } from './windowRange.ts';

const version = 1;

/** A function that ran and that inventory never listed. */
export type Stranger = Pick<FleetRow, 'functionId' | 'connectionId'>;

/** Numbers far behind any directory's: it may grow while a window refers to it. */
export const firstStranger = 1_000_000;

/** What a window is, over time and as a whole; beside its rows, of which it names the strangers. */
export interface StepsContent {
	readonly plan: WindowPlan;
	readonly newestMinuteMs: number | null;
	readonly steps: readonly TimedAggregate[];
	readonly total: Aggregate;
	readonly previousTotal: Aggregate;
	readonly strangers: readonly Stranger[];
	/** Of the months alone. */
	readonly estimates: NumberedRows<EstimatedDays> | null;
	/** Of the month alone: of the days that it is compared with. */
	readonly estimatesBefore: NumberedRows<EstimatedDays> | null;
}

/** The content as a blob. */
export function encodeSteps(content: StepsContent): Uint8Array {
	const { steps, estimates, estimatesBefore, ...rest } = content;
	const out = new ByteWriter();
	out.text(JSON.stringify(rest));
	writeTimed(out, steps);
	// At the end, where a program that does not know of them does not look.
	if (estimates !== null) writeEstimates(out, estimates);
	if (estimatesBefore !== null) writeEstimates(out, estimatesBefore);
	return sealBlob('steps', version, out.bytes());
}

/** What `encodeSteps` was given. Throws `data_damaged`. */
export function decodeSteps(blob: Uint8Array): StepsContent {
	const reader = openBlob('steps', version, blob);
	// Written from typed values by the function above, under the same version.
	const rest = JSON.parse(reader.text()) as Omit<
		StepsContent,
		'steps' | 'estimates' | 'estimatesBefore'
	>;
	const steps = readTimed(reader);
	const estimates = reader.done ? null : readEstimates(reader);
	const estimatesBefore = reader.done ? null : readEstimates(reader);
	return { ...rest, steps, estimates, estimatesBefore };
}
