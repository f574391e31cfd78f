import { askApi } from '@lamplight/api/testing/client';
import type { Connection } from '@lamplight/core/connection/connection';
import type { LambdaFunction } from '@lamplight/core/function/function';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { type ApiWorld, startApiWorld, takeInventory } from '../support/apiWorld.ts';

const accountId = '529316842075';
/** Most functions of the world that no tool made carry it. */
const key = 'cost-center';

let world: ApiWorld;
let connection: Connection;
beforeAll(async () => {
	world = await startApiWorld({ functions: 600 });
	connection = await world.connect(accountId);
});
afterAll(() => world.close());

const functions = () => world.api.store.functions.listAccount(world.api.ctx, accountId);
const settings = (body: object, role: 'owner' | 'engineer' = 'owner') =>
	askApi(world.api, 'PATCH /v1/w/{ws}', { body }, role);
const byId = (all: readonly LambdaFunction[]) => new Map(all.map((fn) => [fn.id, fn]));

it('groups by the chosen tag what no tool’s own tags group, and nothing else', async () => {
	const before = byId(await functions());
	const loose = [...before.values()].filter(({ app, tags }) => app === null && key in tags);
	const held = [...before.values()].filter(({ app }) => app !== null);
	expect(loose.length).toBeGreaterThan(0);
	expect(held.length).toBeGreaterThan(0);

	await expect(settings({ appTagKey: key }, 'engineer')).rejects.toThrow(/403/);
	await expect(settings({ appTagKey: '' })).rejects.toThrow(/422.*body\.appTagKey/);
	await settings({ appTagKey: key, appStageTagKey: 'team' });
	await takeInventory(world, connection);

	for (const fn of await functions()) {
		const was = before.get(fn.id)?.app ?? null;
		const value = fn.tags[key];
		if (was !== null || value === undefined) expect(fn.app, fn.id).toEqual(was);
		else {
			const stage = fn.tags['team'] ?? null;
			expect(fn.app, fn.id).toMatchObject({ kind: 'tag', name: value, stage });
		}
	}
	const { rows } = await askApi(world.api, 'GET /v1/w/{ws}/apps');
	const chosen = new Set(rows.filter(({ app }) => app.kind === 'tag').map(({ app }) => app.name));
	expect(chosen).toEqual(new Set(loose.map(({ tags }) => tags[key])));
	const { entries } = await askApi(world.api, 'GET /v1/w/{ws}/audit');
	expect(entries.find(({ action }) => action === 'workspace.settings')?.details).toEqual({
		fields: 'appTagKey appStageTagKey',
	});

	await settings({ appTagKey: null });
	await takeInventory(world, connection);
	expect((await functions()).map(({ app }) => app)).toEqual(
		[...before.values()].map((fn) => fn.app),
	);
});
