import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Ctx } from '@lamplight/core/ctx';
import { hourMs } from '@lamplight/core/time';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { ctxOf, type Harness, startMs, startStore } from './storeHarness.ts';
import { fleetParts } from './storeFleetParts.ts';
import { connectionId, one, type Part } from './storeParts.ts';
import { peopleParts } from './storePeopleParts.ts';

/** Every part of the store but the lookups that need no workspace: those are tested with what they lead to. */
const entities: Readonly<Record<string, Part>> = { ...peopleParts, ...fleetParts };

let harness: Harness;
let mine: Ctx;

beforeAll(async () => {
	harness = await startStore();
	mine = ctxOf();
	for (const { write } of Object.values(entities)) await write(harness.store, mine);
});
afterAll(() => harness.close());

function isNothing(seen: unknown): boolean {
	return seen === null || (Array.isArray(seen) && seen.length === 0);
}

it('lists every part of the store', () => {
	const parts = Object.keys(harness.store).filter((part) => !['lookups', 'purge'].includes(part));
	expect(Object.keys(entities).sort()).toEqual(parts.sort());
});

it.each(Object.entries(entities))(
	'%s: its own workspace sees it, another nothing',
	async (_, entity) => {
		const theirs = ctxOf();
		const seen = [];
		for (const read of entity.reads) {
			seen.push(isNothing(await read(harness.store, theirs)) ? 'nothing' : 'a leak');
			seen.push(isNothing(await read(harness.store, mine)) ? 'lost' : 'own');
		}
		expect(seen).toEqual(entity.reads.flatMap(() => ['nothing', 'own']));
	},
);

it('begins every key with the workspace, but for the few that are looked up before one is known', async () => {
	const { Items = [] } = await harness.client.send(
		new ScanCommand({ TableName: harness.tableName, ProjectionExpression: 'pk' }),
	);
	const roots = new Set(Items.map((item) => item['pk']?.S?.split('#').slice(0, 2).join('#') ?? ''));
	const others = [...roots].filter((root) => !/^ws_[0-9a-z]{20,40}#/.test(root));
	expect(others.sort()).toEqual([
		'global#connections',
		'global#invitation',
		'global#memberships',
		'global#token',
		'global#workspaces',
	]);
});

it('removes a connection with all its data and leaves the others’', async () => {
	const ctx = ctxOf();
	for (const { write } of Object.values(entities)) await write(harness.store, ctx);
	harness.now = startMs + 2 * hourMs;
	await harness.store.series.compact(ctx, connectionId);
	await harness.store.purge.connection(ctx, connectionId);
	const { Items = [] } = await harness.client.send(
		new ScanCommand({
			TableName: harness.tableName,
			FilterExpression: 'begins_with(pk, :ws)',
			ExpressionAttributeValues: { ':ws': { S: ctx.workspaceId } },
		}),
	);
	const left = Items.filter((item) =>
		`${item['pk']?.S ?? ''} ${item['sk']?.S ?? ''}`.includes(connectionId),
	);
	expect(left.map((item) => item['pk']?.S)).toEqual([`${ctx.workspaceId}#lease`]);
	expect(await harness.store.functions.get(ctx, one)).toBeNull();
	expect(await harness.store.functions.get(mine, one)).not.toBeNull();
});
