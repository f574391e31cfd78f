import { invalidField, LamplightError } from '@lamplight/core/errors';
import { dayMs, monthRange, utcDay, utcMonth } from '@lamplight/core/time';

import { daysOf, type DaySpan, dayStart } from './days.ts';

/** The most days of one cost page. */
export const maxCostDays = 400;

export interface PeriodQuery {
	readonly month?: string | undefined;
	readonly from?: string | undefined;
	readonly to?: string | undefined;
	readonly compare?: 'previousMonth' | 'year' | 'none' | undefined;
}

/** The days of a cost page and those it is compared with. */
export interface CostPeriod {
	readonly span: DaySpan;
	/** Without today and days to come. */
	readonly complete: DaySpan;
	/** As many days as `complete`, a month or a year earlier; `null` when nothing is compared. */
	readonly previous: DaySpan | null;
}

/** Resolves a period at `nowMs`. Throws `invalid_input` or `too_large` naming the field. */
export function resolvePeriod(query: PeriodQuery, nowMs: number): CostPeriod {
	const span = spanOf(query, nowMs);
	const today = utcDay(nowMs);
	if (span.fromDay > today) {
		const field = query.month === undefined ? 'query.from' : 'query.month';
		throw invalidField(field, 'expected a time that has begun', query.month ?? query.from);
	}
	if (daysOf(span).length > maxCostDays) {
		throw new LamplightError('too_large', `A period may span ${maxCostDays} days.`, {
			fields: [{ path: 'query.from', message: `expected at most ${maxCostDays} days` }],
			details: { limit: 'costDays', max: maxCostDays },
		});
	}
	const yesterday = utcDay(nowMs - dayMs);
	const complete = { fromDay: span.fromDay, toDay: span.toDay < today ? span.toDay : yesterday };
	return { span, complete, previous: previousOf(complete, query.compare ?? 'previousMonth') };
}

/** A period with what of it is known for every account. */
export interface KnownPeriod extends CostPeriod {
	/** The first whole day that is known; `null` when all of the period is. */
	readonly knownFromDay: string | null;
}

/**
 * Leaves out days before everything was read: they are unknown rather than cheap. A period that is
 * not known from its first day on has nothing to be compared with, as what lies before it is not
 * known either.
 */
export function knownPart(period: CostPeriod, knownFromMs: number): KnownPeriod {
	const known = utcDay(Math.ceil(knownFromMs / dayMs) * dayMs);
	const { complete, previous, span } = period;
	const isWhole = known <= span.fromDay;
	return {
		span,
		knownFromDay: isWhole ? null : known,
		complete: isWhole ? complete : { ...complete, fromDay: known },
		previous: previous !== null && known <= previous.fromDay ? previous : null,
	};
}

/** Whether a day of the period is known for every account. */
export function isKnown({ knownFromDay }: KnownPeriod, day: string | undefined): boolean {
	return knownFromDay === null || (day !== undefined && day >= knownFromDay);
}

function spanOf(query: PeriodQuery, nowMs: number): DaySpan {
	if (query.from !== undefined || query.to !== undefined) {
		if (query.month !== undefined) {
			throw invalidField('query.month', 'expected either a month or days', query.month);
		}
		const toDay = query.to ?? utcDay(nowMs);
		const fromDay = query.from ?? `${toDay.slice(0, 7)}-01`;
		if (fromDay > toDay) throw invalidField('query.from', 'expected a day not after `to`', fromDay);
		return { fromDay, toDay };
	}
	const { fromMs, toMs } = monthRange(query.month ?? utcMonth(nowMs));
	return { fromDay: utcDay(fromMs), toDay: utcDay(toMs - dayMs) };
}

function previousOf(
	{ fromDay, toDay }: DaySpan,
	compare: 'previousMonth' | 'year' | 'none',
): DaySpan | null {
	if (compare === 'none' || toDay < fromDay) return null;
	const months = compare === 'year' ? 12 : 1;
	return { fromDay: monthsBefore(fromDay, months), toDay: monthsBefore(toDay, months) };
}

/** The same day of an earlier month, or that month's last where it has no such day. */
function monthsBefore(day: string, months: number): string {
	const at = new Date(dayStart(day));
	const first = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - months, 1);
	const last = new Date(
		Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - months + 1, 0),
	).getUTCDate();
	return utcDay(first + (Math.min(at.getUTCDate(), last) - 1) * dayMs);
}

/** A span as it goes over the wire. */
export function wireSpan(span: DaySpan) {
	return { from: span.fromDay, to: span.toDay, days: daysOf(span).length };
}
