import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { floorTo, hourMs } from '@lamplight/core/time';
import { startQueue } from '@lamplight/sandbox/queue/start';

import { startCollector, testCtx } from '../support/collector.ts';
import { completeMinutes, type MinutesVerdict } from '../support/completeMinutes.ts';
import { wholeAccount } from '../support/wholeAccount.ts';
import { judgeKept, type KeptVerdict } from './judgeKept.ts';
import { Weather, type WeatherReport } from './weather.ts';

const startMs = Date.UTC(2026, 9, 14, 9, 30);
/** How much of the past is read during the storm. */
const pastMs = 8 * hourMs;
/** What a killed worker had taken is seen again after this. */
const visibilitySeconds = 4;
/** A message that a worker died of, or could not do, so often is dead. */
const maxReceives = 6;

/** What is left after a storm. */
export interface Storm extends WeatherReport, MinutesVerdict, KeptVerdict {
	readonly seed: number;
}

/** Whole numbers below `below`, the same for the same seed: a linear congruential generator. */
function dice(seed: number): (below: number) => number {
	let state = Math.imul(seed, 2654435761) >>> 0;
	return (below) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
}

/**
 * One storm: the product's own worker, as a process on the real store and queue, is killed again and
 * again while AWS fails in every way it can and the queue delivers twice and in any order; then comes
 * calm, and everything that is kept is judged.
 */
export async function runStorm(seed: number): Promise<Storm> {
	const folder = mkdtempSync(join(tmpdir(), 'lamplight-chaos-'));
	const collector = await startCollector({
		functions: 40,
		seed: 11,
		nowMs: startMs,
		speed: 0,
		rateLimits: false,
		rateShare: 1000,
		databaseFolder: folder,
	});
	const queue = await startQueue({ queues: [{ name: 'storm', visibilitySeconds, maxReceives }] });
	const account = wholeAccount(collector.sandbox.world);
	try {
		const connection = await collector.connect(account.id, [
			...(['inventory', 'metrics', 'logs', 'deploys'] as const),
		]);
		const weather = new Weather(collector, connection, {
			roll: dice(seed),
			regions: account.activeRegions,
			past: { fromMs: startMs - pastMs, toMs: floorTo(hourMs, startMs - hourMs) },
			visibilitySeconds,
			endpoint: queue.endpoint,
			queueUrl: queue.urls['storm'] ?? '',
			deadUrl: queue.urls['storm-dead'] ?? '',
		});
		const report = await weather.run();
		const range = { fromMs: startMs - pastMs, toMs: weather.stormEndMs };
		const all = { fromMs: range.fromMs, toMs: collector.deps.clock() };
		const compared = {
			world: collector.sandbox.world,
			store: collector.store,
			ctx: testCtx(),
		};
		return {
			seed,
			...report,
			...(await completeMinutes(compared, connection, range)),
			...(await judgeKept(collector, connection, all)),
		};
	} finally {
		await queue.close();
		await collector.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** How many lies a storm left. */
export function liesOf(storm: Storm): number {
	const { wrong, keptWrong, groupedWrong, deploysWrong, calmMiscounted } = storm;
	const { overcounted, uncounted, notSaid } = storm;
	return (
		[
			wrong,
			keptWrong,
			groupedWrong,
			deploysWrong,
			calmMiscounted,
			overcounted,
			uncounted,
			notSaid,
		].flat().length + (storm.poisonDead === storm.poison ? 0 : 1)
	);
}

/** A storm in one line, with the first lies of each sort. */
export function printStorm(storm: Storm): string {
	return JSON.stringify(storm, (_, value: unknown) =>
		Array.isArray(value) && value.length > 5
			? [...(value as unknown[]).slice(0, 5), `and ${value.length - 5} more`]
			: value,
	);
}
