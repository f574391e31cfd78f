import { expect, it } from 'vitest';

import { connectionIdSchema } from '../ids.ts';
import type { FunctionFacts } from './facts.ts';
import { mergeInventory, type RegionInventory } from './merge.ts';

const arn = 'arn:aws:lambda:eu-west-1:111122223333:function:checkout-api';
const facts: FunctionFacts = {
	name: 'checkout-api',
	arn,
	version: '$LATEST',
	runtime: 'nodejs24.x',
	packageType: 'Zip',
	handler: 'index.handler',
	architecture: 'arm64',
	memoryMib: 512,
	ephemeralStorageMib: 512,
	timeoutSeconds: 10,
	codeSizeBytes: 1000,
	codeSha256: 'sha',
	revisionId: 'r1',
	lastModifiedMs: 0,
	snapStart: false,
	tracing: false,
	layers: [],
	logGroup: '/aws/lambda/checkout-api',
	logFormat: 'Text',
	systemLogLevel: null,
	masterArn: null,
	managedInstances: false,
};

const read = (change: Partial<RegionInventory>): RegionInventory => ({
	connectionId: connectionIdSchema.parse('con_00000000000000000000'),
	accountId: '111122223333',
	region: 'eu-west-1',
	facts: [facts],
	tags: new Map([[arn, { team: 'payments' }]]),
	eventSources: [],
	logGroups: null,
	details: new Map(),
	apps: { appTagKey: null, appStageTagKey: null },
	ownerTagKey: 'team',
	nowMs: 1_000,
	...change,
});

it('takes the owner from the tag that the workspace chose', () => {
	expect(mergeInventory(read({}), [])[0]?.owner).toBe('payments');
	expect(mergeInventory(read({ ownerTagKey: null }), [])[0]?.owner).toBeNull();
});

it('keeps the owner that was known where the tag is gone', () => {
	const before = mergeInventory(read({}), []);
	expect(mergeInventory(read({ tags: new Map() }), before)[0]?.owner).toBe('payments');
});

it('keeps a function that is no longer listed, marked as gone', () => {
	const before = mergeInventory(read({}), []);
	const after = mergeInventory(read({ facts: [], nowMs: 2_000 }), before);
	expect(after.map(({ name, goneMs }) => [name, goneMs])).toEqual([['checkout-api', 2_000]]);
});
