import type { Shell } from '@lamplight/api/contract/workspace';

import { count, countShort } from '../format/number.ts';
import type { Paths } from '../nav/paths.ts';
import type { IconName } from '../ui/icons.ts';

export interface NavItem {
	readonly key: string;
	readonly label: string;
	readonly icon: IconName;
	/** The route below the workspace, to tell which page is open. */
	readonly route: string;
	href(to: Paths): string;
	/** A count at the right; `hot` when it asks for attention. */
	count?(shell: Shell): { readonly text: string; readonly hot: boolean } | null;
	/** Second key of the shortcut that begins with g. */
	readonly goKey: string;
	/** In the bar at the bottom of a phone; the rest is under More. */
	readonly onPhone: boolean;
}

const quiet = (value: number) => ({
	text: value < 10_000 ? count(value) : countShort(value),
	hot: false,
});

const watch: readonly NavItem[] = [
	{
		key: 'overview',
		label: 'Overview',
		icon: 'overview',
		route: '',
		href: (to) => to.overview(),
		goKey: 'o',
		onPhone: true,
	},
	{
		key: 'functions',
		label: 'Functions',
		icon: 'functions',
		route: '/functions',
		href: (to) => to.functions(),
		count: ({ counts }) => quiet(counts.functions),
		goKey: 'f',
		onPhone: true,
	},
	{
		key: 'apps',
		label: 'Apps',
		icon: 'apps',
		route: '/apps',
		href: (to) => to.apps(),
		count: ({ counts }) => quiet(counts.apps),
		goKey: 'a',
		onPhone: false,
	},
	{
		key: 'logs',
		label: 'Logs',
		icon: 'logs',
		route: '/logs',
		href: (to) => to.logs(),
		goKey: 'l',
		onPhone: false,
	},
	{
		key: 'errors',
		label: 'Errors',
		icon: 'errors',
		route: '/errors',
		href: (to) => to.errors(),
		count: ({ counts }) =>
			counts.openIssues === 0 ? null : { text: countShort(counts.openIssues), hot: true },
		goKey: 'e',
		onPhone: false,
	},
	{
		key: 'deploys',
		label: 'Deploys',
		icon: 'deploys',
		route: '/deploys',
		href: (to) => to.deploys(),
		goKey: 'd',
		onPhone: false,
	},
	{
		key: 'concurrency',
		label: 'Concurrency',
		icon: 'concurrency',
		route: '/concurrency',
		href: (to) => to.concurrency(),
		goKey: 'n',
		onPhone: false,
	},
];

const moneyPages: readonly NavItem[] = [
	{
		key: 'costs',
		label: 'Costs',
		icon: 'costs',
		route: '/costs',
		href: (to) => to.costs(),
		goKey: 'c',
		onPhone: true,
	},
	{
		key: 'watchCost',
		label: 'Watch cost',
		icon: 'watchCost',
		route: '/watch-cost',
		href: (to) => to.watchCost(),
		goKey: 'w',
		onPhone: false,
	},
];

const setUp: readonly NavItem[] = [
	{
		key: 'connections',
		label: 'Connections',
		icon: 'connections',
		route: '/connections',
		href: (to) => to.connections(),
		count: ({ counts }) => quiet(counts.connections),
		goKey: 'k',
		onPhone: true,
	},
	{
		key: 'settings',
		label: 'Settings',
		icon: 'settings',
		route: '/settings',
		href: (to) => to.settings(),
		goKey: 's',
		onPhone: false,
	},
];

/** The navigation in its sections. */
export const navSections = [
	{ title: 'Watch', items: watch },
	{ title: 'Money', items: moneyPages },
	{ title: 'Set-up', items: setUp },
] as const;

export const navItems: readonly NavItem[] = navSections.flatMap(({ items }) => items);

/** The item whose page a route belongs to. */
export function currentItem(routeId: string | null): NavItem | null {
	const route = (routeId ?? '').replace('/w/[ws]', '');
	if (route === '') return navItems[0] ?? null;
	return navItems.find((item) => item.route !== '' && route.startsWith(item.route)) ?? null;
}

/** Which period the top bar offers on a route: a range of time, a billing month, or none. */
export function periodOf(routeId: string | null): 'range' | 'month' | 'none' {
	const key = currentItem(routeId)?.key;
	if (key === 'costs' || key === 'watchCost') return 'month';
	return key === 'connections' || key === 'settings' ? 'none' : 'range';
}
