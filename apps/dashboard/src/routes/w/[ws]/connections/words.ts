import type { ConnectionRow } from '@lamplight/api/contract/connections';
import type { Feature } from '@lamplight/core/connection/connection';

import { money } from '#lib/format/money.ts';
import { plural, share } from '#lib/format/number.ts';
import { duration } from '#lib/format/quantity.ts';
import type { Status } from '#lib/marks/words.ts';
import { b, listOf, type Reading } from '#lib/ui/reading.ts';

import type { ConnectionsAnswer } from './data.ts';

export const featureWords: Readonly<
	Record<Feature, { readonly name: string; readonly about: string }>
> = {
	inventory: {
		name: 'Fleet and configuration',
		about: 'which functions there are, their settings, tags and apps',
	},
	metrics: {
		name: 'Metrics and charts',
		about: 'invocations, errors, durations, throttles, concurrency',
	},
	logs: {
		name: 'Executions and log lines',
		about: 'REPORT records, measured cost, errors, log search',
	},
	insights: { name: 'Logs Insights', about: 'wide searches, charged per GB by AWS' },
	costs: { name: 'The bill', about: 'Cost Explorer of the payer, once a day' },
	deploys: { name: 'Who deployed', about: 'the actor of a change, from CloudTrail' },
	organization: {
		name: 'Account names',
		about: 'the accounts of the organisation and their names',
	},
};

/** The health of a connection as a shape and a word. */
export function health(
	row: Pick<ConnectionRow, 'state' | 'exhausted' | 'slowedFromMs' | 'reason'>,
): { readonly status: Status; readonly word: string } {
	if (row.state === 'waiting') return { status: 'off', word: 'Waiting for the role' };
	if (row.state === 'paused') return { status: 'off', word: 'Paused' };
	if (row.state === 'unsafe') return { status: 'bad', word: 'Unsafe role' };
	if (row.state === 'lost') return { status: 'bad', word: 'No access' };
	if (row.exhausted) return { status: 'warn', word: 'Cap reached' };
	if (row.slowedFromMs !== null) return { status: 'warn', word: 'Slowed by its cap' };
	return row.state === 'degraded'
		? { status: 'warn', word: 'Not read in full' }
		: { status: 'ok', word: 'Healthy' };
}

/** How many accounts are well, and what is wrong with the others. */
export function connectionsReading(answer: ConnectionsAnswer): Reading {
	const { rows, totals, waiting } = answer;
	if (rows.length === 0) {
		return waiting.length > 0
			? ['The role is not there yet. It is looked for while its page is open.']
			: ['No account is connected. Connecting is read-only and takes about two minutes.'];
	}
	const sick = rows.filter((row) => ['degraded', 'lost', 'unsafe'].includes(row.state));
	const slowed = rows.filter((row) => row.slowedFromMs !== null || row.exhausted);
	const well = rows.length - new Set([...sick, ...slowed].map(({ id }) => id)).size;
	const names = (list: readonly ConnectionRow[]) =>
		listOf(list.map(({ accountName, accountId }) => accountName ?? accountId));
	const spent = totals.watchMonthToDate;
	return [
		b(
			well === rows.length
				? `All ${plural(rows.length, 'account')} are well.`
				: `${well} of ${plural(rows.length, 'account')} are well.`,
		),
		...(sick.length === 0
			? []
			: [` ${names(sick)} ${sick.length === 1 ? 'is' : 'are'} not read in full.`]),
		...(slowed.length === 0
			? []
			: [
					` ${names(slowed)} ${slowed.length === 1 ? 'is' : 'are'} read less often, to stay under the cap.`,
				]),
		...(spent === null
			? []
			: [
					' Watching has cost ',
					b(money(spent.amount)),
					` this month, ${share(Number(totals.watchCapUsdPerMonth) === 0 ? null : Number(spent.amount) / Number(totals.watchCapUsdPerMonth), 0)} of the caps.`,
				]),
	];
}

/** 1 min, or 5 min, was 1. */
export function readsEvery({ readsEveryMs, slowedFromMs }: ConnectionRow): string {
	if (readsEveryMs === null) return '–';
	const now = duration(readsEveryMs);
	return slowedFromMs === null ? now : `${now}, was ${duration(slowedFromMs)}`;
}

/** 1111 2222 3333: read aloud and compared in fours. */
export function accountDigits(id: string): string {
	return id.replace(/(\d{4})(\d{4})(\d{4})/, '$1 $2 $3');
}
