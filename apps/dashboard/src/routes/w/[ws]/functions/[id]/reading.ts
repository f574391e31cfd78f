import type { FunctionPage } from '@lamplight/api/contract/functionPages';

import { money } from '#lib/format/money.ts';
import { countShort, errorShare, fixed, plural, share } from '#lib/format/number.ts';
import { duration } from '#lib/format/quantity.ts';
import { momentLong, type TimeView } from '#lib/format/time.ts';
import { b, type Reading } from '#lib/ui/reading.ts';

/** From which share of failures on the failing is what the reading is about. */
const failingShare = 0.01;

/** What a function did in the range, beginning with what is wrong, and what that cost. */
export function functionReading(page: FunctionPage, view: TimeView): Reading {
	const { figures } = page;
	if (figures.invocations === 0) return ['It did not run in this span.', ...waits(page)];
	const trouble = failing(page, view) ?? throttled(page);
	return trouble ?? calm(page);
}

function waits({ figures, function: one }: FunctionPage): Reading {
	if (one.goneAt !== null) return [' It is no longer in the account.'];
	return figures.completeness === 'missing' ? [' Nothing of it has been read yet.'] : [];
}

function failing(page: FunctionPage, view: TimeView): Reading | null {
	const { figures, lastDeploy, topIssue, failureCost } = page;
	if ((figures.errorShare ?? 0) < failingShare || figures.errors === null) return null;
	const worse = lastDeploy?.verdict === 'worse' ? lastDeploy : null;
	const shown = worse?.errorShare.after ?? figures.errorShare;
	const when =
		worse === null
			? 'In this span, '
			: `Since ${worse.deploy.label ?? 'the deploy'} at ${momentLong(Date.parse(worse.deploy.at), view)}, `;
	const slower = worse === null ? null : ratio(worse.p95Ms.before, worse.p95Ms.after);
	return [
		when,
		b(errorShare(shown)),
		` of requests fail${slower === null ? '' : ` and p95 is ${slower} times longer`}.`,
		...(topIssue === null
			? []
			: // An issue counts its failures in every function and since it was first seen, not in this span.
				[' Its issue seen most often is ', b(topIssue.title.slice(0, 80)), '.']),
		...(failureCost === null
			? []
			: [' The failures alone cost ', b(money(failureCost.amount)), '.']),
	];
}

function ratio(before: number | null, after: number | null): string | null {
	if (before === null || after === null || before === 0 || after / before < 1.5) return null;
	return fixed(after / before, 1);
}

function throttled({ figures }: FunctionPage): Reading | null {
	if (figures.throttles === null || figures.throttles === 0) return null;
	return [
		'It was throttled ',
		b(plural(figures.throttles, 'time')),
		`, ${errorShare(figures.throttleShare)} of its calls, and ran `,
		b(countShort(figures.invocations)),
		' times.',
	];
}

/** How far a sampled cost may be off at most, as a share of it; empty for one that is not sampled. */
function giveOrTake({ figures, costInterval }: FunctionPage): string {
	const cost = Number(figures.cost?.amount ?? 0);
	if (costInterval === undefined || cost === 0) return '';
	const off = Math.max(
		cost - Number(costInterval.low.amount),
		Number(costInterval.high.amount) - cost,
	);
	return `, give or take ${share(off / cost)}`;
}

function calm(page: FunctionPage): Reading {
	const { figures, costPerDay } = page;
	const failed =
		figures.errors === null
			? ''
			: figures.errors === 0
				? ', none failed'
				: `, ${errorShare(figures.errorShare)} failed`;
	return [
		'It ran ',
		b(figures.invocations === 1 ? 'once' : `${countShort(figures.invocations)} times`),
		`${failed}, p95 ${duration(figures.p95Ms)}`,
		...(figures.coldStartShare === null ? [] : [`, ${share(figures.coldStartShare)} cold`]),
		'.',
		...(costPerDay.value === null
			? [' Its cost cannot be priced.']
			: [' It costs ', b(money(costPerDay.value.amount)), ` a day${giveOrTake(page)}.`]),
	];
}
