import { money } from '#lib/format/money.ts';
import { count, countShort, plural, share } from '#lib/format/number.ts';
import { b, type Reading } from '#lib/ui/reading.ts';

import type { FunctionsAnswer } from './data.ts';

/** How much of the fleet is seen, what it did, what it cost, and who made most of that. */
export function functionsReading(answer: FunctionsAnswer): Reading {
	if (answer.countAll === 0) return ['No function is known yet.'];
	if (answer.count === 0)
		return ['None of the ', b(count(answer.countAll)), ' functions matches these filters.'];
	const accounts = answer.facets.find(({ field }) => field === 'account')?.values.length ?? 0;
	const where = accounts > 1 && answer.count === answer.countAll ? ` in ${accounts} accounts` : '';
	const of = answer.count === answer.countAll ? '' : ` of ${count(answer.countAll)}`;
	const { invocations, cost } = answer.total;
	return [
		`${count(answer.count)}${of} ${answer.countAll === 1 ? 'function' : 'functions'}${where} ran `,
		b(invocations === 1 ? 'once' : `${countShort(invocations)} times`),
		...(cost === null ? ['.'] : [' for ', b(money(cost.amount, { currency: cost.currency })), '.']),
		...dearest(answer),
	];
}

function dearest({ dearest: one }: FunctionsAnswer): Reading {
	if (one === null || one.costShare === 0) return [];
	return [
		' ',
		b(one.label),
		` is ${share(one.costShare, 0)} of the money and ${share(one.invocationShare, 0)} of the traffic.`,
	];
}

/** What to say when nothing matches: how many there are, and which filter to drop. */
export function nothingMatches(answer: FunctionsAnswer): string {
	return `${plural(answer.countAll, 'function')} ${answer.countAll === 1 ? 'is' : 'are'} in this workspace.`;
}
