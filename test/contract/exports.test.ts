import { createHash } from 'node:crypto';

import type { ResponseOf } from '@lamplight/api/contract/client';
import { dataNowMs, emailOf, newId, startTestApi, type TestApi } from '@lamplight/api/testing/api';
import { askApi } from '@lamplight/api/testing/client';
import { seedFleet } from '@lamplight/api/testing/fleet';
import { createAws } from '@lamplight/aws/aws';
import type { Role } from '@lamplight/core/ctx';
import {
	type Export,
	exportFileKey,
	exportStalledMs,
	maxUnfinishedExports,
	queuedExport,
} from '@lamplight/core/export/export';
import { exportIdSchema } from '@lamplight/core/ids';
import type { JobDeps } from '@lamplight/jobs/deps';
import { createMemory } from '@lamplight/jobs/memory';
import { pollQueue } from '@lamplight/jobs/queue';
import { workMessage } from '@lamplight/jobs/work';
import { createExportFiles } from '@lamplight/store/exports/files';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

type View = ResponseOf<'GET /v1/w/{ws}/exports/{exportId}'>;

let api: TestApi;
let jobs: JobDeps;
const ending = new AbortController();
const logged: string[] = [];

beforeAll(async () => {
	api = await startTestApi({ rateLimit: () => undefined });
	await seedFleet(api.store, api.ctx, { nowMs: dataNowMs });
	const { store, clock, wallClock, connect } = api.deps;
	jobs = {
		store,
		aws: createAws({ clock, wallClock, region: 'us-east-1' }),
		clock,
		wallClock,
		randomBytes: connect.randomBytes,
		queue: { send: () => Promise.reject(new Error('an export sends nothing on')) },
		files: createExportFiles({
			bucket: api.files.bucket,
			region: 'us-east-1',
			standIn: api.files,
		}),
		memory: createMemory(),
		log: (event, facts) => void logged.push(JSON.stringify({ event, ...facts })),
	};
	// The real worker on the real queue.
	void pollQueue({
		sqs: api.sqs,
		queueUrl: api.queue.urls['collect'] ?? '',
		width: 2,
		visibilitySeconds: 60,
		signal: ending.signal,
		log: jobs.log,
		work: (body) => workMessage(jobs, body),
	});
});
afterEach(async () => {
	for (const { id } of await api.store.exports.list(api.ctx)) {
		await api.store.exports.remove(api.ctx, id);
	}
});
afterAll(async () => {
	ending.abort();
	jobs.aws.close();
	await api.close();
});

/** One that waits, of which the queue knows nothing. */
async function waiting(query: Export['query'] = {}, nowMs = api.deps.wallClock()): Promise<Export> {
	const made = queuedExport(
		{
			id: exportIdSchema.parse(newId('exp')),
			workspaceId: api.workspaceId,
			what: 'costs',
			form: 'csv',
			query,
			askedBy: { kind: 'job', name: 'test' },
			dataNowMs,
		},
		nowMs,
	);
	await api.store.exports.create(api.ctx, made);
	return made;
}

const work = (deps: JobDeps, { workspaceId, id: exportId }: Export) =>
	workMessage(
		deps,
		JSON.stringify({ kind: 'export', workspaceId, exportId, plannedMs: dataNowMs }),
	);

const ask = (body: unknown, role: Role = 'owner') =>
	askApi(api, 'POST /v1/w/{ws}/exports', { body }, role);
const look = (exportId: string, role: Role = 'owner') =>
	askApi(api, 'GET /v1/w/{ws}/exports/{exportId}', { params: { exportId } }, role);

async function finished(exportId: string): Promise<View> {
	for (let turn = 0; turn < 200; turn += 1) {
		const view = await look(exportId);
		if (view.state === 'ready' || view.state === 'failed') return view;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	throw new Error('the export did not end');
}

async function fileOf(view: View): Promise<string> {
	expect(view.problem).toBeNull();
	const answer = await fetch(view.link?.url ?? '');
	expect(answer.status).toBe(200);
	expect(answer.headers.get('content-disposition')).toContain(view.fileName);
	return answer.text();
}

const rawPost = async (body: unknown, token?: string) =>
	api.call('POST', `/v1/w/${api.workspaceId}/exports`, {
		token: token ?? (await api.tokenOf('owner')),
		body,
	});

describe('a file made by a job', () => {
	it.each([
		['costs by component', 'costs.csv', { what: 'costs', form: 'csv', query: {} }],
		['costs by function', 'costs.csv', { what: 'costs', form: 'csv', query: { by: 'function' } }],
		[
			'one account’s costs on the net basis',
			'costs.csv',
			{
				what: 'costs',
				form: 'csv',
				query: { by: 'app', basis: 'netUnblended', account: '111111111111' },
			},
		],
		['costs as JSON', 'costs.json', { what: 'costs', form: 'json', query: { by: 'region' } }],
		['FOCUS', 'focus.csv', { what: 'costs', form: 'focus', query: { from: '2026-11-15' } }],
		['the fleet', 'functions.csv', { what: 'functions', form: 'csv', query: { sort: 'name' } }],
		[
			'a filtered fleet',
			'functions.csv',
			{ what: 'functions', form: 'csv', query: { from: 'now-7d', region: ['eu-west-1'] } },
		],
	] as const)('of %s is the direct answer, byte for byte', async (_, direct, body) => {
		const begun = await ask(body);
		expect(begun).toMatchObject({ state: 'queued', link: null, file: null });
		const view = await finished(begun.id);
		const text = await fileOf(view);
		const search = new URLSearchParams();
		for (const [name, value] of Object.entries<string | readonly string[]>(body.query)) {
			for (const one of [value].flat()) search.append(name, one);
		}
		const same = await api.call(
			'GET',
			`/v1/w/${api.workspaceId}/exports/${direct}?${search.toString()}`,
			{ token: await api.tokenOf('viewer') },
		);
		expect(same.status).toBe(200);
		const isJson = direct.endsWith('.json');
		if (isJson) expect(JSON.parse(text)).toEqual(JSON.parse(same.text));
		else expect(text).toBe(same.text);
		const rows = isJson
			? (JSON.parse(text) as { rows: unknown[] }).rows.length
			: text.split('\r\n').length - 2;
		expect(rows).toBeGreaterThan(2);
		expect(view.file).toEqual({
			bytes: Buffer.byteLength(text),
			rows,
			sha256: createHash('sha256').update(text).digest('hex'),
		});
		expect(view.share).toBe(1);
	});

	it('holds the fleet as JSON by the columns’ names', async () => {
		const begun = await ask({ what: 'functions', form: 'json' });
		const { rows } = JSON.parse(await fileOf(await finished(begun.id))) as {
			rows: Record<string, unknown>[];
		};
		expect(rows).toHaveLength(24);
		expect(Object.keys(rows[0] ?? {})).toContain('cost per 1000');
	});

	it('is for every role that reads costs and for export tokens, and is noted in the audit log', async () => {
		for (const role of ['finance', 'viewer'] as const) {
			const begun = await ask({ what: 'costs', form: 'csv' }, role);
			expect(begun.askedBy).toBe(emailOf(role));
			expect((await look(begun.id, role)).id).toBe(begun.id);
		}
		const { secret } = await askApi(api, 'POST /v1/w/{ws}/tokens', {
			body: { name: 'nightly', scopes: ['export'] },
		});
		expect((await rawPost({ what: 'costs', form: 'focus' }, secret)).status).toBe(202);
		const { secret: reader } = await askApi(api, 'POST /v1/w/{ws}/tokens', {
			body: { name: 'reader', scopes: ['read'] },
		});
		expect((await rawPost({ what: 'costs', form: 'focus' }, reader)).status).toBe(403);
		const { exports } = await askApi(api, 'GET /v1/w/{ws}/exports');
		expect(exports.map(({ form }) => form)).toEqual(['focus', 'csv', 'csv']);
		expect(exports.every(({ link }) => link === null)).toBe(true);
		const { entries } = await askApi(api, 'GET /v1/w/{ws}/audit');
		const noted = entries.filter(({ action }) => action === 'export.create').slice(0, 3);
		expect(noted.map(({ target }) => target)).toEqual(exports.map(({ id }) => id));
		expect(noted[0]?.details).toEqual({ what: 'costs', form: 'focus' });
	});

	it('is refused at once where no file could come of it', async () => {
		const refused = async (body: unknown) => {
			const { status, json } = await rawPost(body);
			return [status, (json as { fields: { path: string }[] }).fields[0]?.path];
		};
		const costs = { what: 'costs', form: 'csv' };
		expect(await refused({ ...costs, form: 'xlsx' })).toEqual([422, 'body.form']);
		expect(await refused({ ...costs, query: { month: '2031-01' } })).toEqual([
			422,
			'body.query.month',
		]);
		expect(await refused({ ...costs, form: 'focus', query: { basis: 'netAmortized' } })).toEqual([
			422,
			'body.query.basis',
		]);
		expect(
			await refused({ what: 'functions', form: 'csv', query: { activity: ['sleeps'] } }),
		).toEqual([422, 'body.query.activity']);
		expect((await refused({ ...costs, query: { from: '2020-01-01' } }))[0]).toBe(413);
		expect(await api.store.exports.list(api.ctx)).toEqual([]);
	});

	it('waits its turn: a workspace has a few made at a time', async () => {
		const some: Export[] = [];
		for (let at = 0; at < maxUnfinishedExports; at += 1) some.push(await waiting());
		const refused = await rawPost({ what: 'costs', form: 'csv' });
		expect(refused.status).toBe(429);
		expect(refused.headers.get('retry-after')).toBe('15');
		expect(refused.json).toMatchObject({ details: { limit: 'unfinishedExports' } });
		for (const one of some) await work(jobs, one);
		expect((await rawPost({ what: 'costs', form: 'csv' })).status).toBe(202);
	});

	it('fails in words, and tells nothing of a fault of ours', async () => {
		const failing = async (query: Export['query'], deps: JobDeps) => {
			const made = await waiting(query);
			await work(deps, made);
			return look(made.id);
		};
		const closed = createExportFiles({
			bucket: 'exports',
			region: 'us-east-1',
			standIn: { ...api.files, secretAccessKey: 'another' },
		});
		expect(await failing({}, { ...jobs, files: closed })).toMatchObject({
			state: 'failed',
			link: null,
			problem: { code: 'unavailable', message: 'The bucket for exports did not take the file.' },
		});
		expect((await failing({ by: 'nothing' }, jobs)).problem).toMatchObject({
			code: 'invalid_input',
			message: expect.stringContaining('query.by') as string,
		});
		const { files: _, ...without } = jobs;
		const broken = await failing({}, without as JobDeps);
		expect(broken.problem).toEqual({
			code: 'internal',
			message: 'Something went wrong on our side. Ask for it again.',
		});
		expect(logged.at(-1)).toContain('TypeError');
	});

	it('is made once: a message that comes again changes nothing', async () => {
		const begun = await ask({ what: 'costs', form: 'csv' });
		const first = await finished(begun.id);
		const written = await api.store.exports.get(api.ctx, begun.id);
		if (written === null) throw new Error('an export that is ready is kept');
		await work(jobs, written);
		expect(await api.store.exports.get(api.ctx, begun.id)).toEqual(written);
		expect(first.file).not.toBeNull();
	});

	it('has failed when nobody works on it any more', async () => {
		const made = await waiting({}, api.deps.wallClock() - exportStalledMs);
		const problem = { code: 'unavailable' };
		expect(await look(made.id)).toMatchObject({ state: 'failed', problem });
		await work(jobs, made);
		expect(await api.store.exports.get(api.ctx, made.id)).toMatchObject({
			state: 'failed',
			problem,
		});
	});

	it('is nobody else’s: another workspace finds nothing under its id, and no key can be guessed', async () => {
		const begun = await ask({ what: 'costs', form: 'csv' });
		const view = await finished(begun.id);
		const record = await api.store.exports.get(api.ctx, begun.id);
		expect(record === null ? '' : exportFileKey(record)).toBe(`${api.workspaceId}/${begun.id}.csv`);
		const { workspaceId: id } = await askApi(api, 'POST /v1/workspaces', {
			body: { name: 'Elsewhere' },
		});
		const elsewhere = await api.call('GET', `/v1/w/${id}/exports/${begun.id}`, {
			token: await api.tokenOf('owner'),
		});
		expect(elsewhere.status).toBe(404);
		const bare = new URL(view.link?.url ?? '');
		bare.search = '';
		expect((await fetch(bare)).status).toBe(403);
		api.moveWallClock(6 * 60_000);
		expect((await fetch(view.link?.url ?? '')).status).toBe(403);
		expect((await fetch((await look(begun.id)).link?.url ?? '')).status).toBe(200);
	});
});
