import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { changedSearch, href, outerPaths, pathsOf } from './paths.ts';

const id = '402177301184.eu-west-1.checkout-authorise';
const range = { from: 'now-6h' };

function all(): Record<string, string> {
	const to = pathsOf('ws_1', range);
	return {
		home: outerPaths.home(),
		signIn: outerPaths.signIn('/w/ws_1?from=now-6h'),
		invitation: outerPaths.invitation('tok/en'),
		overview: to.overview(),
		functions: to.functions({ sort: 'cost', app: ['a', 'b'], q: '' }),
		function: to.function(id),
		functionLogs: to.function(id, 'logs', { text: 'timed out' }),
		execution: to.execution(id, '7d1e4f0a-52c8', { at: '2026-11-23T14:21:48Z' }),
		apps: to.apps(),
		app: to.app('sst:checkout/prod'),
		logs: to.logs({ text: '-debug' }),
		errors: to.errors(),
		issue: to.issue('iss_1'),
		deploys: to.deploys({ verdict: 'worse' }),
		deploy: to.deploy('dep_1'),
		concurrency: to.concurrency(),
		costs: to.costs({ month: '2026-11' }),
		watchCost: to.watchCost(),
		connections: to.connections(),
		connect: to.connect(),
		enrolment: to.enrolment('enr_1'),
		connection: to.connection('con_1'),
		settings: to.settings(),
		settingsMembers: to.settings('members'),
		more: to.more(),
	};
}

it('builds every path of the product', () => {
	expect(all()).toMatchInlineSnapshot(`
		{
		  "app": "/w/ws_1/apps/sst%3Acheckout%2Fprod?from=now-6h",
		  "apps": "/w/ws_1/apps?from=now-6h",
		  "concurrency": "/w/ws_1/concurrency?from=now-6h",
		  "connect": "/w/ws_1/connections/new",
		  "connection": "/w/ws_1/connections/con_1",
		  "connections": "/w/ws_1/connections",
		  "costs": "/w/ws_1/costs?month=2026-11",
		  "deploy": "/w/ws_1/deploys/dep_1?from=now-6h",
		  "deploys": "/w/ws_1/deploys?from=now-6h&verdict=worse",
		  "enrolment": "/w/ws_1/connections/new/enr_1",
		  "errors": "/w/ws_1/errors?from=now-6h",
		  "execution": "/w/ws_1/functions/402177301184.eu-west-1.checkout-authorise/invocations/7d1e4f0a-52c8?from=now-6h&at=2026-11-23T14%3A21%3A48Z",
		  "function": "/w/ws_1/functions/402177301184.eu-west-1.checkout-authorise?from=now-6h",
		  "functionLogs": "/w/ws_1/functions/402177301184.eu-west-1.checkout-authorise/logs?from=now-6h&text=timed+out",
		  "functions": "/w/ws_1/functions?from=now-6h&sort=cost&app=a&app=b",
		  "home": "/",
		  "invitation": "/invitations/tok%2Fen",
		  "issue": "/w/ws_1/errors/iss_1?from=now-6h",
		  "logs": "/w/ws_1/logs?from=now-6h&text=-debug",
		  "more": "/w/ws_1/more?from=now-6h",
		  "overview": "/w/ws_1?from=now-6h",
		  "settings": "/w/ws_1/settings",
		  "settingsMembers": "/w/ws_1/settings/members",
		  "signIn": "/sign-in?returnTo=%2Fw%2Fws_1%3Ffrom%3Dnow-6h",
		  "watchCost": "/w/ws_1/watch-cost",
		}
	`);
});

it('leaves out what is empty and repeats what is a list', () => {
	expect(href('/x', { a: undefined, b: '', c: ['1', '2'], d: 'e f' })).toBe('/x?c=1&c=2&d=e+f');
});

it('changes some values of a query and leaves the rest', () => {
	const from = 'https://x.test/w/1/functions?q=a&app=1&app=2&sort=cost';
	expect(changedSearch(from, { app: ['3'], q: '', sort: undefined, from: 'now-6h' })).toBe(
		'/w/1/functions?app=3&from=now-6h',
	);
});

const routesFolder = join(import.meta.dirname, '..', '..', 'routes');

/** `[id]` and its like match one segment, `(group)` matches none. */
function routePatterns(folder: string, prefix = ''): RegExp[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		if (entry.isDirectory()) {
			const group = /^\(.*\)$/.test(entry.name);
			const next = group ? prefix : `${prefix}/${entry.name.replace(/\[[^\]]+\]/, '[^/]+')}`;
			return routePatterns(join(folder, entry.name), next);
		}
		return entry.name === '+page.svelte' ? [new RegExp(`^${prefix === '' ? '/' : prefix}$`)] : [];
	});
}

it.each(Object.entries(all()))('%s leads to a page that exists', (_, path) => {
	const [route = ''] = path.split('?');
	expect(routePatterns(routesFolder).some((pattern) => pattern.test(route))).toBe(true);
});
