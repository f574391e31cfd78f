import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { hourMs, nowMs, smallWorld } from '../testing/small.ts';
import { hourAt } from '../run/hour.ts';
import { linesOf } from './rowLines.ts';
import { sizerOf } from './size.ts';

const world = smallWorld({ functionCount: 160 });

describe('the size of what an execution writes', () => {
	it('is the size of the lines themselves, in every language, format and outcome', () => {
		const seen = new Set<string>();
		fc.assert(
			fc.property(
				fc.nat(world.members.length - 1),
				fc.integer({ min: 1, max: 400 }),
				(index, back) => {
					const member = world.members[index]!;
					const block = world.blocks.get(member, hourAt(member, nowMs - back * hourMs));
					const sizer = sizerOf(member);
					for (let row = 0; row < Math.min(block?.length ?? 0, 200); row++) {
						if (block === null) return;
						const lines = linesOf(member, block, row);
						const bytes = lines.reduce(
							(sum, { message }) => sum + Buffer.byteLength(message) + 26,
							0,
						);
						expect(sizer.events(block, row)).toBe(lines.length);
						expect(sizer.bytes(block, row)).toBe(bytes);
						const { language, logs } = member.blueprint;
						seen.add(`${language} ${logs.format} ${block.status[row] === 0 ? 'ok' : 'failed'}`);
					}
				},
			),
			{ numRuns: 400 },
		);
		expect(seen.size).toBeGreaterThan(15);
	});
});
