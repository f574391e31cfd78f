import type { Aggregate } from '@lamplight/core/bucket/aggregate';
import { type EstimatedDays, estimatedUse } from '@lamplight/core/bucket/billedUse';
import type { FunctionSlice } from '@lamplight/core/bucket/fragment';
import { groupBySteps, sumAggregates, sumBuckets } from '@lamplight/core/bucket/sum';
import { billedVarianceMs2, sumVariances } from '@lamplight/core/collection/sampledSpan';
import type { ConnectionId, FunctionId } from '@lamplight/core/ids';
import { dayMs, floorTo, hourMs, minuteMs, type TimeRange } from '@lamplight/core/time';

import { withVariance } from '../codec/aggregates.ts';
import type { TimedAggregate } from '../codec/days.ts';
import type { FleetItem } from './fleetItems.ts';
import type { FleetRow } from './series.ts';

interface Row {
	readonly connectionId: ConnectionId;
	readonly parts: Aggregate[];
	/** The day that each part is of. */
	readonly days: number[];
	readonly invocations: number[];
	readonly errors: (number | null)[];
}

/** Adds up hours, days and single minutes of many functions into one row each. */
export class FleetSum {
	readonly #range: TimeRange;
	readonly #sparkStepMs: number;
	readonly #stepMs: number;
	readonly #width: number;
	readonly #rows = new Map<FunctionId, Row>();
	readonly #steps: TimedAggregate[] = [];
	#newestMinuteMs: number | null = null;

	constructor(range: TimeRange, steps: { readonly sparkStepMs: number; readonly stepMs: number }) {
		this.#range = range;
		this.#sparkStepMs = steps.sparkStepMs;
		this.#stepMs = steps.stepMs;
		this.#width = Math.ceil(
			(range.toMs - floorTo(steps.sparkStepMs, range.fromMs)) / steps.sparkStepMs,
		);
	}

	/** A whole hour or day of a region. */
	addItem({ connectionId, startMs, span }: FleetItem): void {
		for (const entry of span.entries) {
			const row = this.#row(entry.functionId, connectionId);
			row.parts.push(entry.aggregate);
			row.days.push(floorTo(dayMs, startMs));
			for (const [at, invocations] of entry.invocations.entries()) {
				this.#spark(row, startMs + at * span.stepMs, {
					invocations,
					errors: entry.errors[at] ?? null,
				});
			}
		}
		this.#steps.push(...span.steps);
		const last = span.steps.at(-1);
		if (last !== undefined) this.#seen(last.atMs + span.stepMs - minuteMs);
	}

	/** The minutes of an hour that lie in the range. */
	addSlices(
		connectionId: ConnectionId,
		hourStartMs: number,
		slices: readonly FunctionSlice[],
	): void {
		const { fromMs, toMs } = this.#range;
		const whole = hourStartMs >= fromMs && hourStartMs + hourMs <= toMs;
		const all = [];
		for (const { functionId, buckets, durations } of slices) {
			const inside = buckets.filter(({ minuteMs: at }) => at >= fromMs && at < toMs);
			if (inside.length === 0) continue;
			const row = this.#row(functionId, connectionId);
			const sum = sumBuckets(inside, whole ? durations : null);
			row.parts.push(withVariance(sum, billedVarianceMs2(inside)));
			row.days.push(floorTo(dayMs, hourStartMs));
			for (const bucket of inside) this.#spark(row, bucket.minuteMs, bucket);
			all.push(...inside);
		}
		const stepMs = Math.min(this.#stepMs, hourMs);
		for (const [atMs, members] of groupBySteps(all, stepMs, (one) => one.minuteMs)) {
			this.#steps.push({ atMs, ...sumBuckets(members) });
			for (const bucket of members) this.#seen(bucket.minuteMs);
		}
	}

	/** Ascending by function id. */
	rows(): FleetRow[] {
		return [...this.#rows]
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([functionId, row]) => ({
				functionId,
				connectionId: row.connectionId,
				aggregate: sumParts(row.parts),
				invocationSpark: row.invocations,
				errorSpark: row.errors,
			}));
	}

	/**
	 * What is estimated of each function's days, each by its own records: a whole month's would scale one
	 * day by another's. Of at most 31 days, from the range's first on.
	 */
	estimatedDays(
		memoryMibOf: (id: FunctionId) => number | undefined,
	): Map<FunctionId, EstimatedDays> {
		const firstMs = floorTo(dayMs, this.#range.fromMs);
		const found = new Map<FunctionId, EstimatedDays>();
		for (const [functionId, { parts, days }] of this.#rows) {
			const sum = { estimatedMs: 0, estimatedMibMs: 0, ranOn: 0 };
			const byDay = Map.groupBy(parts.keys(), (at) => days[at] ?? firstMs);
			for (const [dayStartMs, members] of byDay) {
				const day = sumAggregates(members.flatMap((at) => parts[at] ?? []));
				if (day.invocations === 0) continue;
				const use = estimatedUse(day, memoryMibOf(functionId) ?? 0);
				sum.estimatedMs += use.estimatedMs;
				sum.estimatedMibMs += use.estimatedMibMs;
				sum.ranOn += 2 ** Math.round((dayStartMs - firstMs) / dayMs);
			}
			found.set(functionId, sum);
		}
		return found;
	}

	/** The whole fleet by step, ascending. */
	steps(): TimedAggregate[] {
		return groupBySteps(this.#steps, this.#stepMs, (step) => step.atMs).map(([atMs, members]) => ({
			...sumAggregates(members),
			atMs,
		}));
	}

	/** `null` when nothing ran. */
	get newestMinuteMs(): number | null {
		return this.#newestMinuteMs;
	}

	#seen(atMs: number): void {
		this.#newestMinuteMs = Math.max(this.#newestMinuteMs ?? 0, atMs);
	}

	#row(functionId: FunctionId, connectionId: ConnectionId): Row {
		let row = this.#rows.get(functionId);
		if (row === undefined) {
			row = {
				connectionId,
				parts: [],
				days: [],
				invocations: new Array<number>(this.#width).fill(0),
				errors: new Array<number | null>(this.#width).fill(null),
			};
			this.#rows.set(functionId, row);
		}
		return row;
	}

	#spark(
		row: Row,
		atMs: number,
		{ invocations, errors }: { invocations: number; errors: number | null },
	): void {
		const from = floorTo(this.#sparkStepMs, this.#range.fromMs);
		const step = Math.floor((atMs - from) / this.#sparkStepMs);
		if (step < 0 || step >= this.#width) return;
		row.invocations[step] = (row.invocations[step] ?? 0) + invocations;
		if (errors !== null) row.errors[step] = (row.errors[step] ?? 0) + errors;
	}
}

/** A function's spans as one, with how sure they are together. */
function sumParts(parts: readonly Aggregate[]): Aggregate {
	const { billedVarianceMs2: _, ...sum } = sumAggregates(parts);
	return withVariance(sum, sumVariances(parts));
}
