import { setTimeout as sleep } from 'node:timers/promises';

import { type ApiCaller, signIn } from '../support/signIn.ts';
import type { Product } from '../support/product.ts';

/** How long calls took and which of them failed, while people clicked. */
export interface Clicks {
	/** Milliseconds by what was asked for; `nothing` is an authenticated route that reads nothing. */
	readonly timesMs: ReadonlyMap<string, number[]>;
	/** Answers that no page should get, each in a line. */
	readonly failures: readonly string[];
}

/** Calls that a page makes, one after the other. Paths are within the workspace. */
type PageCalls = (ask: Ask, query: string) => Promise<void>;
/** Asks for a path; answers an empty object where the API refused, which is counted. */
type Ask = (name: string, path: string) => Promise<Answer>;
interface Answer {
	readonly rows?: readonly Readonly<Record<string, unknown>>[];
}

const windows = ['now-1h', 'now-24h', 'now-7d', 'now-30d'];
/** From one page to the next. */
const thinkMs = { least: 300, most: 1_500 };
/** An access token lives 15 minutes. */
const renewEveryMs = 8 * 60_000;

/** The first row's value under a name; what is not there yet is not looked at. */
const first = ({ rows = [] }: Answer, name: string, at: number): string | null => {
	const value = rows[at % Math.max(1, rows.length)]?.[name];
	return typeof value === 'string' ? encodeURIComponent(value) : null;
};

/** Every page, as calls to the API. `at` picks among the rows of a list, another each time. */
const pages = (at: number): Readonly<Record<string, PageCalls>> => ({
	overview: async (ask, query) => void (await ask('overview', `overview?${query}`)),
	function: async (ask, query) => {
		const id = first(await ask('functions', `functions?limit=100&${query}`), 'id', at);
		if (id === null) return;
		await ask('function', `functions/${id}?${query}`);
		await ask('series', `functions/${id}/series?${query}`);
		await ask('function cost', `functions/${id}/cost?${query}`);
		const executions = await ask('executions', `functions/${id}/executions?${query}`);
		const requestId = first(executions, 'requestId', at);
		const began = first(executions, 'at', at);
		if (requestId === null || began === null) return;
		await ask('execution', `functions/${id}/executions/${requestId}?at=${began}`);
	},
	errors: async (ask, query) => {
		const id = first(await ask('issues', `issues?${query}`), 'id', at);
		if (id !== null) await ask('issue', `issues/${id}?${query}`);
	},
	apps: async (ask, query) => {
		const id = first(await ask('apps', `apps?${query}`), 'id', at);
		if (id !== null) await ask('app', `apps/${id}?${query}`);
	},
	deploys: async (ask, query) => {
		const id = first(await ask('deploys', `deploys?${query}`), 'id', at);
		if (id !== null) await ask('deploy', `deploys/${id}?${query}`);
	},
	concurrency: async (ask, query) => void (await ask('concurrency', `concurrency?${query}`)),
	costs: async (ask) => void (await ask('costs', 'costs')),
	'watch cost': async (ask) => void (await ask('watch cost', 'watch-cost')),
	connections: async (ask) => {
		const id = first(await ask('connections', 'connections'), 'id', at);
		if (id !== null) await ask('connection', `connections/${id}`);
	},
});

/** People of every role who go from page to page until told to stop. */
export function clickAround(
	product: Product,
	users: number,
	signal: AbortSignal,
): Clicks & { readonly done: Promise<void> } {
	const timesMs = new Map<string, number[]>();
	const failures: string[] = [];
	const links = Object.values(product.signInLinks);
	const sessions = links.map((link) => signIn(product.url, link));
	const one = async (number: number): Promise<void> => {
		const session = await sessions[number % sessions.length];
		if (session === undefined) throw new Error('the product gave no sign-in link');
		const ask = asker({ product, session, timesMs, failures });
		for (let at = number; !signal.aborted; at += 1) {
			const calls = Object.values(pages(at));
			const query = `from=${windows[Math.floor(at / calls.length) % windows.length]}&to=now`;
			await calls[at % calls.length]?.(ask, query);
			await ask('nothing', 'views?page=none');
			const share = ((at * 7_919) % 100) / 100;
			await pause(thinkMs.least + share * (thinkMs.most - thinkMs.least), signal);
		}
	};
	const renewing = sessions.map(async (session) => {
		while (!signal.aborted) {
			await pause(renewEveryMs, signal);
			if (!signal.aborted) await (await session).renew();
		}
	});
	const clicking = Array.from({ length: users }, (_, number) => one(number));
	const done = Promise.all([...clicking, ...renewing]).then(() => undefined);
	return { timesMs, failures, done };
}

interface AskerParts {
	readonly product: Product;
	readonly session: ApiCaller;
	readonly timesMs: Map<string, number[]>;
	readonly failures: string[];
}

function asker({ product, session, timesMs, failures }: AskerParts): Ask {
	return async (name, path) => {
		const askedMs = performance.now();
		try {
			const { status, body } = await session.get(`/v1/w/${product.workspaceId}/${path}`);
			(timesMs.get(name) ?? startList(timesMs, name)).push(performance.now() - askedMs);
			if (status === 200) return body as Answer;
			failures.push(`${path}: ${status} ${JSON.stringify(body).slice(0, 300)}`);
		} catch (error) {
			failures.push(`${path}: ${why(error)}`);
		}
		return {};
	};
}

/** What `fetch` says of a failure, and the reason behind it. */
function why(error: unknown): string {
	if (!(error instanceof Error)) return 'no answer';
	return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

/** Waits, or returns early once the soak is over. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
	await sleep(ms, undefined, { signal }).catch(() => undefined);
}

function startList(timesMs: Map<string, number[]>, name: string): number[] {
	const list: number[] = [];
	timesMs.set(name, list);
	return list;
}
