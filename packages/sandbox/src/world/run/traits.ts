import type { Member } from '../fleet.ts';
import { mix, normal, unit } from '../random.ts';
import type { Block } from './block.ts';
import type { Stretch } from './rows.ts';

/** Bytes that one execution of a streaming function sent; 0 for any other function. */
export function streamedBytesOf(member: Member, block: Block, row: number): number {
	const { streaming, work } = member.blueprint;
	if (!streaming) return 0;
	const roll = unit(eventOf(member, block, row), 0x57);
	return Math.round(work.streamedBytes * Math.exp(0.9 * normal(roll) - 0.4));
}

/** What the executions of a stretch streamed. */
export function streamedBytes(member: Member, stretch: Stretch): number {
	let sum = 0;
	for (let row = stretch.from; row < stretch.to; row++) {
		sum += streamedBytesOf(member, stretch.block, row);
	}
	return sum;
}

/**
 * Requests as Lambda bills them: one for each execution and one more for a large asynchronous event
 * (above 256 KB: Lambda pricing page, 2026).
 */
export function billedRequests(member: Member, stretch: Stretch): number {
	const count = stretch.to - stretch.from;
	const share = member.blueprint.work.largeEventShare;
	if (share === 0) return count;
	let large = 0;
	for (let row = stretch.from; row < stretch.to; row++) {
		if (unit(eventOf(member, stretch.block, row), 0x1a) < share) large++;
	}
	return count + large;
}

/** A hash of the event, the same for each of its attempts. */
export function eventOf(member: Member, block: Block, row: number): number {
	const hour = Math.floor(block.startMs / 3_600_000) - (block.hoursAgo[row] ?? 0);
	return mix(member.seed, hour, block.ordinal[row] ?? 0);
}
