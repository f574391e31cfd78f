import { describe, expect, it } from 'vitest';

import type { Connection } from '@lamplight/core/connection/connection';
import { functionIdSchema } from '@lamplight/core/ids';
import { minuteMs } from '@lamplight/core/time';
import { createMemory } from '@lamplight/jobs/memory';
import type { Message } from '@lamplight/jobs/message';
import { workMessage } from '@lamplight/jobs/work';
import type { FaultRequest } from '@lamplight/sandbox/sandbox';

import { type Collector, startCollector } from '../support/collector.ts';

const startMs = Date.UTC(2026, 9, 14, 9, 30);
const seeds = Number(process.env['CHAOS_SEEDS'] ?? '1');
const stormySteps = 7;
const calmSteps = 7;

/** Everything that may go wrong on the way, each for a share of the calls. */
const faults: readonly FaultRequest[] = [
	{ kind: 'throttle', share: 0.05 },
	{ kind: 'server-error', share: 0.05 },
	{ kind: 'drop', share: 0.03 },
	{ kind: 'partial-data', share: 0.2 },
	{ kind: 'late-data', share: 1, settings: { delayMs: 4 * minuteMs } },
	{ kind: 'empty-pages', share: 0.5 },
	{ kind: 'duplicate-events', share: 0.3 },
	{ kind: 'out-of-order-events', share: 0.5 },
	{ kind: 'unknown-fields', share: 0.5 },
	{ kind: 'expired-token', share: 0.01 },
];

class Killed extends Error {
	override readonly name = 'Killed';
}

/** Whole numbers below `below`, the same for the same seed: a linear congruential generator. */
function dice(seed: number): (below: number) => number {
	let state = seed * 2654435761;
	return (below) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
}

/** A store that dies at the n-th call from now on, before or after it has been written. */
function mortal<T extends object>(store: T, life: { left: number; after: boolean }): T {
	return new Proxy(store, {
		get(target, name) {
			const entity: unknown = Reflect.get(target, name);
			if (typeof entity !== 'object' || entity === null) return entity;
			return new Proxy(entity, {
				get(inner, method) {
					const call: unknown = Reflect.get(inner, method);
					if (typeof call !== 'function') return call;
					return async (...args: unknown[]) => {
						life.left -= 1;
						if (life.left === 0 && !life.after) throw new Killed();
						const answer: unknown = await Reflect.apply(call, inner, args);
						if (life.left === 0) throw new Killed();
						return answer;
					};
				},
			});
		},
	});
}

interface Counts {
	kills: number;
	duplicates: number;
	failures: number;
}

/** Works messages off as a queue would: twice at times, in any order, again after a death. */
async function workThrough(
	collector: Collector,
	messages: readonly Message[],
	options: { readonly roll: (below: number) => number; readonly counts: Counts; stormy: boolean },
): Promise<void> {
	const { roll, counts, stormy } = options;
	const queue = [...messages];
	if (stormy) {
		queue.sort(() => roll(3) - 1);
		for (const message of messages) {
			if (roll(4) > 0) continue;
			queue.push(message);
			counts.duplicates += 1;
		}
	}
	let deps = { ...collector.deps, memory: createMemory() };
	for (let receives = 0; queue.length > 0 && receives < 200; receives += 1) {
		const message = queue.shift();
		if (message === undefined) break;
		const life = { left: stormy && roll(2) === 0 ? 1 + roll(25) : -1, after: roll(2) === 0 };
		const store = mortal(collector.deps.store, life);
		try {
			await workMessage({ ...deps, store }, JSON.stringify(message));
		} catch {
			if (life.left <= 0 && life.left !== -1) {
				counts.kills += 1;
				// A new process remembers nothing.
				deps = { ...collector.deps, memory: createMemory() };
			} else counts.failures += 1;
			queue.push(message);
		}
	}
}

describe('the collector in a storm', () => {
	it.each(Array.from({ length: seeds }, (_, at) => at + 1))(
		'with seed %d ends with complete minutes that equal the truth, and says which are not',
		async (seed) => {
			const collector = await startCollector({
				functions: 40,
				seed: 11,
				nowMs: startMs,
				speed: 0,
				rateLimits: false,
				rateShare: 1000,
			});
			try {
				await weather(collector, seed);
			} finally {
				await collector.close();
			}
		},
		300_000,
	);
});

async function weather(collector: Collector, seed: number): Promise<void> {
	const { sandbox, queue } = collector;
	const roll = dice(seed);
	const account = sandbox.world.accounts.find(
		({ activeRegions, deniedActions, isPayer }) =>
			activeRegions.length > 0 && deniedActions.length === 0 && !isPayer,
	);
	const connection = await collector.connect(account?.id ?? '');
	const regions = account?.activeRegions ?? [];
	const base = () => ({
		workspaceId: connection.workspaceId,
		connectionId: connection.id,
		plannedMs: collector.deps.clock(),
	});
	queue.push({ kind: 'inventory', ...base(), details: false });
	await collector.drain();
	const added = faults.map((fault) => sandbox.addFault(fault));
	const counts: Counts = { kills: 0, duplicates: 0, failures: 0 };
	for (let step = 0; step < stormySteps + calmSteps; step += 1) {
		if (step === stormySteps) for (const { id } of added) sandbox.removeFault(id);
		sandbox.clock.advance(5 * minuteMs);
		const messages: Message[] = [
			{ kind: 'totals', ...base(), counts: true },
			...regions.map((region) => ({ kind: 'functions' as const, ...base(), region })),
		];
		await workThrough(collector, messages, { roll, counts, stormy: step < stormySteps });
	}
	const judged = judge(collector, connection, regions);
	console.log(JSON.stringify({ seed, ...counts, ...judged, wrong: judged.wrong.length }));
	expect(counts.kills).toBeGreaterThan(0);
	expect(judged.wrong).toEqual([]);
	expect(judged.complete).toBeGreaterThan(judged.minutes / 2);
	// What is not complete says so, and there is no other state once everything has settled.
	expect(judged.complete + judged.partial + judged.missing).toBe(judged.minutes);
}

/** Every minute of every region against the world: a complete one must equal it for all functions. */
function judge(collector: Collector, connection: Connection, regions: readonly string[]) {
	const { sandbox, recorded } = collector;
	const result = { minutes: 0, complete: 0, partial: 0, missing: 0, wrong: [] as string[] };
	const toMs = startMs + stormySteps * 5 * minuteMs;
	for (const region of regions) {
		const functions = sandbox.world
			.allFunctions(connection.accountId)
			.filter((fn) => fn.region === region)
			.map(({ id }) => ({ id, buckets: recorded.buckets(functionIdSchema.parse(id)) }));
		for (let at = startMs; at < toMs; at += minuteMs) {
			const state = recorded.completeness.get(`${connection.id} ${region} ${at}`) ?? 'missing';
			result.minutes += 1;
			if (state === 'partial' || state === 'missing' || state === 'complete') result[state] += 1;
			if (state !== 'complete') continue;
			for (const { id, buckets } of functions) {
				const truth = sandbox.world.totals(id, { fromMs: at, toMs: at + minuteMs });
				const bucket = buckets.get(at);
				const read = [bucket?.invocations ?? 0, bucket?.durationSumUs ?? 0];
				const want = [truth.invocations, truth.durationUs];
				if (read.join() === want.join()) continue;
				result.wrong.push(`${id} ${new Date(at).toISOString()} ${read.join()} not ${want.join()}`);
			}
		}
	}
	return result;
}
