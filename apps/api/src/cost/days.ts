import type { Aggregate } from '@lamplight/core/bucket/aggregate';
import type { Ctx } from '@lamplight/core/ctx';
import { type FunctionId, functionParts } from '@lamplight/core/ids';
import { divide, type Money, subtract, sum, zero } from '@lamplight/core/money';
import type { CostPart, EstimatedSide, MeasuredSide } from '@lamplight/core/reconcile/reconcile';
import { dayMs, minuteMs, utcDay } from '@lamplight/core/time';
import type { DirectoryFunction } from '@lamplight/store/series/rollups';

import type { CostProvenance } from '../contract/shared.ts';
import type { ApiDeps } from '../deps.ts';
import { kept } from '../fleet/kept.ts';
import { type ComponentCost, type CostComponent, costOf } from './functionCost.ts';
import { type PriceBook, priceBook } from './prices.ts';

/** What one function used and cost on one UTC day, at list price, as well as it is known. */
export interface DayUse {
	readonly functionId: FunctionId;
	readonly figures: Aggregate | null;
	readonly parts: readonly ComponentCost[];
	readonly total: Money | null;
	readonly provenance: CostProvenance;
}

/** One account's day as the reconciliation wants it: from metrics alone, and from records. */
export interface AccountDay {
	readonly estimated: EstimatedSide;
	/** `null` when no record of the day was read. */
	readonly measured: MeasuredSide | null;
}

/** One UTC day of the whole fleet. */
export interface CostDayReading {
	readonly day: string;
	readonly uses: readonly DayUse[];
	readonly accounts: ReadonlyMap<string, AccountDay>;
}

/** Days that are over for this long do not change any more, but for corrections. */
const settledMs = 2 * dayMs;
const keptSettled = kept<CostDayReading>(15 * minuteMs);
const keptFresh = kept<CostDayReading>(minuteMs);
/** Days read at once. */
const atOnce = 8;

export interface DaySpan {
	/** Both included. */
	readonly fromDay: string;
	readonly toDay: string;
}

/** Epoch milliseconds of a UTC day's start. */
export function dayStart(day: string): number {
	return Date.parse(`${day}T00:00:00Z`);
}

/** The days of a span, ascending; empty when it ends before it begins. */
export function daysOf({ fromDay, toDay }: DaySpan): string[] {
	const days: string[] = [];
	for (let at = dayStart(fromDay); at <= dayStart(toDay); at += dayMs) days.push(utcDay(at));
	return days;
}

/** Usage and cost of each day, ascending. Days to come are empty; today holds what came so far. */
export async function readCostDays(
	deps: Pick<ApiDeps, 'store' | 'clock' | 'wallClock'>,
	ctx: Ctx,
	span: DaySpan,
): Promise<CostDayReading[]> {
	const { functions } = await deps.store.rollups.directory(ctx);
	const days = daysOf(span);
	const read: CostDayReading[] = [];
	for (let at = 0; at < days.length; at += atOnce) {
		const some = days.slice(at, at + atOnce);
		read.push(...(await Promise.all(some.map((day) => readDay(deps, ctx, { day, functions })))));
	}
	return read;
}

function readDay(
	deps: Pick<ApiDeps, 'store' | 'clock' | 'wallClock'>,
	ctx: Ctx,
	{ day, functions }: { readonly day: string; readonly functions: readonly DirectoryFunction[] },
): Promise<CostDayReading> {
	const fromMs = dayStart(day);
	const nowMs = deps.clock();
	if (fromMs >= nowMs) return Promise.resolve({ day, uses: [], accounts: new Map() });
	const cache = nowMs - fromMs > dayMs + settledMs ? keptSettled : keptFresh;
	const key = `${ctx.workspaceId} ${day} ${functions.length}`;
	return cache.read(deps.store, key, deps.wallClock(), async () => {
		const range = {
			fromMs,
			toMs: Math.min(fromMs + dayMs, Math.floor(nowMs / minuteMs) * minuteMs),
		};
		if (range.toMs <= range.fromMs) return { day, uses: [], accounts: new Map() };
		const reading = await deps.store.series.readFleet(ctx, range);
		const book = priceBook(fromMs);
		const rows = new Map(reading.rows.map((row) => [row.functionId, row.aggregate]));
		const uses = functions.flatMap((fn): DayUse[] => {
			if (fn.firstSeenMs >= range.toMs && !rows.has(fn.id)) return [];
			const figures = rows.get(fn.id) ?? null;
			const { parts, total, provenance } = costOf(fn, figures, { range, book });
			return parts.length === 0 ? [] : [{ functionId: fn.id, figures, parts, total, provenance }];
		});
		return { day, uses, accounts: accountDays(functions, uses, book) };
	});
}

const partOf: Readonly<Record<CostComponent, CostPart>> = {
	compute: 'duration',
	requests: 'requests',
	provisionedConcurrency: 'provisioned-concurrency',
	ephemeralStorage: 'ephemeral-storage',
	logIngestion: 'logs',
	logStorage: 'logs',
};

interface Sides {
	readonly estimated: Partial<Record<CostPart, Money>>;
	readonly measured: Partial<Record<CostPart, Money>>;
	readonly unpriced: { label: string; quantity: number; unit: string }[];
	rounding: Money | null;
	recorded: boolean;
}

function accountDays(
	functions: readonly DirectoryFunction[],
	uses: readonly DayUse[],
	book: PriceBook,
): Map<string, AccountDay> {
	const byId = new Map(functions.map((fn) => [fn.id, fn]));
	const accounts = new Map<string, Sides>();
	for (const use of uses) {
		const fn = byId.get(use.functionId);
		if (fn === undefined) continue;
		const { accountId } = functionParts(use.functionId);
		const sides = accounts.get(accountId) ?? {
			estimated: {},
			measured: {},
			unpriced: [],
			rounding: null,
			recorded: false,
		};
		accounts.set(accountId, sides);
		addUse(sides, { fn, use, book });
	}
	return new Map(
		[...accounts].map(([accountId, { estimated, measured, unpriced, rounding, recorded }]) => {
			const currency = Object.values(measured)[0]?.currency ?? 'USD';
			const side: AccountDay = {
				estimated: { parts: estimated, unpriced },
				measured: recorded
					? { parts: measured, roundingCost: rounding ?? zero(currency), unpriced }
					: null,
			};
			return [accountId, side];
		}),
	);
}

interface UseInput {
	readonly fn: DirectoryFunction;
	readonly use: DayUse;
	readonly book: PriceBook;
}

function addUse(sides: Sides, { fn, use, book }: UseInput): void {
	const prices = book.lambda(
		functionParts(fn.id).region,
		fn.architecture,
		fn.provisionedConcurrencyTotal > 0 ? 'provisioned' : fn.billingMode,
	);
	const { figures } = use;
	for (const part of use.parts) {
		if (part.cost === null) {
			sides.unpriced.push({ label: part.component, quantity: Number(part.quantity), unit: 'base' });
			continue;
		}
		const name = partOf[part.component];
		if (part.component !== 'compute' || figures === null) {
			addTo(sides.measured, name, part.cost);
			if (part.component !== 'ephemeralStorage') addTo(sides.estimated, name, part.cost);
			continue;
		}
		// From metrics: the Duration metric alone, without init and without rounding up.
		const ofUs = (us: number) => {
			const each = prices.cost(0, BigInt(Math.round(us)) * BigInt(fn.memoryMib));
			return each === null ? zero() : divide(each, 1_000);
		};
		addTo(sides.estimated, 'duration', ofUs(figures.durationSumUs));
		const init =
			figures.recordedInvocations > 0 ? ofUs(figures.initUs ?? 0) : zero(part.cost.currency);
		addTo(sides.measured, 'init', init);
		addTo(sides.measured, 'duration', subtract(part.cost, init));
		if (figures.recordedInvocations === 0) continue;
		sides.recorded = true;
		const billedUs = (figures.billedMs ?? 0) * 1_000;
		const overUs = billedUs - figures.recordedDurationSumUs - (figures.initUs ?? 0);
		const over = ofUs(Math.max(0, overUs));
		sides.rounding = sides.rounding === null ? over : sum([sides.rounding, over], over.currency);
	}
}

function addTo(parts: Partial<Record<CostPart, Money>>, name: CostPart, amount: Money): void {
	const known = parts[name];
	if (known !== undefined && known.currency !== amount.currency) return;
	parts[name] = known === undefined ? amount : sum([known, amount], amount.currency);
}
