import { describe, expect, it } from 'vitest';

import { ItemMemory } from './sharedReads.ts';

const item = (sk: string, blobBytes: number) => ({ pk: 'p', sk, blob: new Uint8Array(blobBytes) });

describe('items in memory', () => {
	it('are kept as long as they fit, those that were used last the longest', () => {
		const memory = new ItemMemory(4_000);
		memory.set('a', [item('a', 1_000)]);
		memory.set('b', [item('b', 1_000)]);
		expect(memory.get('a')).toHaveLength(1);
		memory.set('c', [item('c', 1_500)]);
		expect(memory.get('b')).toBeNull();
		expect(memory.get('a')).toHaveLength(1);
		expect(memory.get('c')).toHaveLength(1);
	});

	it('are counted once when they are set again, and not kept when they are larger than all of it', () => {
		const memory = new ItemMemory(4_000);
		for (let round = 0; round < 10; round += 1) memory.set('a', [item('a', 2_000)]);
		memory.set('b', [item('b', 1_000)]);
		expect(memory.get('a')).toHaveLength(1);
		memory.set('c', [item('c', 5_000)]);
		expect(memory.get('c')).toBeNull();
	});

	it('remember that there is nothing', () => {
		const memory = new ItemMemory(4_000);
		expect(memory.get('a')).toBeNull();
		memory.set('a', []);
		expect(memory.get('a')).toEqual([]);
	});
});
