import type { Bucket } from '@lamplight/core/bucket/bucket';
import type { Fragment, RegionBucket } from '@lamplight/core/bucket/fragment';
import type { Connection } from '@lamplight/core/connection/connection';
import type { Ctx } from '@lamplight/core/ctx';
import type { LambdaFunction } from '@lamplight/core/function/function';
import { dayMs, floorTo, hourMs, minuteMs, type TimeRange } from '@lamplight/core/time';
import type { Store } from '@lamplight/store/store';

export const regions = ['eu-west-1', 'us-east-1'] as const;
export const perBucket = 30;

/** A bucket as records give it: everything measured. */
export function bucketOf(minute: number, fn: LambdaFunction, invocations = perBucket): Bucket {
	const durationUs = 120_000;
	return {
		minuteMs: minute,
		invocations,
		errors: 1,
		throttles: 0,
		durationSumUs: invocations * durationUs,
		durationMaxUs: 2 * durationUs,
		p50Us: durationUs,
		p95Us: 1.5 * durationUs,
		p99Us: 2 * durationUs,
		billedMs: invocations * 125,
		billedMibMs: invocations * 125 * fn.memoryMib,
		coldStarts: 1,
		initUs: 100_000,
		timeouts: 0,
		maxMemoryUsedMib: Math.round(fn.memoryMib * 0.6),
		concurrencyMax: null,
		logBytes: invocations * 800,
	};
}

export interface FigureOptions {
	readonly nowMs: number;
	readonly days?: number;
	/** Minutes between a function's buckets. */
	readonly everyMinutes?: number;
	/** The same on days before yesterday; `everyMinutes` when left out. */
	readonly pastEveryMinutes?: number;
	/** What a minute of a function holds; as records give it when left out. */
	readonly bucketAt?: (minuteMs: number, fn: LambdaFunction) => Bucket;
}

/** Marks of days much longer ago are not kept. */
const markedDays = 30;

interface FigureInput extends FigureOptions {
	readonly functions: readonly LambdaFunction[];
	readonly connections: readonly Connection[];
}

/** Writes figures of every function for some days: closed days whole, today in fragments. */
export async function seedFigures(
	store: Store,
	ctx: Ctx,
	{
		nowMs,
		days = 4,
		everyMinutes = 10,
		pastEveryMinutes = everyMinutes,
		bucketAt = bucketOf,
		connections,
		functions,
	}: FigureInput,
): Promise<void> {
	const todayMs = floorTo(dayMs, nowMs);
	const everyOf = (dayStartMs: number) =>
		dayStartMs < todayMs - dayMs ? pastEveryMinutes : everyMinutes;
	const fromMs = todayMs - (days - 1) * dayMs;
	const markedFromMs = Math.max(fromMs, todayMs - markedDays * dayMs);
	const minutes = minutesOf({ fromMs: todayMs, toMs: nowMs }, everyMinutes);
	for (const connection of connections) {
		const writeRegion = async (region: string) => {
			const own = functions.filter(
				(fn) => fn.connectionId === connection.id && fn.region === region,
			);
			const home = { connectionId: connection.id, region };
			for (let dayStartMs = fromMs; dayStartMs < todayMs; dayStartMs += dayMs) {
				const every = everyOf(dayStartMs);
				await writePast(store, ctx, { home, dayStartMs, own, everyMinutes: every, bucketAt });
			}
			for (let slotMs = todayMs; slotMs < nowMs; slotMs += hourMs) {
				const inSlot = minutes.filter((minute) => floorTo(hourMs, minute) === slotMs);
				const fragment = fragmentOf({ home, slotMs, own, minutes: inSlot, bucketAt });
				await store.series.writeFragment(ctx, fragment);
				await store.series.writeTotals(ctx, {
					connectionId: connection.id,
					slotMs,
					spanMs: hourMs,
					batch: `duration-${region}`,
					revision: 1,
					regions: [{ region, buckets: inSlot.map((minute) => totalOf(minute, own.length)) }],
				});
			}
		};
		// Side by side, so that one is made while the other is written.
		await Promise.all(regions.map(writeRegion));
		for (const region of regions) {
			await store.completeness.mark(ctx, connection.id, [
				{
					region,
					range: { fromMs: markedFromMs, toMs: floorTo(minuteMs, nowMs) },
					state: 'complete',
				},
			]);
		}
		for (let dayStartMs = fromMs; dayStartMs < todayMs; dayStartMs += dayMs) {
			const range = { fromMs: dayStartMs, toMs: dayStartMs + dayMs };
			const past = minutesOf(range, everyOf(dayStartMs));
			await store.series.writePastTotals(ctx, {
				connectionId: connection.id,
				dayStartMs,
				regions: regions.map((region) => {
					const own = functions.filter(
						(fn) => fn.connectionId === connection.id && fn.region === region,
					);
					return { region, buckets: past.map((minute) => totalOf(minute, own.length)) };
				}),
			});
		}
		let more = true;
		while (more) ({ more } = await store.series.compact(ctx, connection.id));
	}
}

function minutesOf({ fromMs, toMs }: TimeRange, everyMinutes: number): number[] {
	const minutes: number[] = [];
	for (let at = fromMs; at < toMs; at += everyMinutes * minuteMs) minutes.push(at);
	return minutes;
}

interface SlotInput {
	readonly home: { readonly connectionId: Connection['id']; readonly region: string };
	readonly slotMs: number;
	readonly own: readonly LambdaFunction[];
	readonly minutes: readonly number[];
	readonly bucketAt: (minuteMs: number, fn: LambdaFunction) => Bucket;
}

function fragmentOf({ home, slotMs, own, minutes, bucketAt }: SlotInput): Fragment {
	return {
		...home,
		slotMs,
		spanMs: hourMs,
		source: 'records',
		batch: 'seed',
		revision: 1,
		functions: own.map((fn) => ({
			functionId: fn.id,
			buckets: minutes.map((minute) => bucketAt(minute, fn)),
			durations: null,
		})),
	};
}

/** Functions whose day is written in one call. */
const pastGroup = 250;

/** A closed day, as a first reading of the past writes it: without fragments. */
async function writePast(
	store: Store,
	ctx: Ctx,
	day: Pick<SlotInput, 'home' | 'own' | 'bucketAt'> & {
		readonly dayStartMs: number;
		readonly everyMinutes: number;
	},
): Promise<void> {
	const { home, dayStartMs, own, everyMinutes, bucketAt } = day;
	const writer = await store.series.beginPastDay(ctx, { home, dayStartMs });
	if (writer === null) throw new Error('a day of the past is written once');
	const minutes = minutesOf({ fromMs: dayStartMs, toMs: dayStartMs + dayMs }, everyMinutes);
	const slots = [...Map.groupBy(minutes, (minute) => floorTo(hourMs, minute))];
	for (let at = 0; at < own.length; at += pastGroup) {
		const group = own.slice(at, at + pastGroup);
		const fragments = slots.map(([slotMs, inSlot]) =>
			fragmentOf({ home, slotMs, own: group, minutes: inSlot, bucketAt }),
		);
		await writer.add(fragments, []);
	}
	await writer.close();
}

function totalOf(minute: number, functions: number): RegionBucket {
	return {
		minuteMs: minute,
		invocations: functions * perBucket,
		errors: functions,
		throttles: 0,
		durationCount: functions * perBucket,
		durationSumUs: functions * perBucket * 120_000,
		concurrencyMax: 12,
		claimedConcurrencyMax: 20,
	};
}
