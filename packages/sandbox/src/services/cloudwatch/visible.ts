import type { Member } from '../../world/fleet.ts';
import { hashText, unit } from '../../world/random.ts';
import type { Block } from '../../world/run/block.ts';
import { endMs } from '../../world/run/rows.ts';

const minuteMs = 60_000;
/** Lambda sends a sample when an execution ends; it is readable about two minutes later. */
const soonestMs = 75_000;
const wanderMs = 60_000;

/**
 * When samples become readable. Function and region series arrive each in its own time, minute by
 * minute, so one may be ahead of the other.
 */
export interface Visibility {
	readonly nowMs: number;
	/** Differs between a region's totals and a function's own series. */
	readonly salt: number;
	/** A fault may hold data back for longer. */
	readonly extraMs: number;
}

/** The visibility of one series at a time of the world's clock. */
export function visibilityOf(key: string, nowMs: number, extraMs: number): Visibility {
	return { nowMs, salt: hashText(key), extraMs };
}

/** How long after its end a sample of this minute can be read. */
export function delayMs(visibility: Visibility, atMs: number): number {
	const minute = Math.floor(atMs / minuteMs);
	return soonestMs + wanderMs * unit(visibility.salt, minute, 0x715) + visibility.extraMs;
}

/** Whether every row of a block can be read, which saves asking for each. */
export function isWholeBlockVisible(visibility: Visibility, block: Block): boolean {
	const latestMs = block.startMs + 3_600_000 + block.longestMs;
	return latestMs + soonestMs + wanderMs + visibility.extraMs <= visibility.nowMs;
}

/** Whether one row can be read by now. */
export function isRowVisible(
	visibility: Visibility,
	_member: Member,
	block: Block,
	row: number,
): boolean {
	const startMs = block.startMs + (block.offsetMs[row] ?? 0);
	return endMs(block, row) + delayMs(visibility, startMs) <= visibility.nowMs;
}

/** Whether a level of a minute can be read by now. */
export function isMinuteVisible(visibility: Visibility, minuteStartMs: number): boolean {
	return minuteStartMs + minuteMs + delayMs(visibility, minuteStartMs) <= visibility.nowMs;
}
