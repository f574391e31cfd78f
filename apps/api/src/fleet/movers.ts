import { toNumber } from '@lamplight/core/money';
import { dayMs } from '@lamplight/core/time';

import type { Fleet, FleetItem } from './fleet.ts';
import { costNumber } from './list.ts';

/** Something of one function that moved against the span before. */
export interface Move {
	readonly item: FleetItem;
	readonly measure: 'cost' | 'errorShare' | 'throttles' | 'p95Ms';
	readonly before: number;
	readonly after: number;
	readonly better: boolean;
	/** How much it matters; comparable within a measure only. */
	readonly weight: number;
}

/** Fewer executions than these on either side say nothing about shares and percentiles. */
const enoughInvocations = 200;
const enoughFailures = 10;
const enoughDollarsADay = 0.01;

/** The moves of each measure that matter most, most weighty first within a measure. */
export function movesOf(fleet: Fleet, perMeasure: number): Move[] {
	const days = (fleet.range.toMs - fleet.range.fromMs) / dayMs;
	// What is not known before has not moved.
	const known = fleet.items.filter(({ costBefore }) => costBefore !== null);
	const moves = known.flatMap((item) => [
		...costMove(item, days),
		...errorMove(item),
		...throttleMove(item),
		...slownessMove(item),
	]);
	const measures = ['errorShare', 'throttles', 'cost', 'p95Ms'] as const;
	return measures.flatMap((measure) =>
		moves
			.filter((move) => move.measure === measure)
			.sort((a, b) => b.weight - a.weight)
			.slice(0, perMeasure),
	);
}

function costMove(item: FleetItem, days: number): Move[] {
	if (item.costBefore === null) return [];
	const after = (costNumber(item) ?? 0) / days;
	const before = (item.costBefore.total === null ? 0 : toNumber(item.costBefore.total)) / days;
	const weight = Math.abs(after - before);
	if (weight < enoughDollarsADay || weight < 0.05 * Math.max(before, after)) return [];
	return [{ item, measure: 'cost', before, after, better: after < before, weight }];
}

function errorMove(item: FleetItem): Move[] {
	const { now, before } = item;
	const errors = now?.errors ?? 0;
	const failedBefore = before?.errors ?? 0;
	if (now === null || now.errorsKnownInvocations === 0) return [];
	if (Math.max(errors, failedBefore) < enoughFailures) return [];
	const after = errors / now.errorsKnownInvocations;
	const was = before === null || before.invocations === 0 ? 0 : failedBefore / before.invocations;
	const ratio = Math.max(after, was) / Math.max(Math.min(after, was), 1e-6);
	if (ratio < 1.5) return [];
	const weight = Math.abs(errors - failedBefore);
	return [{ item, measure: 'errorShare', before: was, after, better: after < was, weight }];
}

function throttleMove(item: FleetItem): Move[] {
	const after = item.now?.throttles ?? 0;
	const before = item.before?.throttles ?? 0;
	const weight = Math.abs(after - before);
	if (weight < enoughFailures || weight < 0.5 * Math.max(after, before)) return [];
	return [{ item, measure: 'throttles', before, after, better: after < before, weight }];
}

function slownessMove(item: FleetItem): Move[] {
	const { now, before } = item;
	if (now === null || before === null || now.p95Us === null || before.p95Us === null) return [];
	if (Math.min(now.invocations, before.invocations) < enoughInvocations) return [];
	const ratio = Math.max(now.p95Us, before.p95Us) / Math.max(1, Math.min(now.p95Us, before.p95Us));
	if (ratio < 1.25) return [];
	return [
		{
			item,
			measure: 'p95Ms',
			before: before.p95Us / 1_000,
			after: now.p95Us / 1_000,
			better: now.p95Us < before.p95Us,
			weight: Math.log(ratio) * Math.log(now.invocations),
		},
	];
}

/**
 * The step at which values went up for good: the split with the largest difference of means, when
 * the later mean is at least twice the earlier; `null` when there is none.
 */
export function rise(values: readonly (number | null)[] | null): number | null {
	if (values === null || values.length < 4) return null;
	const known = values.map((value) => value ?? 0);
	const total = known.reduce((a, b) => a + b, 0);
	let best: { at: number; gain: number } | null = null;
	let left = 0;
	for (let at = 1; at < known.length; at += 1) {
		left += known[at - 1] ?? 0;
		const before = left / at;
		const after = (total - left) / (known.length - at);
		if (after < 2 * before || after <= 0) continue;
		const gain = (after - before) * Math.sqrt(at * (known.length - at));
		if (best === null || gain > best.gain) best = { at, gain };
	}
	return best?.at ?? null;
}
