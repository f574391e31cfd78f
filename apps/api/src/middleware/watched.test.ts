import { minuteMs } from '@lamplight/core/time';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createApp } from '../app.ts';
import { dataNowMs, startTestApi, type TestApi } from '../testing/api.ts';

let nowMs = dataNowMs;
let api: TestApi;
let token: string;
beforeAll(async () => {
	api = await startTestApi({ clock: () => nowMs });
	token = await api.tokenOf('viewer');
});
afterAll(() => api.close());

const look = async (app: TestApi['app'], path = `/v1/w/${api.workspaceId}`) =>
	(await app.request(path, { headers: { authorization: `Bearer ${token}` } })).status;
const watchedMs = () => api.store.rollups.watchedMs(api.ctx);

test('that somebody looks is noted by whatever is asked of a workspace, every five minutes', async () => {
	const { app } = api;
	expect(await look(app, '/v1/me')).toBe(200);
	expect(await watchedMs()).toBeNull();
	expect(await look(app)).toBe(200);
	expect(await watchedMs()).toBe(dataNowMs);
	nowMs = dataNowMs + 4 * minuteMs;
	expect(await look(app)).toBe(200);
	expect(await watchedMs()).toBe(dataNowMs);
	nowMs = dataNowMs + 5 * minuteMs;
	expect(await look(app)).toBe(200);
	expect(await watchedMs()).toBe(nowMs);
});

test('an answer does not depend on whether it could be noted', async () => {
	const failures: string[] = [];
	const rollups = {
		...api.store.rollups,
		noteWatched: () => Promise.reject(new Error('no room for it')),
	};
	const log = { ...api.deps.log, error: (message: string) => void failures.push(message) };
	const app = createApp({ ...api.deps, log, store: { ...api.store, rollups } });
	expect(await look(app)).toBe(200);
	expect(failures).toEqual(['could not note that somebody looks']);
});
