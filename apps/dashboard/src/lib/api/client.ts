import { QueryClient, keepPreviousData } from '@tanstack/svelte-query';

import { createCall, send, type CallDeps } from './call.ts';
import { asProblem, readProblem, worthRetrying } from './problem.ts';
import { session } from './session.svelte.ts';

const deps: CallDeps = {
	fetch: (input, init) => fetch(input, init),
	accessToken: (fresh) => session.accessToken(fresh),
};

/** Calls the API as the person signed in. */
export const call = createCall(deps);

/** How often a page on a live range asks again. */
export const liveIntervalMs = 60_000;

const retries = 2;

/** Server state: old figures stay while new ones load, and only what may succeed is asked again. */
export function createQueryClient(): QueryClient {
	return new QueryClient({
		defaultOptions: {
			queries: {
				staleTime: 20_000,
				gcTime: 10 * 60_000,
				placeholderData: keepPreviousData,
				refetchOnWindowFocus: true,
				retry: (failures, error) => failures < retries && worthRetrying(asProblem(error)),
				retryDelay: (failures) => Math.min(8_000, 600 * 2 ** failures),
				// A fetch is attempted even when the browser believes it is offline: the API may be local.
				networkMode: 'always',
			},
			mutations: { networkMode: 'always' },
		},
	});
}

type ExportKey = Extract<Parameters<typeof call>[0], `GET /v1/w/{ws}/exports/${string}`>;

/** Fetches a file with the session's token and hands it to the browser to keep. */
export async function download<K extends ExportKey>(
	key: K,
	request: Parameters<typeof call<K>>[1],
	fileName: string,
): Promise<void> {
	const response = await send(deps, key, request);
	if (!response.ok) throw await readProblem(response);
	saveAs(await response.blob(), fileName);
}

/** Hands a file made here to the browser to keep. */
export function saveAs(blob: Blob, fileName: string): void {
	const href = URL.createObjectURL(blob);
	const link = document.createElement('a');
	link.href = href;
	link.download = fileName;
	link.click();
	URL.revokeObjectURL(href);
}
