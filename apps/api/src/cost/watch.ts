import type { Connection } from '@lamplight/core/connection/connection';
import type { Ctx } from '@lamplight/core/ctx';
import { parseMoney, type Money } from '@lamplight/core/money';
import { dayMs, monthRange, utcDay, utcMonth } from '@lamplight/core/time';
import {
	callCostPicoUsd,
	unitPrice,
	watchCostPicoUsd,
	type WatchUsage,
} from '@lamplight/core/watchcost/watchcost';

import type { WatchCall } from '../contract/costs.ts';
import type { ApiDeps } from '../deps.ts';
import { kept } from '../fleet/kept.ts';
import { knownMoney } from './wire.ts';

const cacheMs = 30_000;
/** The most connections whose cut-off work one page reads. */
const maxCutOffConnections = 500;

/** What one connection used in a month, day by day. */
export interface ConnectionWatch {
	readonly connection: Connection;
	readonly usages: readonly WatchUsage[];
	readonly picoUsd: bigint;
}

export interface MonthWatch {
	readonly month: string;
	readonly connections: readonly ConnectionWatch[];
	readonly picoUsd: bigint;
}

interface MonthOf {
	readonly month: string;
	readonly connections: readonly Connection[];
}

const keptMonths = kept<MonthWatch>(cacheMs);

/** The calls made into the connections' accounts in a month, priced; kept for half a minute. */
export function readMonthWatch(
	deps: Pick<ApiDeps, 'store' | 'wallClock' | 'clock'>,
	ctx: Ctx,
	{ month, connections }: MonthOf,
): Promise<MonthWatch> {
	// Of whom it was asked, too: one connection's page must not be told another's.
	const asked = connections.map(({ id }) => id).join();
	const key = `${ctx.workspaceId} ${month} ${asked}`;
	return keptMonths.read(deps.store, key, deps.wallClock(), async () => {
		const days = daysOf(deps, month);
		const [only] = connections;
		const byConnection =
			connections.length === 1 && only !== undefined
				? new Map([[only.id, await deps.store.watchCosts.read(ctx, only.id, days)]])
				: await deps.store.watchCosts.readAll(ctx, days);
		const read = connections.map((connection) => {
			const usages = byConnection.get(connection.id) ?? [];
			return { connection, usages, picoUsd: watchCostPicoUsd(usages) };
		});
		return {
			month,
			connections: read,
			picoUsd: read.reduce((total, { picoUsd }) => total + picoUsd, 0n),
		};
	});
}

/** Parts of a month's work of which some calls may be uncounted. Only the watch cost's own page asks. */
export async function readPartsCutOff(
	deps: Pick<ApiDeps, 'store' | 'clock'>,
	ctx: Ctx,
	{ month, connections }: MonthOf,
): Promise<number> {
	const days = daysOf(deps, month);
	const parts = await Promise.all(
		connections
			.slice(0, maxCutOffConnections)
			.map(({ id }) => deps.store.cutOffs.count(ctx, id, days)),
	);
	return parts.reduce((total, one) => total + one, 0);
}

/** The days of a month that have begun. */
function daysOf({ clock }: Pick<ApiDeps, 'clock'>, month: string) {
	const { fromMs, toMs } = monthRange(month);
	return { fromDay: utcDay(fromMs), toDay: utcDay(Math.min(toMs, clock() + 1) - 1) };
}

/** Pico-dollars as money. */
export function picoMoney(picoUsd: bigint): Money {
	const sign = picoUsd < 0n ? '-' : '';
	const digits = (picoUsd < 0n ? -picoUsd : picoUsd).toString().padStart(13, '0');
	return parseMoney(`${sign}${digits.slice(0, -12)}.${digits.slice(-12)}`);
}

/** Watch cost is counted call by call, so it is measured; AWS's own bill may round otherwise. */
export function watchMoney(picoUsd: bigint) {
	return knownMoney(picoMoney(picoUsd), 'measured');
}

/** Usage by call, the dearest first. */
export function watchCalls(usages: Iterable<WatchUsage>): WatchCall[] {
	const calls = new Map<string, { requests: number; units: number; picoUsd: bigint }>();
	for (const usage of usages) {
		const known = calls.get(usage.action) ?? { requests: 0, units: 0, picoUsd: 0n };
		known.requests += usage.calls;
		known.units += usage.units;
		const free = (unitPrice(usage.action)?.freeUnitsPerMonth ?? 0) > 0;
		known.picoUsd += free ? 0n : callCostPicoUsd(usage);
		calls.set(usage.action, known);
	}
	return [...calls]
		.map(([call, { requests, units, picoUsd }]) => {
			const price = unitPrice(call);
			return {
				call,
				requests,
				quantity: String(units),
				unit: price?.unit ?? 'request',
				rate: price === null ? null : decimalOf(price.picoUsd),
				rateSource: price === null ? null : 'AWS price list, us-east-1, 2026-11',
				cost: watchMoney(picoUsd),
				picoUsd,
			};
		})
		.sort((a, b) =>
			a.picoUsd === b.picoUsd ? b.requests - a.requests : a.picoUsd < b.picoUsd ? 1 : -1,
		)
		.map(({ picoUsd: _, ...call }) => call);
}

function decimalOf(picoUsd: bigint): string {
	return watchMoney(picoUsd).amount;
}

/** Cost of each UTC day of the month so far, and the running total in dollars. */
export function watchDays(
	watch: MonthWatch,
	nowMs: number,
): { day: string; picoUsd: bigint; cumulativePicoUsd: bigint }[] {
	const byDay = new Map<string, WatchUsage[]>();
	for (const { usages } of watch.connections) {
		for (const usage of usages) {
			const known = byDay.get(usage.day);
			if (known === undefined) byDay.set(usage.day, [usage]);
			else known.push(usage);
		}
	}
	const { fromMs, toMs } = monthRange(watch.month);
	const days: { day: string; picoUsd: bigint; cumulativePicoUsd: bigint }[] = [];
	let cumulativePicoUsd = 0n;
	for (let at = fromMs; at < toMs && at <= nowMs; at += dayMs) {
		const picoUsd = watchCostPicoUsd(byDay.get(utcDay(at)) ?? []);
		cumulativePicoUsd += picoUsd;
		days.push({ day: utcDay(at), picoUsd, cumulativePicoUsd });
	}
	return days;
}

/** The month at its pace so far; `null` in the first six hours, when that would say nothing. */
export function watchForecast(watch: MonthWatch, nowMs: number): bigint | null {
	if (watch.month !== utcMonth(nowMs)) return watch.picoUsd;
	const { fromMs, toMs } = monthRange(watch.month);
	const firstMs = Math.max(
		fromMs,
		Math.min(...watch.connections.map(({ connection }) => connection.createdMs)),
	);
	const watchedMs = nowMs - firstMs;
	if (!Number.isFinite(firstMs) || watchedMs < dayMs / 4) return null;
	return (watch.picoUsd * BigInt(toMs - firstMs)) / BigInt(watchedMs);
}

/** The sum of the connections' caps, as a decimal string. */
export function capOf(connections: readonly Connection[]): string {
	return connections
		.filter(({ state }) => state !== 'paused')
		.reduce((total, { watchBudgetUsdPerMonth }) => total + watchBudgetUsdPerMonth, 0)
		.toFixed(2);
}
