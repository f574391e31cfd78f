import * as z from 'zod';

import { minuteMs } from '../time.ts';
import { groupOf } from './groups.ts';
import { type MinuteResidual, unexplained } from './residual.ts';
import { type ShardCounts, shardCountsSchema } from './shards.ts';
import { slotSpanMs } from './slots.ts';

/** Functions of one turn that run little, and what they counted when they were read last. */
export const turnSchema = z.object({
	readMs: z.number().int(),
	names: z.array(z.string()),
	counted: shardCountsSchema,
});
export type Turn = z.infer<typeof turnSchema>;

/** A region's turns by their number, as far as they were read. */
export const turnsSchema = z.record(z.string(), turnSchema);
export type Turns = Readonly<Record<string, Turn>>;

/**
 * Quiet functions are read with every fourth reading of five minutes: the last of them, which were
 * counted up to five minutes before, are known just when a minute settles. Where several shards wait
 * for each other's counts, they are read with every second one.
 */
export function turnCount(shards: number): number {
	return shards === 1 ? 4 : 2;
}

export function turnOf(name: string, count: number): number {
	return groupOf(name, count);
}

/** A turn that another reading passed over is read with the next one. */
const overdueMs = (count: number) => (count - 1) * slotSpanMs + 2 * minuteMs;
/** Readings farther apart than this read everything: nothing could wait for the next but one. */
const seldomMs = 7 * minuteMs;

/** Which turns are read now; the functions of the others are left for later. */
export function dueTurns(turns: Turns, count: number, nowMs: number): ReadonlySet<number> {
	const newestMs = Math.max(...Object.values(turns).map(({ readMs }) => readMs), 0);
	const due = new Set<number>();
	for (let turn = 0; turn < count; turn += 1) {
		const readMs = turns[turn]?.readMs ?? 0;
		const isNext = Math.floor(nowMs / slotSpanMs) % count === turn;
		if (isNext || nowMs - readMs >= overdueMs(count) || nowMs - newestMs >= seldomMs) due.add(turn);
	}
	return due;
}

/** At least the others' share of a turn's executions belongs to functions that every reading reads. */
const quietShare = 0.05;
/** A longer execution could begin before the time that is read again when its turn has come. */
export const longestQuietSeconds = 300;

/** What a reading found of one function. */
export interface Activity {
	readonly name: string;
	readonly executions: number;
	/** Whatever must not wait: it erred, is sampled, was not read to its end, or may run for long. */
	readonly mustNotWait: boolean;
}

/**
 * Which functions of a turn run so little that they may wait for their next turn: the quietest of
 * them, as many as have five per cent of its executions together.
 */
export function quietOf(functions: readonly Activity[]): string[] {
	const total = functions.reduce((sum, { executions }) => sum + executions, 0);
	let left = total * quietShare;
	const names: string[] = [];
	const ascending = functions.toSorted(
		(a, b) => a.executions - b.executions || (a.name < b.name ? -1 : 1),
	);
	for (const { name, executions, mustNotWait } of ascending) {
		if (mustNotWait) continue;
		left -= executions;
		if (left < 0) break;
		names.push(name);
	}
	return names.sort();
}

const surprisingExecutions = 20;

/**
 * Whether more ran in minutes that are not counted yet than functions that wait can have run: three
 * times their share, and not just a few. Then one of them has become busy, or somebody else ran.
 */
export function isSurprising(residuals: readonly MinuteResidual[]): boolean {
	const total = residuals.reduce((sum, { region }) => sum + (region ?? 0), 0);
	return unexplained(residuals) > Math.max(surprisingExecutions, 3 * quietShare * total);
}

/** What is left for later, and what it counted so far. */
export interface Later {
	readonly names: ReadonlySet<string>;
	readonly counts: readonly ShardCounts[];
	/** All of it was counted up to here. */
	readonly toMs: number;
}

export const nothingLater: Later = { names: new Set(), counts: [], toMs: Number.POSITIVE_INFINITY };

/** The functions of the turns that are not due. */
export function leftForLater(turns: Turns, due: ReadonlySet<number>): Later {
	const left = Object.entries(turns).flatMap(([turn, held]) =>
		due.has(Number(turn)) || held.names.length === 0 ? [] : [held],
	);
	const counts = left.map(({ counted }) => counted);
	return {
		names: new Set(left.flatMap(({ names }) => names)),
		counts,
		toMs: Math.min(nothingLater.toMs, ...counts.map(({ toMs }) => toMs)),
	};
}
