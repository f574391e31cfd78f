import type { Attention, Overview } from '@lamplight/api/contract/overview';
import type { TroubledConnection } from '@lamplight/api/contract/workspace';

import { withoutSentence } from '#lib/fleet/compared.ts';
import { moneyWhole, money } from '#lib/format/money.ts';
import { errorShare, plural } from '#lib/format/number.ts';
import { duration } from '#lib/format/quantity.ts';
import { moment, type TimeView } from '#lib/format/time.ts';
import { b, type Reading } from '#lib/ui/reading.ts';

import { pastSentence, wholeFrom } from './past.ts';

/** What needs somebody; accounts that are not read for the same reason are one thing. */
export type Finding =
	Attention | { readonly kind: 'connections'; readonly connections: readonly TroubledConnection[] };

/** The findings in their order, with accounts of one cause joined at the place of the first. */
export function findings(list: readonly Attention[]): Finding[] {
	const joined: Finding[] = [];
	const byReason = new Map<string, TroubledConnection[]>();
	for (const one of list) {
		if (one.kind !== 'connection') {
			joined.push(one);
			continue;
		}
		const reason = one.connection.reason ?? one.connection.state;
		const known = byReason.get(reason);
		if (known !== undefined) {
			known.push(one.connection);
			continue;
		}
		const connections = [one.connection];
		byReason.set(reason, connections);
		joined.push({ kind: 'connections', connections });
	}
	return joined;
}

/**
 * What the overview says in a sentence or two: what needs somebody, and where the month is going; that
 * cannot be told while the past is still being read.
 */
export function overviewReading(
	overview: Overview,
	view: TimeView,
	past: number | null = null,
): Reading {
	if (overview.functionsTotal === 0)
		return [
			'No function is known yet. The first figures arrive a few minutes after an account is connected.',
		];
	const [first, ...rest] = findings(overview.attention);
	const without =
		past !== null || overview.figures.invocations.previous === null
			? ''
			: withoutSentence(overview.comparedWithout);
	const month: Reading = [
		...(past === null ? monthSentence(overview) : [`${pastSentence(past)}.`]),
		...(without === '' ? [] : [` ${without}`]),
	];
	if (first === undefined) {
		return [
			b('All is quiet.'),
			` ${ranSentence(overview)}${month.length === 0 ? '' : ' '}`,
			...month,
		];
	}
	const head =
		rest.length === 0
			? 'One thing needs you: '
			: `${plural(rest.length + 1, 'thing')} need you. First: `;
	return [
		b(head.trimEnd()),
		' ',
		...findingSentence(first, view),
		month.length === 0 ? '' : ' ',
		...month,
	];
}

function ranSentence({ functionsRan, functionsTotal, movers }: Overview): string {
	const ran = `${plural(functionsRan, 'function')} of ${functionsTotal} ran in this span`;
	// Of a span before that nobody has read, nothing can be said.
	return movers === null ? `${ran}.` : `${ran}, none of them worse than before.`;
}

function monthSentence({ month, figures, monthKnownFrom }: Overview): Reading {
	if (month.forecast !== null) {
		return ['The month is heading for ', b(moneyWhole(month.forecast.total.amount)), '.'];
	}
	const soFar = figures.costMonth.value;
	const whole = wholeFrom(monthKnownFrom);
	return soFar === null
		? []
		: [
				'The month has cost ',
				b(money(soFar.amount)),
				whole === null ? ' so far.' : ` so far, ${whole}.`,
			];
}

/** One finding as a sentence. */
export function findingSentence(attention: Finding, view: TimeView): Reading {
	const at = (iso: string) => moment(Date.parse(iso), view);
	switch (attention.kind) {
		case 'failing': {
			const { deploy, since } = attention;
			const label = deploy?.label ?? null;
			const from =
				deploy !== null
					? ` since ${label ?? 'a deploy'} went out, ${at(deploy.at)}`
					: since === null
						? ''
						: ` since ${at(since)}`;
			return [
				`${attention.function.name} fails `,
				b(errorShare(attention.errorShare)),
				` of its requests${from}.`,
			];
		}
		case 'throttled': {
			const reserve = attention.reservedConcurrency;
			const why = reserve === null ? '' : `: all ${reserve} reserved are in use`;
			return [
				`${attention.function.name} was throttled `,
				b(plural(attention.throttles, 'time')),
				`${why}.`,
			];
		}
		case 'slower':
			return [
				`${attention.function.name} takes `,
				b(duration(attention.p95Ms)),
				` at p95, before ${duration(attention.previousP95Ms)}.`,
			];
		case 'connection':
			return accountsSentence([attention.connection]);
		case 'connections':
			return accountsSentence(attention.connections);
		case 'watchCap':
			return [
				`watching ${attention.accountName ?? 'an account'} has used `,
				b(`${Math.round(attention.usedShare * 100)}\u00a0%`),
				' of its cap, so it is read less often.',
			];
	}
}

function accountsSentence(connections: readonly TroubledConnection[]): Reading {
	const names = connections.map(({ accountName, accountId }) => accountName ?? accountId);
	const reason = connections[0]?.reason ?? null;
	const why = reason === null ? '' : `: ${reason.replace(/\.$/, '')}`;
	return names.length === 1
		? [`the account ${names[0] ?? ''} is not read in full${why}.`]
		: [b(`${names.length} accounts`), ` are not read in full${why}.`];
}
