import type { Connection } from '@lamplight/core/connection/connection';
import { invalidField, LamplightError } from '@lamplight/core/errors';
import { dayMs, monthRange, utcDay, utcMonth } from '@lamplight/core/time';

import {
	accountKnownFromMs,
	type ComparedAccounts,
	comparedSince,
	readAccounts,
} from '../fleet/knownFrom.ts';
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

/** A period with what of it is known, and for which accounts. */
export interface KnownPeriod extends CostPeriod {
	/** The first whole day that is known for every account; `null` when all of the period is. */
	readonly knownFromDay: string | null;
	/** The accounts that it is compared over. */
	readonly compared: ComparedAccounts;
}

/**
 * Leaves out days before any account was read: they are unknown rather than cheap. Compared are the
 * accounts that the period before is known of; without one it has nothing to be compared with.
 */
export function knownPart(period: CostPeriod, connections: readonly Connection[]): KnownPeriod {
	const dayOf = (one: Connection) => utcDay(Math.ceil(accountKnownFromMs(one) / dayMs) * dayMs);
	const days = readAccounts(connections).map(dayOf).sort();
	const { complete, previous, span } = period;
	const [first = span.fromDay] = days;
	const last = days.at(-1) ?? span.fromDay;
	const since = previous === null ? 0 : dayStart(previous.fromDay);
	const compared = comparedSince(connections, since);
	return {
		span,
		knownFromDay: last <= span.fromDay ? null : last,
		complete: first <= span.fromDay ? complete : { ...complete, fromDay: first },
		previous: compared.isAny ? previous : null,
		compared,
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
