import type { Role } from '@lamplight/core/ctx';

import type { ResponseOf, RouteKey } from '../contract/client.ts';
import { contract } from '../contract/contract.ts';
import type { RouteContract } from '../contract/define.ts';
import type { TestApi } from './api.ts';

export type TestRequest = {
	params?: Record<string, string>;
	query?: Record<string, string>;
	body?: unknown;
};

/** The typed client of the contract, over the app itself. */
export async function askApi<K extends RouteKey>(
	api: TestApi,
	key: K,
	request: TestRequest = {},
	role: Role = 'owner',
): Promise<ResponseOf<K>> {
	const [method = '', template = ''] = key.split(' ');
	const params: Record<string, string> = { ws: api.workspaceId, ...request.params };
	const path = template.replace(/\{(\w+)\}/g, (_, name: string) =>
		encodeURIComponent(params[name] ?? ''),
	);
	const query = new URLSearchParams(request.query).toString();
	const answer = await api.call(method, query === '' ? path : `${path}?${query}`, {
		token: await api.tokenOf(role),
		...(request.body === undefined ? {} : { body: request.body }),
	});
	if (answer.status >= 400) throw new Error(`${key}: ${answer.status} ${answer.text}`);
	const route: RouteContract = contract[key];
	return (route.mediaType === undefined ? answer.json : answer.text) as ResponseOf<K>;
}
