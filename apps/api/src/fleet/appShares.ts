import { toNumber } from '@lamplight/core/money';

import type { Overview } from '../contract/overview.ts';
import { comparedCost } from './compared.ts';
import { appLabel } from './connections.ts';
import { share, sumCost } from './figures.ts';
import type { Fleet, FleetItem } from './fleet.ts';
import { groupItems, noValue } from './list.ts';

const named = 10;

/** The dearest apps with the span before, the rest in one row, and functions without an app. */
export function appShares(fleet: Fleet): Overview['apps'] {
	const groups = groupItems(fleet.items, 'app', undefined);
	const withApp = groups.filter(({ key }) => key !== noValue);
	const without = groups.find(({ key }) => key === noValue);
	const total = sumCost(fleet.items).total;
	const whole = total === null ? 0 : toNumber(total);
	const row = (items: readonly FleetItem[], rest: number | null): Overview['apps'][number] => {
		const cost = sumCost(items);
		const owners = new Set(items.map(({ fn }) => fn.owner));
		const app = items[0]?.fn.app ?? null;
		return {
			app: rest === null && app !== null ? appLabel(app) : null,
			rest,
			owner: owners.size === 1 ? ([...owners][0] ?? null) : null,
			share: share(cost.total === null ? null : toNumber(cost.total), whole),
			cost: comparedCost(items),
		};
	};
	const rest = withApp.slice(named);
	return [
		...withApp.slice(0, named).map(({ items }) => row(items, null)),
		...(rest.length === 0
			? []
			: [
					row(
						rest.flatMap(({ items }) => items),
						rest.length,
					),
				]),
		...(without === undefined ? [] : [row(without.items, null)]),
	];
}
