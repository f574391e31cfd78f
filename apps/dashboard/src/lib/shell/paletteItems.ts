import type { SearchHit } from '@lamplight/api/contract/workspace';

import { countShort, plural } from '../format/number.ts';
import { momentLong, type TimeView } from '../format/time.ts';
import type { Paths } from '../nav/paths.ts';
import { parseTypedRange } from '../state/typedRange.ts';
import type { IconName } from '../ui/icons.ts';
import { navItems } from './navigation.ts';

/** One line of the palette: where it leads, or the range it sets. */
export interface PaletteItem {
	readonly id: string;
	readonly icon: IconName;
	readonly label: string;
	readonly note: string;
	readonly href?: string;
	readonly range?: { readonly from: string; readonly to: string };
}

/** Pages whose name holds what was typed; all of them for nothing. */
export function pageItems(typed: string, to: Paths): PaletteItem[] {
	const text = typed.trim().toLowerCase();
	const pages = navItems.map((item) => ({
		id: `page:${item.key}`,
		icon: item.icon,
		label: item.label,
		note: 'page',
		href: item.href(to),
	}));
	const connect = {
		id: 'page:connect',
		icon: 'plus' as const,
		label: 'Connect an account',
		note: 'set-up',
		href: to.connect(),
	};
	return [...pages, connect].filter(({ label }) => label.toLowerCase().includes(text));
}

/** A range of time, when what was typed is one. */
export function rangeItem(typed: string, view: TimeView): PaletteItem[] {
	if (!/\d|today|yesterday/i.test(typed)) return [];
	const read = parseTypedRange(typed, view);
	if (!read.ok) return [];
	return [
		{
			id: 'range',
			icon: 'clock',
			label: `Go to a time: “${typed.trim()}”`,
			note: 'range',
			range: read.range,
		},
	];
}

/** What the server found, as lines. */
export function hitItems(hits: readonly SearchHit[], to: Paths, view: TimeView): PaletteItem[] {
	return hits.map((hit) => hitItem(hit, to, view));
}

function hitItem(hit: SearchHit, to: Paths, view: TimeView): PaletteItem {
	switch (hit.kind) {
		case 'function': {
			const { id, name, app, accountName, accountId, region } = hit.function;
			const place = [app?.name, accountName ?? accountId, region].filter(Boolean).join(', ');
			return {
				id: `function:${id}`,
				icon: 'functions',
				label: name,
				note: place,
				href: to.function(id),
			};
		}
		case 'app':
			return {
				id: `app:${hit.appId}`,
				icon: 'apps',
				label: hit.name,
				note: `app, ${plural(hit.functions, 'function')}`,
				href: to.app(hit.appId),
			};
		case 'issue': {
			const label = hit.functionName === null ? hit.title : `${hit.title} in ${hit.functionName}`;
			return {
				id: `issue:${hit.issueId}`,
				icon: 'errors',
				label,
				note: `issue, ${countShort(hit.count)}`,
				href: to.issue(hit.issueId),
			};
		}
		case 'deploy': {
			const label = [hit.app, hit.label].filter(Boolean).join(' ') || 'Deploy';
			return {
				id: `deploy:${hit.deployId}`,
				icon: 'deploys',
				label,
				note: `deploy, ${momentLong(Date.parse(hit.at), view)}`,
				href: to.deploy(hit.deployId),
			};
		}
		case 'execution':
			return {
				id: `execution:${hit.requestId}`,
				icon: 'logs',
				label: hit.requestId,
				note: `execution of ${hit.function.name}`,
				href: to.execution(hit.function.id, hit.requestId, { at: hit.at }),
			};
		case 'connection':
			return {
				id: `connection:${hit.connectionId}`,
				icon: 'connections',
				label: hit.accountName ?? hit.accountId,
				note: `account ${hit.accountId}`,
				href: to.connection(hit.connectionId),
			};
	}
}
