import { expect, it } from 'vitest';

import type { FunctionFacts } from '../inventory/facts.ts';
import { dayMs } from '../time.ts';
import { pastDeploys } from './past.ts';

const t0 = Date.parse('2026-11-01T00:00:00Z');
const range = { fromMs: t0, toMs: t0 + 30 * dayMs };

function facts(version: string, changed: Partial<FunctionFacts>): FunctionFacts {
	return {
		name: 'checkout-api',
		arn: 'arn:aws:lambda:eu-west-1:111122223333:function:checkout-api',
		version,
		runtime: 'nodejs24.x',
		packageType: 'Zip',
		handler: 'index.handler',
		architecture: 'arm64',
		memoryMib: 512,
		ephemeralStorageMib: 512,
		timeoutSeconds: 10,
		codeSizeBytes: 1000,
		codeSha256: `sha-${version}`,
		revisionId: version,
		lastModifiedMs: t0,
		snapStart: false,
		tracing: false,
		layers: [],
		logGroup: '/aws/lambda/checkout-api',
		logFormat: 'Text',
		systemLogLevel: null,
		masterArn: null,
		managedInstances: false,
		...changed,
	};
}

it('reads deploys from the versions that Lambda kept, whatever order they are listed in', () => {
	const found = pastDeploys(
		[
			facts('$LATEST', { codeSha256: 'c', memoryMib: 1024, lastModifiedMs: t0 + 3 * dayMs }),
			facts('10', { codeSha256: 'c', lastModifiedMs: t0 + 2 * dayMs }),
			facts('9', { codeSha256: 'b', lastModifiedMs: t0 + dayMs }),
			facts('8', { codeSha256: 'a', lastModifiedMs: t0 }),
		],
		[],
		range,
	);
	expect(found.map(({ atMs, kind, version }) => [(atMs - t0) / dayMs, kind, version])).toEqual([
		[1, 'code', '9'],
		[2, 'code', '10'],
		[3, 'configuration', null],
	]);
	expect(found[2]?.changes).toEqual([{ field: 'memory MiB', before: '512', after: '1024' }]);
	expect(found.every(({ source }) => source === 'inventory')).toBe(true);
});

it('makes no deploy of a publication that changed nothing, nor of what lies outside the range', () => {
	const versions = [
		facts('1', { codeSha256: 'a' }),
		facts('2', { codeSha256: 'b', lastModifiedMs: t0 - 1 }),
		facts('3', { codeSha256: 'b', lastModifiedMs: t0 + dayMs }),
	];
	expect(pastDeploys(versions, [], range)).toEqual([]);
});

it('takes the actor from CloudTrail, and keeps what only CloudTrail knows', () => {
	const versions = [
		facts('1', { codeSha256: 'a' }),
		facts('2', { codeSha256: 'b', lastModifiedMs: t0 + dayMs }),
	];
	const found = pastDeploys(
		versions,
		[
			{ atMs: t0 + dayMs - 5_000, kind: 'code', actor: 'maya' },
			{ atMs: t0 + 4 * dayMs, kind: 'configuration', actor: 'jonas' },
			{ atMs: range.toMs, kind: 'code', actor: 'too late' },
		],
		range,
	);
	expect(found.map(({ actor, source, kind }) => [actor, source, kind])).toEqual([
		['maya', 'inventory', 'code'],
		['jonas', 'cloudtrail', 'configuration'],
	]);
});
