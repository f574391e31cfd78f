import type { Fragment, FunctionSlice } from '@lamplight/core/bucket/fragment';
import { durationsOf, type MinuteBuckets } from '@lamplight/core/collection/buckets';
import { groupCount, groupOf } from '@lamplight/core/collection/groups';
import { changesOf, marksOf } from '@lamplight/core/collection/slotChanges';
import { bucketsIn, contentMark, slotsOf } from '@lamplight/core/collection/slots';
import type { Execution } from '@lamplight/core/execution/execution';
import { type SelectedExecution, selectExecutions } from '@lamplight/core/execution/select';
import { functionId } from '@lamplight/core/ids';
import { floorTo, hourMs, type TimeRange } from '@lamplight/core/time';

import type { Work } from '../account.ts';
import type { JobDeps } from '../deps.ts';
import { WrittenMarks } from './writtenMarks.ts';

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
	/** Names of all functions that are written of this source now, under any prefix; these when left out. */
	readonly written?: ReadonlySet<string>;
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
 * Writes the figures and executions of each slot, in groups of about 125 functions. Of a slot that this
 * worker has written, only what changed since is written, beside it. Returns how many were written.
 */
export async function writeSlots(
	deps: Pick<JobDeps, 'store' | 'memory'>,
	work: Pick<Work, 'ctx' | 'connection'>,
	write: SlotWrite,
): Promise<number> {
	const groups = groupCount(write.regionFunctions);
	const frozen = new Set([...write.unread].map((name) => groupOf(name, groups)));
	const byGroup = Map.groupBy(write.functions, ({ name }) => groupOf(name, groups));
	const { accountId } = work.connection;
	const ids = [...(write.written ?? write.functions.map(({ name }) => name))].map((name) =>
		functionId({ accountId, region: write.region, name }),
	);
	const written = new Set<string>(ids);
	let count = 0;
	for (const [group, functions] of byGroup) {
		if (frozen.has(group)) continue;
		const batch = `${write.prefix ?? ''}${write.source.charAt(0)}${group}of${groups}`;
		const marks = new WrittenMarks(deps.memory, { ...write, ...work, batch });
		const kept = keptByHour(functions);
		for (const slot of slotsOf(write.window, write.spanMs)) {
			if (slot.toMs > write.window.toMs + write.spanMs) continue;
			const one = { ...write, slot, batch, functions, marks, kept, writtenIds: written };
			if (await writeSlot(deps, work, one)) count += 1;
		}
		marks.keep();
	}
	return count;
}

interface OneSlot extends SlotWrite {
	readonly slot: TimeRange;
	readonly batch: string;
	readonly marks: WrittenMarks;
	readonly writtenIds: ReadonlySet<string>;
	readonly kept: (hourStartMs: number) => readonly SelectedExecution[];
}

async function writeSlot(
	deps: Pick<JobDeps, 'store' | 'memory'>,
	work: Pick<Work, 'ctx' | 'connection'>,
	write: OneSlot,
): Promise<boolean> {
	const { region, slot, batch, source, spanMs, nowMs, marks, writtenIds: written } = write;
	const slices = slicesOf(work, write);
	// Not with the figures, which also change when a metric tells of errors or throttles; and once a
	// slot is over, as the whole of it would be written over its beginning five minutes later.
	const isOver = slot.toMs <= write.window.toMs;
	if (source === 'records' && isOver) await writeExecutions(deps, work, write);
	const now = marksOf(slices);
	const before = marks.get(slot.fromMs);
	if (before === undefined && slices.length === 0) return false;
	const changes =
		before === undefined
			? ({ kind: 'whole', isGone: false } as const)
			: changesOf(slices, { before, now, slotMs: slot.fromMs, nowMs, written });
	if (changes.kind === 'none') return false;
	const fragment = {
		connectionId: work.connection.id,
		region,
		slotMs: slot.fromMs,
		spanMs,
		source,
	};
	const put = (functions: readonly FunctionSlice[], name: string) =>
		deps.store.series.writeFragment(work.ctx, {
			...{ ...fragment, batch: name, revision: nowMs, functions },
		});
	const beside = `${batch}-late`;
	if (changes.kind === 'some') {
		const mark = contentMark(
			JSON.stringify(changes.slices.map((one) => [one.functionId, one.buckets])),
		);
		if (marks.isLate(slot.fromMs, mark)) return false;
		await put(changes.slices, beside);
		marks.setLate(slot.fromMs, mark);
		return true;
	}
	// What came late of functions that are elsewhere now must not outlive them.
	if (changes.isGone) await put(slices.slice(0, 1), beside);
	await put(slices, batch);
	marks.set(slot.fromMs, now);
	return true;
}

async function writeExecutions(
	deps: Pick<JobDeps, 'store' | 'memory'>,
	work: Pick<Work, 'ctx' | 'connection'>,
	write: OneSlot,
): Promise<void> {
	const { region, slot, batch, spanMs, nowMs } = write;
	const connectionId = work.connection.id;
	const executions = write
		.kept(floorTo(hourMs, slot.fromMs))
		.filter(({ startMs }) => startMs >= slot.fromMs && startMs < slot.toMs);
	const put = (some: readonly SelectedExecution[], name: string) =>
		deps.store.executions.write(work.ctx, {
			...{ connectionId, region, slotMs: slot.fromMs, batch: name, revision: nowMs },
			executions: some,
		});
	const key = `executions ${connectionId} ${region} ${batch} ${spanMs} ${slot.fromMs}`;
	const marked = executions.map((one) => {
		const { kept: _, ...plain } = one;
		return { one, mark: contentMark(JSON.stringify(plain)) };
	});
	const marksIn = (name: string) => new Set(deps.memory.get(name)?.split(' '));
	const keep = (name: string, some: typeof marked) =>
		deps.memory.set(name, some.map(({ mark }) => mark).join(' '));
	// What an hour keeps of a slot becomes less, and an execution that is elsewhere too is one.
	const [whole, beside] = [marksIn(key), marksIn(`${key} late`)];
	const news = marked.filter(({ mark }) => !whole.has(mark));
	if (news.every(({ mark }) => beside.has(mark))) return;
	if (news.length > marked.length / 2) {
		await put(executions, batch);
		keep(key, marked);
		return;
	}
	// Executions end after their slot does: the whole of it would be written again with each reading.
	await put(
		news.map(({ one }) => one),
		`${batch}-late`,
	);
	keep(`${key} late`, news);
}

/**
 * Of all executions that were read, those that an hour may keep: what others of the hour push out now
 * would only be thrown away when the hour is merged. Selected when first asked for.
 */
function keptByHour(
	functions: readonly StoredFunction[],
): (hourStartMs: number) => readonly SelectedExecution[] {
	const hours = new Map<number, readonly SelectedExecution[]>();
	return (hourStartMs) => {
		const known = hours.get(hourStartMs);
		if (known !== undefined) return known;
		const kept = selectExecutions(
			functions
				.flatMap((fn) => fn.executions ?? [])
				.filter(({ startMs }) => floorTo(hourMs, startMs) === hourStartMs),
		);
		hours.set(hourStartMs, kept);
		return kept;
	};
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
