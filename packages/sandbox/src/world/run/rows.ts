import type { Member } from '../fleet.ts';
import type { TimeRange } from '../world.ts';
import { hourAt } from './hour.ts';
import type { Block } from './block.ts';
import type { Blocks } from './cache.ts';

/** A stretch of a block: rows `from` to `to` (not included) start within the range that was asked. */
export interface Stretch {
	readonly block: Block;
	readonly from: number;
	readonly to: number;
}

/** The stretches of a function whose executions start in a range, ascending. */
export function stretches(
	blocks: Pick<Blocks, 'get'>,
	member: Member,
	range: TimeRange,
): Stretch[] {
	const found: Stretch[] = [];
	if (range.toMs <= range.fromMs) return found;
	for (let hour = hourAt(member, range.fromMs); hour <= hourAt(member, range.toMs - 1); hour++) {
		const block = blocks.get(member, hour);
		if (block === null) continue;
		const from = firstRowAt(block, range.fromMs);
		const to = firstRowAt(block, range.toMs);
		found.push({ block, from, to });
	}
	return found;
}

/** The first row that starts at or after an instant. */
export function firstRowAt(block: Block, atMs: number): number {
	const offset = atMs - block.startMs;
	if (offset <= 0) return 0;
	if (offset >= 3_600_000) return block.length;
	const minute = Math.floor(offset / 60_000);
	let row = block.minuteRows[minute] ?? 0;
	if (minute * 60_000 === offset) return row;
	while (row < block.length && (block.offsetMs[row] ?? 0) < offset) row++;
	return row;
}

/** Whole milliseconds from a row's start to its REPORT: init or restore, then the run. */
export function spentMs(block: Block, row: number): number {
	const us = (block.durationUs[row] ?? 0) + (block.initUs[row] ?? 0) + (block.restoreUs[row] ?? 0);
	return Math.ceil(us / 1000);
}

/** When a row's REPORT is written, epoch milliseconds. */
export function endMs(block: Block, row: number): number {
	return block.startMs + (block.offsetMs[row] ?? 0) + spentMs(block, row);
}

/** Throttles of the minutes of a range, summed; the range is in whole minutes. */
export function throttlesIn(blocks: Pick<Blocks, 'get'>, member: Member, range: TimeRange): number {
	let sum = 0;
	for (const { block } of stretches(blocks, member, range)) {
		for (let minute = 0; minute < 60; minute++) {
			const atMs = block.startMs + minute * 60_000;
			if (atMs >= range.fromMs && atMs < range.toMs) sum += block.throttles[minute] ?? 0;
		}
	}
	return sum;
}
