import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { excusedTests, root } from '../support/needs.ts';

const without = { LAMPLIGHT_WITHOUT_PEERS: '1' };

it('excuses the comparison with a peer that is absent, and with no other', () => {
	expect(excusedTests(without, () => true)).toEqual([]);
	expect(excusedTests(without, (peer) => peer === 'boto3')).toEqual([
		'test/contract/independentServer.test.ts',
	]);
	expect(excusedTests({}, () => false)).toEqual([]);
	const both = excusedTests(without, () => false);
	expect(both).toHaveLength(2);
	for (const path of both) expect(existsSync(join(root, path)), path).toBe(true);
});
