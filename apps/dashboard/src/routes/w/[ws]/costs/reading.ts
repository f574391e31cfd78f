import { withoutSentence } from '#lib/fleet/compared.ts';
import { money, moneyWhole } from '#lib/format/money.ts';
import { share } from '#lib/format/number.ts';
import { monthName } from '#lib/format/time.ts';
import { b, type Reading } from '#lib/ui/reading.ts';

import { pastSentence } from '../past.ts';
import type { CostsAnswer } from './data.ts';
import { daySpan, driverWords } from './words.ts';

/** From which share of the difference on one driver is worth naming. */
const mainShare = 0.3;

/**
 * What the month has cost, where it is heading, and what made the difference. While the past is still
 * being read it cannot be told where to, and the difference only of accounts whose past is read.
 */
export function costsReading(answer: CostsAnswer, past: number | null = null): Reading {
	const { figures, month, period } = answer;
	if (figures.soFar === null && figures.complete.value === null) {
		return ['No cost of this month is known yet.'];
	}
	const name = monthName(period.from.slice(0, 7)).split(' ')[0] ?? '';
	const running = month.forecast !== null && figures.today !== null && past === null;
	const amount = figures.soFar ?? figures.complete.value;
	return [
		`${name} ${running || (past !== null && figures.today !== null) ? 'has cost' : 'cost'} `,
		b(money(amount?.amount)),
		...(running && month.forecast !== null
			? [' and is heading for ', b(moneyWhole(month.forecast.total.amount))]
			: []),
		'.',
		...differenceSentence(answer),
		...(past === null ? [] : [` ${pastSentence(past)}.`]),
	];
}

function differenceSentence({
	difference,
	drivers,
	completePeriod,
	previousPeriod,
	comparedWithout,
	figures,
}: CostsAnswer): Reading {
	if (difference === null || previousPeriod === null || completePeriod.days === 0) return [];
	// What is not known of the days before is no 0 to compare with.
	if (figures.complete.previous === null) return [];
	const total = Number(difference.amount);
	if (Math.abs(total) < 0.005)
		return [` ${daySpan(completePeriod)} cost as much as ${daySpan(previousPeriod)}.`];
	const word = total > 0 ? 'dearer' : 'cheaper';
	return [
		` ${daySpan(completePeriod)} is `,
		b(money(Math.abs(total))),
		` ${word} than ${daySpan(previousPeriod)}`,
		...mainDriver(drivers, total),
		'.',
		withoutAccounts(comparedWithout),
	];
}

function withoutAccounts(accounts: CostsAnswer['comparedWithout']): string {
	return accounts.length === 0 ? '' : ` ${withoutSentence(accounts)}`;
}

function mainDriver(drivers: CostsAnswer['drivers'], total: number): Reading {
	const main = drivers
		.map((one) => ({ one, part: Number(one.amount.amount) / total }))
		.filter(({ part }) => part >= mainShare)
		.sort((one, other) => other.part - one.part)[0];
	if (main === undefined) return [];
	const who = main.one.evidence[0]?.function.name;
	const percent = share(Math.min(1, main.part), 0);
	return [
		', ',
		b(percent),
		` of it ${driverWords[main.one.driver].toLowerCase()}${who === undefined ? '' : `, most of all in ${who}`}`,
	];
}
