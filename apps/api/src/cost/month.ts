import { parseMoney, type Money, toNumber } from '@lamplight/core/money';
import { dayMs, monthRange, utcDay, utcMonth } from '@lamplight/core/time';

import type { MonthCurve } from '../contract/overview.ts';
import { sumCost } from '../fleet/figures.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { daysOf, type DaySpan, dayStart } from './days.ts';
import { knownMoney } from './wire.ts';

/** Days that must be over before a month's end is guessed. */
const daysToForecast = 3;
/** Normal quantile of the middle 80 % of outcomes. */
const quantile80 = 1.2816;

export interface MonthInput {
	/** The month so far, with sparks. */
	readonly month: Fleet | null;
	readonly lastMonth: Fleet | null;
	readonly nowMs: number;
	/** Since when figures are whole: a month that is known in part is not guessed to its end. */
	readonly knownFromMs: number;
}

/**
 * The month day by day and where it is heading. Each function's cost of the month is spread over
 * its days by its invocations, which is for drawing; the totals are exact.
 */
export function monthCurve({ month, lastMonth, nowMs, knownFromMs }: MonthInput): MonthCurve {
	const { fromMs, toMs } = monthRange(utcMonth(nowMs));
	const current = (month === null ? [] : costByDay(month, fromMs)).map((usd, at) =>
		fromMs + at * dayMs < knownFromMs ? null : usd,
	);
	const previous =
		lastMonth === null ? [] : costByDay(lastMonth, monthRange(utcMonth(fromMs - 1)).fromMs);
	const today = Math.floor((nowMs - fromMs) / dayMs);
	const forecast = forecastOf(current, { today, days: Math.round((toMs - fromMs) / dayMs) });
	const known = running(current);
	const before = running(previous);
	const days = Array.from({ length: Math.round((toMs - fromMs) / dayMs) }, (_, at) => ({
		day: utcDay(fromMs + at * dayMs),
		cumulativeUsd: at <= today ? (known[at] ?? null) : null,
		previousCumulativeUsd: before[at] ?? null,
		forecastUsd: at >= today ? (forecast?.path[at - today]?.middle ?? null) : null,
		forecastLowUsd: at >= today ? (forecast?.path[at - today]?.low ?? null) : null,
		forecastHighUsd: at >= today ? (forecast?.path[at - today]?.high ?? null) : null,
	}));
	const currency = month === null ? 'USD' : (sumCost(month.items).total?.currency ?? 'USD');
	const end = forecast?.path.at(-1);
	const guess = (usd: number) => knownMoney(moneyOf(usd, currency), 'estimated');
	return {
		days,
		forecast:
			end === undefined
				? null
				: { total: guess(end.middle), low: guess(end.low), high: guess(end.high), share: 0.8 },
	};
}

function moneyOf(usd: number, currency: string): Money {
	return parseMoney(Math.max(0, usd).toFixed(2), currency);
}

/** Dollars by day of the month, spread by when each function ran. */
function costByDay(fleet: Fleet, monthFromMs: number): number[] {
	const days: number[] = [];
	const spanMs = fleet.range.toMs - fleet.range.fromMs;
	const addTo = (atMs: number, usd: number) => {
		const day = Math.max(0, Math.floor((atMs - monthFromMs) / dayMs));
		days[day] = (days[day] ?? 0) + usd;
	};
	for (const { cost, spark } of fleet.items) {
		if (cost.total === null) continue;
		const usd = toNumber(cost.total);
		const whole = spark?.reduce((a, b) => a + b, 0) ?? 0;
		if (spark === null || whole === 0) {
			const steps = Math.max(1, Math.ceil(spanMs / dayMs));
			for (let at = 0; at < steps; at += 1) addTo(fleet.range.fromMs + at * dayMs, usd / steps);
			continue;
		}
		const stepMs = spanMs / spark.length;
		spark.forEach((value, at) =>
			addTo(fleet.range.fromMs + (at + 0.5) * stepMs, (usd * value) / whole),
		);
	}
	return Array.from(days, (value) => value ?? 0);
}

/** The sum up to each day, of the days that are known. */
function running(values: readonly (number | null)[]): (number | null)[] {
	let sum = 0;
	return values.map((value) => {
		if (value === null) return null;
		sum += value;
		return Math.round(sum * 1e4) / 1e4;
	});
}

interface Forecast {
	/** From today on: the running total at the end of each day. */
	readonly path: readonly { middle: number; low: number; high: number }[];
}

/**
 * The rest of the month at the pace of the last days that are over, weekday by weekday where two
 * weeks are known; the band holds 80 % of outcomes if days vary as they have.
 */
function forecastOf(
	perDay: readonly (number | null)[],
	{ today, days }: { readonly today: number; readonly days: number },
): Forecast | null {
	const past = perDay.slice(0, today);
	const over = past.filter((value) => value !== null);
	// Days that nobody has read are no free days.
	if (over.length < past.length || over.length < daysToForecast) return null;
	const expected = (at: number): number => {
		const same = over.filter((_, day) => (day - at) % 7 === 0).slice(-2);
		const recent = over.slice(-7);
		const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
		return over.length >= 14 && same.length > 0 ? mean(same) : mean(recent);
	};
	const errors = over.slice(1).map((value, at) => value - expected(at + 1));
	const variance =
		errors.reduce((sum, error) => sum + error * error, 0) / Math.max(1, errors.length);
	let middle = over.reduce((a, b) => a + b, 0);
	const path = [];
	for (let at = today; at < days; at += 1) {
		middle += expected(at);
		const half = quantile80 * Math.sqrt(variance * (at - today + 1));
		path.push({
			middle: cents(middle),
			low: cents(Math.max(0, middle - half)),
			high: cents(middle + half),
		});
	}
	return { path };
}

function cents(value: number): number {
	return Math.round(value * 100) / 100;
}

export interface DaysInput {
	/** Dollars of each day of the span; `null` for days to come and days that are not known. */
	readonly perDay: readonly (number | null)[];
	readonly previous: readonly (number | null)[];
	readonly span: DaySpan;
	readonly nowMs: number;
	readonly currency: string;
}

/** The same curve from exact days, for any span of days. */
export function forecastFromDays(input: DaysInput): MonthCurve {
	const { perDay, previous, span, nowMs, currency } = input;
	const names = daysOf(span);
	const today = Math.min(names.length, Math.floor((nowMs - dayStart(span.fromDay)) / dayMs));
	const known = running(perDay.slice(0, today + 1));
	const before = running(previous);
	const over = today >= names.length;
	const forecast = over ? null : forecastOf(perDay, { today, days: names.length });
	const end = forecast?.path.at(-1);
	const guess = (usd: number) => knownMoney(moneyOf(usd, currency), 'estimated');
	return {
		days: names.map((day, at) => ({
			day,
			cumulativeUsd: at <= today ? (known[at] ?? null) : null,
			previousCumulativeUsd: before[at] ?? null,
			forecastUsd: at >= today ? (forecast?.path[at - today]?.middle ?? null) : null,
			forecastLowUsd: at >= today ? (forecast?.path[at - today]?.low ?? null) : null,
			forecastHighUsd: at >= today ? (forecast?.path[at - today]?.high ?? null) : null,
		})),
		forecast:
			end === undefined
				? null
				: { total: guess(end.middle), low: guess(end.low), high: guess(end.high), share: 0.8 },
	};
}
