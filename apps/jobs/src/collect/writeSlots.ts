import type { Fragment, FunctionSlice } from '@lamplight/core/bucket/fragment';
import { durationsOf, type MinuteBuckets } from '@lamplight/core/collection/buckets';
import { groupCount, groupOf } from '@lamplight/core/collection/groups';
import { bucketsIn, contentMark, slotsOf } from '@lamplight/core/collection/slots';
import type { Execution } from '@lamplight/core/execution/execution';
import { functionId } from '@lamplight/core/ids';
import { hourMs, type TimeRange } from '@lamplight/core/time';

import type { Work } from '../account.ts';
import type { JobDeps } from '../deps.ts';

/** What is to be stored of one function over a window. */
export interface StoredFunction {
	readonly name: string;
	readonly buckets: MinuteBuckets;
	/** `null` when the figures are its metric's. */
	readonly executions: readonly Execution[] | null;
}

export interface SlotWrite {
	readonly region: string;
	readonly source: 'records' | 'metrics';
	/** Slots that were read to their end, whole slots only. */
	readonly window: TimeRange;
	readonly spanMs: number;
	/** Functions of the region, by which figures are grouped into items. */
	readonly regionFunctions: number;
	readonly functions: readonly StoredFunction[];
	/** Names of which nothing may be concluded: their group keeps what was written before. */
	readonly unread: ReadonlySet<string>;
	readonly nowMs: number;
	/** Sets items apart that are written on another occasion; empty when left out. */
	readonly prefix?: string;
}

/** Everything of a day of the past that was read of some functions: one fragment an hour. */
export function pastFragments(
	work: Pick<Work, 'connection'>,
	write: Omit<SlotWrite, 'unread' | 'spanMs'>,
): Fragment[] {
	const { region, source, window, nowMs: revision } = write;
	return slotsOf(window, hourMs).flatMap((slot): Fragment[] => {
		const functions = slicesOf(work, { ...write, slot });
		if (functions.length === 0) return [];
		const connectionId = work.connection.id;
		const batch = source.charAt(0);
		return [
			{
				connectionId,
				region,
				slotMs: slot.fromMs,
				spanMs: hourMs,
				source,
				batch,
				revision,
				functions,
			},
		];
	});
}

/**
 * Writes the figures and executions of each slot, in groups of about 125 functions. A slot whose
 * content is what this worker wrote last is left alone. Returns how many were written.
 */
export async function writeSlots(
	deps: Pick<JobDeps, 'store' | 'memory'>,
	work: Pick<Work, 'ctx' | 'connection'>,
	write: SlotWrite,
): Promise<number> {
	const groups = groupCount(write.regionFunctions);
	const frozen = new Set([...write.unread].map((name) => groupOf(name, groups)));
	const byGroup = new Map<number, StoredFunction[]>();
	for (const fn of write.functions) {
		const group = groupOf(fn.name, groups);
		const list = byGroup.get(group);
		if (list === undefined) byGroup.set(group, [fn]);
		else list.push(fn);
	}
	let written = 0;
	for (const [group, functions] of byGroup) {
		if (frozen.has(group)) continue;
		for (const slot of slotsOf(write.window, write.spanMs)) {
			if (slot.toMs > write.window.toMs + write.spanMs) continue;
			const batch = `${write.prefix ?? ''}${write.source.charAt(0)}${group}of${groups}`;
			if (await writeSlot(deps, work, { ...write, slot, batch, functions })) written += 1;
		}
	}
	return written;
}

interface OneSlot extends SlotWrite {
	readonly slot: TimeRange;
	readonly batch: string;
}

async function writeSlot(
	deps: Pick<JobDeps, 'store' | 'memory'>,
	work: Pick<Work, 'ctx' | 'connection'>,
	write: OneSlot,
): Promise<boolean> {
	const { region, slot, batch, source, spanMs, nowMs } = write;
	const connectionId = work.connection.id;
	const slices = slicesOf(work, write);
	const key = `slot ${connectionId} ${region} ${batch} ${spanMs} ${slot.fromMs}`;
	const mark = contentMark(
		JSON.stringify(slices.map(({ functionId: id, buckets }) => [id, buckets])),
	);
	const before = deps.memory.get(key);
	// Not with the figures, which also change when a metric tells of errors or throttles; and once a
	// slot is over, as the whole of it would be written over its beginning five minutes later.
	const isOver = slot.toMs <= write.window.toMs;
	if (source === 'records' && isOver) await writeExecutions(deps, work, write);
	if (before === mark || (before === undefined && slices.length === 0)) return false;
	await deps.store.series.writeFragment(work.ctx, {
		connectionId,
		region,
		slotMs: slot.fromMs,
		spanMs,
		source,
		batch,
		revision: nowMs,
		functions: slices,
	});
	deps.memory.set(key, mark);
	return true;
}

async function writeExecutions(
	deps: Pick<JobDeps, 'store' | 'memory'>,
	work: Pick<Work, 'ctx' | 'connection'>,
	write: OneSlot,
): Promise<void> {
	const { region, slot, batch, spanMs, nowMs } = write;
	const connectionId = work.connection.id;
	const executions = write.functions
		.flatMap((fn) => fn.executions ?? [])
		.filter(({ startMs }) => startMs >= slot.fromMs && startMs < slot.toMs);
	const key = `executions ${connectionId} ${region} ${batch} ${spanMs} ${slot.fromMs}`;
	const mark = contentMark(JSON.stringify(executions));
	const before = deps.memory.get(key);
	if (before === mark || (before === undefined && executions.length === 0)) return;
	await deps.store.executions.write(work.ctx, {
		connectionId,
		region,
		slotMs: slot.fromMs,
		batch,
		revision: nowMs,
		executions,
	});
	deps.memory.set(key, mark);
}

function slicesOf(
	work: Pick<Work, 'connection'>,
	write: Pick<OneSlot, 'region' | 'functions' | 'slot'>,
): FunctionSlice[] {
	const { accountId } = work.connection;
	const slices: FunctionSlice[] = [];
	for (const { name, buckets, executions } of write.functions) {
		const inSlot = bucketsIn(buckets, write.slot);
		if (inSlot.length === 0) continue;
		slices.push({
			functionId: functionId({ accountId, region: write.region, name }),
			buckets: inSlot,
			durations: executions === null ? null : durationsOf(executions, write.slot),
		});
	}
	return slices;
}
