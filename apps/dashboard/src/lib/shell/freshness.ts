import type { Freshness } from '@lamplight/api/contract/workspace';
import { minuteMs } from '@lamplight/core/time';

import { plural, unknown } from '../format/number.ts';
import { clock, coarse, type TimeView } from '../format/time.ts';

/** How far the figures are behind the present, as everywhere: from the end of the newest minute that was read. */
export function behind({ newestMinute }: Pick<Freshness, 'newestMinute'>, nowMs: number): string {
	if (newestMinute === null) return unknown;
	return `${coarse(Math.max(0, nowMs - Date.parse(newestMinute) - minuteMs))} behind`;
}

/** Connections that nobody reads, and so are counted neither as read nor as late; empty when there are none. */
export function notRead({ waiting, paused }: Pick<Freshness, 'waiting' | 'paused'>): string {
	return [waiting > 0 ? [`${waiting} waiting`] : [], paused > 0 ? [`${paused} paused`] : []]
		.flat()
		.join(', ');
}

function accounts(freshness: Freshness): string {
	const { connectionsRead, connections } = freshness;
	return `${connectionsRead} of ${plural(connections, 'account')}`;
}

/** What stands beside the lamp: how fresh, and how many of the accounts are read. */
export function freshnessText(freshness: Freshness, { zone, nowMs }: TimeView): string {
	const { lamp, newestMinute } = freshness;
	const apart = notRead(freshness);
	const besides = apart === '' ? '' : `, ${apart}`;
	if (lamp === 'reading') return `reading: ${accounts(freshness)} so far${besides}`;
	if (lamp === 'none' || newestMinute === null) return `nothing read yet${besides}`;
	const at = clock(Date.parse(newestMinute), zone);
	if (lamp === 'out') return `nothing heard since ${at}`;
	if (lamp === 'late') return `late: ${at}, ${accounts(freshness)}${besides}`;
	return `${behind(freshness, nowMs)}, ${accounts(freshness)}${besides}`;
}
