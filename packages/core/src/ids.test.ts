import { describe, expect, it } from 'vitest';

import { functionId, functionParts } from './ids.ts';

describe('the id of a function', () => {
	it.each(['orders-api', 'a_b-9', 'us-east-1.edge-router'])('holds the name %s', (name) => {
		const parts = { accountId: '012345678901', region: 'eu-west-1', name };
		expect(functionParts(functionId(parts))).toEqual(parts);
	});

	it.each(['', 'a b', 'a/b'])('refuses the name %j', (name) => {
		expect(() => functionId({ accountId: '012345678901', region: 'eu-west-1', name })).toThrow(
			'functionId: expected account.region.name',
		);
	});
});
