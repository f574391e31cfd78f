import type { QueryClient } from '@tanstack/svelte-query';
import { dayMs } from '@lamplight/core/time';

import { asProblem } from '#lib/api/problem.ts';
import { plural } from '#lib/format/number.ts';
import { toasts } from '#lib/state/toasts.svelte.ts';

import { changeIssues, type IssueChange } from './data.ts';

type State = IssueChange['state'];

const done: Readonly<Record<State, string>> = {
	open: 'reopened',
	resolved: 'resolved',
	ignored: 'ignored for 7 days',
};
const ignoredForMs = 7 * dayMs;

/** Changes issues and says so, with an undo that puts each back to what it was. */
export async function change(
	client: QueryClient,
	ws: string,
	ids: readonly string[],
	state: State,
): Promise<void> {
	try {
		const until =
			state === 'ignored' ? { until: new Date(Date.now() + ignoredForMs).toISOString() } : {};
		const { changed, notFound } = await changeIssues(ws, ids, { state, ...until });
		await refresh(client);
		if (changed.length > 0) {
			toasts.show(`${plural(changed.length, 'issue')} ${done[state]}`, {
				label: 'Undo',
				run: () => void undo(client, ws, changed),
			});
		}
		if (notFound.length > 0) toasts.failed(`${plural(notFound.length, 'issue')} no longer there`);
	} catch (error) {
		toasts.failed(`Nothing was changed: ${asProblem(error).message}`);
	}
}

type Changed = Awaited<ReturnType<typeof changeIssues>>['changed'];

async function undo(client: QueryClient, ws: string, changed: Changed): Promise<void> {
	const states = new Map<State, string[]>();
	for (const { id, before } of changed) {
		const state = before === 'regressed' ? 'open' : before;
		states.set(state, [...(states.get(state) ?? []), id]);
	}
	try {
		for (const [state, ids] of states) await changeIssues(ws, ids, { state });
		await refresh(client);
	} catch (error) {
		toasts.failed(`Not undone: ${asProblem(error).message}`);
	}
}

async function refresh(client: QueryClient): Promise<void> {
	await Promise.all(
		['issues', 'issue', 'shell'].map((key) => client.invalidateQueries({ queryKey: [key] })),
	);
}
