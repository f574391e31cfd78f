import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { dayMs, hourMs, minuteMs, nowMs, player, smallWorld } from './testing/small.ts';
import type { Invocation } from './invocation.ts';
import type { FunctionConfiguration } from './functionConfiguration.ts';

const world = smallWorld();
const anyMember = fc.nat(world.members.length - 1).map((index) => world.members[index]!);
const anyWindow = fc
	.record({
		backMinutes: fc.integer({ min: 1, max: 40 * 1440 }),
		minutes: fc.integer({ min: 1, max: 240 }),
	})
	.map(({ backMinutes, minutes }) => {
		const fromMs = nowMs - backMinutes * minuteMs;
		return { fromMs, toMs: fromMs + minutes * minuteMs };
	});

describe('the world', () => {
	it('is the same for the same seed, whenever it is looked at', () => {
		const later = smallWorld({ nowMs: nowMs + 9 * dayMs, beginsMs: world.options.beginsMs });
		fc.assert(
			fc.property(anyMember, anyWindow, (member, range) => {
				expect(later.invocations(member.id, range)).toEqual(world.invocations(member.id, range));
				expect(later.totals(member.id, range)).toEqual(world.totals(member.id, range));
			}),
			{ numRuns: 60 },
		);
	});

	it('does not depend on the order in which it is read, nor on what is forgotten between', () => {
		const other = smallWorld();
		const ranges = [6, 3, 30, 1].map((hours) => ({
			fromMs: nowMs - hours * hourMs,
			toMs: nowMs - hours * hourMs + 20 * minuteMs,
		}));
		const member = player(world, 'webhook-dispatcher');
		const forwards = ranges.map((range) => world.invocations(member.id, range));
		const backwards = ranges.toReversed().map((range) => other.invocations(member.id, range));
		expect(backwards.toReversed()).toEqual(forwards);
	});

	it('differs from seed to seed', () => {
		const other = smallWorld({ seed: 7 });
		const range = { fromMs: nowMs - hourMs, toMs: nowMs };
		const id = player(world, 'cart-api').id;
		expect(other.invocations(id, range)).not.toEqual(world.invocations(id, range));
	});

	it('opens all twelve accounts in 24 regions where that is asked for', () => {
		const even = smallWorld({ evenRegions: true, functionCount: 600, seed: 3 });
		expect(even.accounts.filter(({ closedMs }) => closedMs !== null)).toEqual([]);
		expect(even.accounts.flatMap(({ deniedActions }) => deniedActions)).toEqual([]);
		const regions = even.accounts.map(
			({ id }) =>
				even.regions.filter((region) => even.functions(id, region, nowMs).length > 0).length,
		);
		expect(regions).toHaveLength(12);
		expect(regions.reduce((sum, count) => sum + count, 0)).toBe(24);
	});

	it('cuts a window anywhere without losing or repeating an execution', () => {
		fc.assert(
			fc.property(
				anyMember,
				anyWindow,
				fc.double({ min: 0, max: 1, noNaN: true }),
				(member, range, at) => {
					const middleMs = Math.floor(range.fromMs + at * (range.toMs - range.fromMs));
					const whole = world.invocations(member.id, range);
					const parts = [
						...world.invocations(member.id, { ...range, toMs: middleMs }),
						...world.invocations(member.id, { ...range, fromMs: middleMs }),
					];
					expect(parts).toEqual(whole);
				},
			),
			{ numRuns: 60 },
		);
	});

	it('adds up to its executions', () => {
		fc.assert(
			fc.property(anyMember, anyWindow, (member, range) => {
				const runs = world.invocations(member.id, range);
				const totals = world.totals(member.id, range);
				const sum = (of: (run: Invocation) => number) =>
					runs.reduce((all, run) => all + of(run), 0);
				expect(totals.invocations).toBe(runs.length);
				expect(totals.errors).toBe(sum((run) => (run.status === 'success' ? 0 : 1)));
				expect(totals.durationUs).toBe(sum((run) => run.durationUs));
				expect(totals.initUs).toBe(sum((run) => run.initUs ?? 0));
				expect(totals.billedMs).toBe(sum((run) => run.billedMs));
				expect(totals.billedMibMs + totals.provisionedMibMs).toBe(
					sum((run) => run.billedMs * run.memoryMib),
				);
				expect(totals.coldStarts).toBe(
					sum((run) => (run.initUs === null && run.restoreUs === null ? 0 : 1)),
				);
			}),
			{ numRuns: 60 },
		);
	});
});

describe('an execution', () => {
	const runs = world.members.flatMap((member) =>
		world.invocations(member.id, { fromMs: nowMs - 2 * hourMs, toMs: nowMs }),
	);

	it('is billed for duration and init together, rounded up once', () => {
		expect(runs.length).toBeGreaterThan(5_000);
		for (const run of runs) {
			const billed = Math.ceil((run.durationUs + (run.initUs ?? 0)) / 1000);
			expect(run.billedMs).toBe(billed + (run.billedRestoreMs ?? 0));
		}
	});

	it('was not billed for the init of a managed runtime before August 2025', () => {
		const old = smallWorld({ beginsMs: Date.UTC(2025, 4, 1) });
		const member = player(old, 'cart-api');
		const cold = (fromMs: number) =>
			old
				.invocations(member.id, { fromMs, toMs: fromMs + 12 * hourMs })
				.filter((run) => run.initUs !== null);
		const before = cold(Date.UTC(2025, 6, 30));
		expect(before.length).toBeGreaterThan(0);
		for (const run of before) expect(run.billedMs).toBe(Math.ceil(run.durationUs / 1000));
		for (const run of cold(Date.UTC(2025, 7, 2))) {
			expect(run.billedMs).toBe(Math.ceil((run.durationUs + (run.initUs ?? 0)) / 1000));
		}
	});

	it('has its environment to itself', () => {
		const byStream = new Map<string, Invocation[]>();
		for (const run of runs) {
			const key = `${run.functionId} ${run.logStream}`;
			byStream.set(key, [...(byStream.get(key) ?? []), run]);
		}
		for (const list of byStream.values()) {
			for (let i = 1; i < list.length; i++) {
				expect(list[i]!.startMs).toBeGreaterThanOrEqual(list[i - 1]!.endMs);
				expect(list[i]!.initUs).toBeNull();
			}
		}
		expect(byStream.size).toBeGreaterThan(100);
	});

	it('is known by its request id, which only retries share', () => {
		const member = player(world, 'webhook-dispatcher');
		const day = world.invocations(member.id, { fromMs: nowMs - dayMs, toMs: nowMs });
		const attempts = new Map<string, Invocation[]>();
		for (const run of day)
			attempts.set(run.requestId, [...(attempts.get(run.requestId) ?? []), run]);
		const retried = [...attempts.values()].filter((list) => list.length > 1);
		expect(retried.length).toBeGreaterThan(5);
		for (const list of retried) {
			expect(list.map((run) => run.attempt)).toEqual(list.map((run) => run.attempt).toSorted());
			for (let i = 1; i < list.length; i++) {
				expect(list[i - 1]!.status).not.toBe('success');
				// One minute before the second attempt, two before the third.
				const waitedMs = list[i]!.startMs - list[i - 1]!.endMs;
				expect(waitedMs).toBeGreaterThan((list[i]!.attempt === 2 ? 1 : 2) * minuteMs - 5_000);
			}
		}
		const once = runs.filter((run) => run.attempt === 1).map((run) => run.requestId);
		expect(new Set(once).size).toBe(once.length);
	});

	it('never uses more memory than it has, and dies when it wants to', () => {
		for (const run of runs) expect(run.maxMemoryUsedMib).toBeLessThanOrEqual(run.memoryMib);
		const member = player(world, 'invoice-renderer');
		const leak = world
			.stories({ fromMs: nowMs - 4 * dayMs, toMs: nowMs })
			.find((story) => story.kind === 'memory-leak')!;
		const span = { fromMs: leak.fromMs + hourMs, toMs: Math.min(leak.toMs, nowMs) };
		const killed = world
			.invocations(member.id, span)
			.filter((run) => run.status === 'out-of-memory');
		expect(killed.length).toBeGreaterThan(3);
		for (const run of killed) {
			expect(run.maxMemoryUsedMib).toBe(run.memoryMib);
			expect(run.errorType).toBe('Runtime.OutOfMemory');
		}
	});
});

describe('an organisation', () => {
	it('starts with ten thousand functions as with ten', () => {
		const large = smallWorld({ functionCount: 10_000 });
		expect(large.members).toHaveLength(10_000);
		expect(new Set(large.members.map((member) => member.id)).size).toBe(10_000);
		expect(smallWorld({ functionCount: 10 }).members).toHaveLength(10);
		for (const member of large.members) expect(member.name.length).toBeLessThanOrEqual(64);
	});

	it('has twelve accounts: a payer, a closed one, one with a denied action', () => {
		expect(world.accounts).toHaveLength(12);
		expect(world.accounts.filter((account) => account.isPayer)).toHaveLength(1);
		expect(world.accounts.filter((account) => account.closedMs !== null)).toHaveLength(1);
		expect(world.accounts.flatMap((account) => account.deniedActions)).toEqual([
			'logs:FilterLogEvents',
		]);
		expect(world.regions).toHaveLength(17);
	});

	it('has every kind of function that a reader should meet', () => {
		const whole = smallWorld({ functionCount: 240 });
		const configurations = whole.members.map((member) => whole.configuration(member, nowMs));
		const some = (test: (configuration: FunctionConfiguration) => boolean) =>
			configurations.some(test);
		expect(some((c) => c.packageType === 'Image')).toBe(true);
		expect(some((c) => c.snapStart)).toBe(true);
		expect(some((c) => c.streaming)).toBe(true);
		expect(some((c) => c.ephemeralStorageMib > 512)).toBe(true);
		expect(some((c) => c.provisionedConcurrency.length > 0)).toBe(true);
		expect(some((c) => c.logging.systemLogLevel === 'WARN')).toBe(true);
		expect(some((c) => c.logging.groupClass === 'INFREQUENT_ACCESS')).toBe(true);
		expect(some((c) => !c.logging.logGroup.startsWith('/aws/lambda/'))).toBe(true);
		expect(some((c) => c.app === null && c.tags['team'] === undefined)).toBe(true);
		for (const kind of ['sst', 'cloudformation', 'sam', 'cdk', 'serverless', 'amplify']) {
			expect(some((c) => c.app?.kind === kind)).toBe(true);
		}
		for (const language of ['node', 'python', 'java', 'go', 'dotnet', 'rust']) {
			expect(some((c) => c.language === language)).toBe(true);
		}
	});

	it('keeps a configuration until something changes it', () => {
		const member = player(world, 'checkout-api');
		const deploys = world.deploys(member, { fromMs: nowMs - 10 * dayMs, toMs: nowMs });
		expect(deploys.length).toBeGreaterThan(4);
		for (const deploy of deploys) {
			const before = world.configuration(member, deploy.atMs - 1);
			const after = world.configuration(member, deploy.atMs);
			expect(after.revisionId).not.toBe(before.revisionId);
			expect(after.lastModifiedMs).toBe(deploy.atMs);
			expect(after.versions.at(-1)?.version).toBe(deploy.version);
			expect(after.aliases[0]?.version).toBe(deploy.version);
			expect(Number(deploy.version) - Number(before.versions.at(-1)?.version)).toBe(1);
		}
	});
});
