import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import * as z from 'zod';

import type { Part } from './parts.ts';

/** What a process holds once all garbage is collected. */
const heldSchema = z.object({
	/** JavaScript objects, and the buffers that they hold outside of the heap. */
	liveBytes: z.number().positive(),
	/** Everything of the process. */
	rssBytes: z.number().positive(),
});
type Held = z.infer<typeof heldSchema>;

/** Long enough for a process that is at work on a busy machine. */
const answersWithinMs = 60_000;
const lookEveryMs = 50;

/** Variables that make the parts of a product tell what they hold, into a folder. */
export function liveMemoryVariables(folder: string): Record<string, string> {
	mkdirSync(folder, { recursive: true });
	const script = pathToFileURL(join(import.meta.dirname, 'liveMemory.mjs')).href;
	return { NODE_OPTIONS: `--import ${script}`, LAMPLIGHT_SOAK_MEMORY: folder };
}

/** Lets a part collect its garbage and tell what is left. Throws where it does not answer. */
export async function heldBy({ name, pid }: Part, folder: string): Promise<Held> {
	const path = join(folder, `${pid}.json`);
	rmSync(path, { force: true });
	process.kill(pid, 'SIGUSR2');
	for (const began = performance.now(); !existsSync(path); await sleep(lookEveryMs)) {
		if (performance.now() - began > answersWithinMs)
			throw new Error(`${name} did not tell what it holds`);
	}
	return heldSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}
