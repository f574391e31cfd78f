import { parentPort, workerData } from 'node:worker_threads';

import { createWorld } from '../world/create.ts';
import type { WorldOptions } from '../world/world.ts';
import { slotUsage } from './usage.ts';

// The same seed makes the same world here, so only the slot's number has to be sent over.
const options = workerData as WorldOptions;
const world = createWorld({ ...options, nowMs: options.beginsMs });

parentPort?.on('message', (slot: number) => {
	const usage = slotUsage(world, slot);
	const { members, kinds, quantities } = usage;
	parentPort?.postMessage({ slot, usage }, [members.buffer, kinds.buffer, quantities.buffer]);
});
