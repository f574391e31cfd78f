/** Values of a query string; a list is repeated, `undefined` and empty text are left out. */
export type Search = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The range as it stands in the URL: `now-24h`, or an ISO moment. Left out, it is the last 24 hours. */
export interface RangeSearch {
	readonly from?: string | undefined;
	readonly to?: string | undefined;
}

/** A range with both ends, as the URL holds it. */
export interface FullRange {
	readonly from: string;
	readonly to: string;
}

/** A path with its query string, empty values left out. */
export function href(path: string, search: Search = {}): string {
	const query = new URLSearchParams();
	for (const [name, value] of Object.entries(search)) {
		if (value === undefined || value === '') continue;
		if (typeof value === 'string') query.append(name, value);
		else for (const one of value) query.append(name, one);
	}
	const text = query.toString();
	return text === '' ? path : `${path}?${text}`;
}

/** A path and query with some values changed and the rest left; `undefined` or empty text removes one. */
export function changedSearch(href: string, changes: Search): string {
	const url = new URL(href);
	for (const [name, value] of Object.entries(changes)) {
		url.searchParams.delete(name);
		for (const one of typeof value === 'string' ? [value] : (value ?? [])) {
			if (one !== '') url.searchParams.append(name, one);
		}
	}
	return `${url.pathname}${url.search}`;
}

const part = encodeURIComponent;

export const functionTabs = [
	'metrics',
	'invocations',
	'logs',
	'errors',
	'cost',
	'configuration',
] as const;
export type FunctionTab = (typeof functionTabs)[number];

/** Pages outside a workspace. */
export const outerPaths = {
	/** Where the last workspace opens; `choose` stays to choose or make another. */
	home: ({ choose = false } = {}) => href('/', { choose: choose ? 'yes' : undefined }),
	signIn: (returnTo?: string) => href('/sign-in', { returnTo }),
	invitation: (token: string) => `/invitations/${part(token)}`,
} as const;

/**
 * Every path of the product. Paths within a workspace carry the time range, so that following a
 * link never changes the span a person looks at; billing pages have months of their own.
 */
export function pathsOf(ws: string, range: RangeSearch = {}) {
	const base = `/w/${part(ws)}`;
	const ranged = (path: string, search: Search = {}) =>
		href(`${base}${path}`, { ...range, ...search });
	const plain = (path: string, search: Search = {}) => href(`${base}${path}`, search);
	return {
		overview: () => ranged(''),
		functions: (search?: Search) => ranged('/functions', search),
		function: (id: string, tab: FunctionTab = 'metrics', search?: Search) =>
			ranged(`/functions/${part(id)}${tab === 'metrics' ? '' : `/${tab}`}`, search),
		/** `at` and `attempt` say which execution; the rest is the list that it is opened from. */
		execution: (id: string, requestId: string, search?: Search) =>
			ranged(`/functions/${part(id)}/invocations/${part(requestId)}`, search),
		apps: () => ranged('/apps'),
		app: (id: string) => ranged(`/apps/${part(id)}`),
		logs: (search?: Search) => ranged('/logs', search),
		errors: (search?: Search) => ranged('/errors', search),
		issue: (id: string) => ranged(`/errors/${part(id)}`),
		deploys: (search?: Search) => ranged('/deploys', search),
		deploy: (id: string) => ranged(`/deploys/${part(id)}`),
		concurrency: () => ranged('/concurrency'),
		costs: (search?: Search) => plain('/costs', search),
		watchCost: (search?: Search) => plain('/watch-cost', search),
		connections: (search?: Search) => plain('/connections', search),
		connect: (search?: Search) => plain('/connections/new', search),
		enrolment: (id: string) => plain(`/connections/new/${part(id)}`),
		connection: (id: string) => plain(`/connections/${part(id)}`),
		settings: (section: SettingsSection = 'workspace') =>
			plain(`/settings${section === 'workspace' ? '' : `/${section}`}`),
		more: () => ranged('/more'),
	} as const;
}

export const settingsSections = ['workspace', 'members', 'tokens', 'audit'] as const;
export type SettingsSection = (typeof settingsSections)[number];

export type Paths = ReturnType<typeof pathsOf>;
