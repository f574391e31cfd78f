import type { Aggregate } from '@lamplight/core/bucket/aggregate';

import type { NumberedRows, SparkShares } from '../codec/window.ts';
import type { BeforeAggregate, Directory, FleetWindowRow } from './rollups.ts';
import { firstStranger, type StepsContent, type Stranger } from './windowSteps.ts';

/** The rows of a window from its parts, which may be of different builds. */
export function rowsOf(parts: {
	readonly content: StepsContent;
	readonly directory: Pick<Directory, 'functions'> | undefined;
	readonly now: NumberedRows<Aggregate> | undefined;
	readonly before: NumberedRows<BeforeAggregate> | undefined;
	readonly sparks: NumberedRows<SparkShares> | undefined;
}): FleetWindowRow[] {
	const { content, directory, now, before, sparks } = parts;
	const whose = (number: number): Stranger | undefined => {
		if (number >= firstStranger) return content.strangers[number - firstStranger];
		const one = directory?.functions[number];
		return one && { functionId: one.id, connectionId: one.connectionId };
	};
	const earlier = byNumber(before);
	const rows: FleetWindowRow[] = [];
	const estimated = byNumber(content.estimates);
	const estimatedBefore = byNumber(content.estimatesBefore);
	const daysOf = (number: number) => {
		const days = estimated.get(number);
		const daysBefore = estimatedBefore.get(number);
		return {
			...(days === undefined ? {} : { estimated: days }),
			...(daysBefore === undefined ? {} : { estimatedBefore: daysBefore }),
		};
	};
	const drawn = byNumber(sparks);
	for (const [at, number] of (now?.numbers ?? []).entries()) {
		const who = whose(number);
		if (who === undefined) continue;
		const spark = drawn.get(number);
		rows.push({
			...who,
			now: now?.rows[at] ?? null,
			before: earlier.get(number) ?? null,
			spark: spark?.invocations ?? null,
			errorSpark: spark?.errors ?? null,
			...daysOf(number),
		});
		earlier.delete(number);
	}
	for (const [number, row] of earlier) {
		const who = whose(number);
		if (who === undefined || row === undefined) continue;
		rows.push({
			...who,
			now: null,
			before: row,
			spark: null,
			errorSpark: null,
			...daysOf(number),
		});
	}
	return rows;
}

function byNumber<T>(numbered: NumberedRows<T> | null | undefined): Map<number, T | undefined> {
	return new Map(numbered?.numbers.map((number, at) => [number, numbered.rows[at]]));
}
