import type { Call } from '@lamplight/api/contract/client';
import { expect, it } from 'vitest';

import { isTooLong, makeLongFile } from './longFile.ts';
import { ApiProblem } from './problem.ts';

const queued = { id: 'exp_1', state: 'queued', share: 0, link: null, problem: null };

async function made(answers: readonly object[]) {
	const asked: string[] = [];
	const shares: number[] = [];
	let at = 0;
	const call = (async (key: string, request: object) => {
		asked.push(`${key} ${JSON.stringify(request)}`);
		return answers[at++];
	}) as unknown as Call;
	const deps = { call, wait: async () => undefined, onShare: (one: number) => shares.push(one) };
	const file = makeLongFile(deps, 'ws_1', { what: 'costs', form: 'csv', query: { by: 'app' } });
	return { file: await file.catch((error: unknown) => error), asked, shares };
}

it('asks once, looks until there is a link, and tells how far it is', async () => {
	const { file, asked, shares } = await made([
		queued,
		{ ...queued, state: 'running', share: 0.4 },
		{ ...queued, state: 'ready', share: 1, link: { url: 'https://files.example/1' } },
	]);
	expect(file).toMatchObject({ url: 'https://files.example/1' });
	expect(shares).toEqual([0, 0.4]);
	expect(asked).toEqual([
		'POST /v1/w/{ws}/exports {"params":{"ws":"ws_1"},"body":{"what":"costs","form":"csv","query":{"by":"app"}}}',
		'GET /v1/w/{ws}/exports/{exportId} {"params":{"ws":"ws_1","exportId":"exp_1"}}',
		'GET /v1/w/{ws}/exports/{exportId} {"params":{"ws":"ws_1","exportId":"exp_1"}}',
	]);
});

it('fails with what the job says', async () => {
	const problem = { code: 'too_large', message: 'A file holds 5000000 rows.' };
	const { file } = await made([queued, { ...queued, state: 'failed', problem }]);
	expect(file).toBeInstanceOf(ApiProblem);
	expect(file).toMatchObject({ code: 'too_large', message: 'A file holds 5000000 rows.' });
});

it('takes the job for what is too long alone', () => {
	const tooLong = (status: number) => isTooLong(new ApiProblem(status, { detail: 'x' }));
	expect([413, 502, 504].map(tooLong)).toEqual([true, true, true]);
	expect([401, 403, 422, 429, 500, 0].some(tooLong)).toBe(false);
});
