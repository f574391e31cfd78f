import type { FunctionSlice } from '@lamplight/core/bucket/fragment';
import type { Bucket } from '@lamplight/core/bucket/bucket';
import { emptyUsage, usageAt, type UsageColumns, usageFields } from '@lamplight/core/bucket/usage';
import {
	billedVarianceMs2,
	isSpokenFor,
	type SampledPart,
	unsampledOf,
} from '@lamplight/core/collection/sampledSpan';
import type { Ctx } from '@lamplight/core/ctx';
import { invalidField } from '@lamplight/core/errors';
import type { FunctionId } from '@lamplight/core/ids';
import { dayMs, floorTo, type TimeRange, utcDay } from '@lamplight/core/time';

import { decodeFleetUsage } from '../codec/fleet.ts';
import { decodeUsage, encodeUsage, type UsageSpan } from '../codec/usage.ts';
import { ifAbsent } from '../dynamo/db.ts';
import { inParallel } from '../dynamo/faults.ts';
import { partBytes, wholeBlob } from '../dynamo/parts.ts';
import { decodeFleetItems, type SpanItem } from './fleetItems.ts';
import { homeOf, type SeriesDeps } from './fragments.ts';
import { gather } from './gather.ts';
import { fleetKeys, type Home, partitions } from './layout.ts';
import type { UsageDay } from './series.ts';

/** Days of which usage is asked for at once: an answer of DynamoDB holds 1 MB, some of a large fleet's. */
const daysAtOnce = 8;

/** See `Series.readUsage`. */
export async function readUsage(deps: SeriesDeps, ctx: Ctx, range: TimeRange): Promise<UsageDay[]> {
	const { fromMs, toMs } = range;
	if (fromMs % dayMs !== 0) {
		throw invalidField('fromMs', 'expected the start of a UTC day', fromMs);
	}
	const days = new Map<number, DaySum>();
	for (let at = fromMs; at < toMs; at += dayMs) days.set(at, new DaySum());
	await gather<UsageSpan>(deps, ctx, range, {
		decodeHour: decodeFleetUsage,
		readDays: (whole, isUnfinished) => readDays(deps, ctx, { range: whole, isUnfinished }),
		addItem: ({ startMs, span }) => days.get(floorTo(dayMs, startMs))?.addSpan(span),
		addSlices: (_, hourStartMs, slices) =>
			days.get(floorTo(dayMs, hourStartMs))?.addSlices(slices, range),
	});
	return [...days].map(([startMs, sum]) => ({ day: utcDay(startMs), ...sum.usage() }));
}

interface WantedDays {
	readonly range: TimeRange;
	readonly isUnfinished: (home: Home, dayStartMs: number) => boolean;
}

/** What was kept beside the fleet's days; of days without it, the fleet's rows. */
async function readDays(
	deps: SeriesDeps,
	ctx: Ctx,
	{ range, isUnfinished }: WantedDays,
): Promise<SpanItem<UsageSpan>[]> {
	const starts: number[] = [];
	for (let at = range.fromMs; at < range.toMs; at += dayMs) starts.push(at);
	const homes = await deps.regions.list(ctx);
	const found = await inParallel(starts, daysAtOnce, async (fromMs) => {
		const span = fleetKeys.days('u', { fromMs, toMs: fromMs + dayMs });
		const items = await deps.db.query(partitions.fleet(ctx), span);
		return decodeFleetItems(items, decodeUsage).filter((item) => !isUnfinished(item, fromMs));
	});
	const known = new Set(found.flat().map((item) => nameOf(item, item.startMs)));
	const missing = starts.flatMap((startMs) =>
		homes
			.filter((home) => !known.has(nameOf(home, startMs)) && !isUnfinished(home, startMs))
			.map((home) => ({ home: homeOf(home), startMs })),
	);
	return [...found.flat(), ...(await readFleetDays(deps, ctx, missing))];
}

function nameOf({ connectionId, region }: Home, startMs: number): string {
	return `${connectionId} ${region} ${startMs}`;
}

/**
 * Usage of days that were compacted by a program that did not keep it yet; most regions asked for
 * were merely idle. It is kept now, unless a compaction was faster: what that wrote is newer.
 */
async function readFleetDays(
	{ db }: SeriesDeps,
	ctx: Ctx,
	wanted: readonly { readonly home: Home; readonly startMs: number }[],
): Promise<SpanItem<UsageSpan>[]> {
	const pk = partitions.fleet(ctx);
	const places = new Map(
		wanted.map((one) => [fleetKeys.day(utcDay(one.startMs), one.home), one] as const),
	);
	const items = await db.getMany([...places.keys()].map((sk) => ({ pk, sk })));
	return inParallel(items, daysAtOnce, async (item) => {
		const place = places.get(item.sk);
		if (place === undefined) throw new Error('a read returns what was asked for');
		const { home, startMs } = place;
		const span = decodeFleetUsage(await wholeBlob(db, item));
		const blob = encodeUsage(span);
		if (blob.length <= partBytes) {
			const sk = fleetKeys.usage(utcDay(startMs), home);
			await db.put({ pk, sk, blob, parts: 1, expiresAt: item['expiresAt'] ?? 0 }, ifAbsent);
		}
		return { ...home, kind: 'day' as const, startMs, span };
	});
}

/** Adds up what functions used on one day, in any parts. */
class DaySum {
	readonly #rows = new Map<FunctionId, number>();
	#columns: UsageColumns = emptyUsage(0);
	/** By row: executions of parts of the day that nothing says anything about. */
	readonly #unsampled: number[] = [];

	addSpan({ ids, columns }: UsageSpan): void {
		const rows = ids.map((id) => this.#row(id));
		this.#room();
		for (const field of usageFields) {
			const [from, to] = [columns[field], this.#columns[field]];
			rows.forEach((row, at) => {
				to[row] = (to[row] ?? 0) + (from[at] ?? 0);
			});
		}
		rows.forEach((row, at) => this.#count(row, usageAt(columns, at)));
	}

	addSlices(slices: readonly FunctionSlice[], { fromMs, toMs }: TimeRange): void {
		for (const { functionId, buckets } of slices) {
			const inside = buckets.filter(({ minuteMs: at }) => at >= fromMs && at < toMs);
			if (inside.length === 0) continue;
			const row = this.#row(functionId);
			this.#room();
			const hour = {
				invocations: 0,
				recordedInvocations: 0,
				billedVarianceMs2: billedVarianceMs2(inside),
			};
			for (const bucket of inside) {
				this.#addBucket(row, bucket);
				hour.invocations += bucket.invocations;
				if (bucket.billedMs !== null) hour.recordedInvocations += bucket.invocations;
			}
			const variances = this.#columns.billedVarianceMs2;
			variances[row] = (variances[row] ?? 0) + hour.billedVarianceMs2;
			this.#count(row, hour);
		}
	}

	usage(): UsageSpan {
		const rows = this.#rows.size;
		const columns = Object.fromEntries(
			usageFields.map((field) => [field, this.#columns[field].slice(0, rows)]),
		) as UsageColumns;
		this.#unsampled.forEach((unsampled, row) => {
			if (!isSpokenFor(unsampled, columns.invocations[row] ?? 0))
				columns.billedVarianceMs2[row] = 0;
		});
		return { ids: [...this.#rows.keys()], columns };
	}

	#count(row: number, part: SampledPart): void {
		this.#unsampled[row] = (this.#unsampled[row] ?? 0) + unsampledOf(part);
	}

	#addBucket(row: number, bucket: Bucket): void {
		const isRecorded = bucket.billedMs !== null;
		const add = (column: Float64Array, value: number | null) => {
			column[row] = (column[row] ?? 0) + (value ?? 0);
		};
		add(this.#columns.invocations, bucket.invocations);
		add(this.#columns.durationSumUs, bucket.durationSumUs);
		add(this.#columns.recordedInvocations, isRecorded ? bucket.invocations : 0);
		add(this.#columns.recordedDurationSumUs, isRecorded ? bucket.durationSumUs : 0);
		add(this.#columns.billedMs, bucket.billedMs);
		add(this.#columns.billedMibMs, bucket.billedMibMs);
		add(this.#columns.initUs, bucket.initUs);
		add(this.#columns.logBytes, bucket.logBytes);
	}

	#row(id: FunctionId): number {
		const known = this.#rows.get(id);
		if (known !== undefined) return known;
		const row = this.#rows.size;
		this.#rows.set(id, row);
		return row;
	}

	#room(): void {
		const rows = this.#rows.size;
		if (rows <= this.#columns.invocations.length) return;
		const wider = emptyUsage(Math.max(rows, 2 * this.#columns.invocations.length));
		for (const field of usageFields) wider[field].set(this.#columns[field]);
		this.#columns = wider;
	}
}
