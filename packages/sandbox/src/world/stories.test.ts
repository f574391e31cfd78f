import { describe, expect, it } from 'vitest';

import { dayMs, hourMs, minuteMs, nowMs, player, smallWorld } from './testing/small.ts';
import type { Story, StoryKind } from './world.ts';

// The throttling and the recursion need the usual traffic to be seen.
const world = smallWorld({ trafficScale: 1 });
const week = { fromMs: nowMs - 7 * dayMs, toMs: nowMs };

function storyOf(kind: StoryKind, name?: string): Story {
	const found = world
		.stories(week)
		.filter((story) => story.kind === kind && story.toMs <= nowMs)
		.filter((story) => name === undefined || story.functionIds[0] === player(world, name).id);
	const last = found.at(-1);
	if (last === undefined) throw new RangeError(`no story of kind ${kind} in the last week`);
	return last;
}

/** Totals of a function in the story, and in as long a time right before it. */
function compare(story: Story, name: string) {
	const spanMs = Math.min(story.toMs - story.fromMs, 2 * hourMs);
	const { id } = player(world, name);
	const during = world.totals(id, { fromMs: story.fromMs, toMs: story.fromMs + spanMs });
	const before = world.totals(id, {
		fromMs: story.fromMs - spanMs - 2 * minuteMs,
		toMs: story.fromMs - 2 * minuteMs,
	});
	return { before, during };
}

describe('stories', () => {
	it('are all to be seen within the last days, whatever the time', () => {
		for (let k = 0; k < 20; k++) {
			const atMs = nowMs + k * 61 * hourMs;
			const kinds = new Set(
				world.stories({ fromMs: atMs - 6 * dayMs, toMs: atMs }).map((story) => story.kind),
			);
			for (const kind of [
				'slow-deploy',
				'throttling',
				'runaway-recursion',
				'memory-leak',
				'timeouts',
				'silent-cron',
				'chatty-logs',
				'oversized-memory',
				'idle-provisioned',
				'dependency-down',
				'new-error',
			] as const) {
				expect(kinds).toContain(kind);
			}
		}
	});

	it('a release doubles latency and cost', () => {
		const story = storyOf('slow-deploy');
		const { before, during } = compare(story, 'checkout-api');
		const mean = (t: typeof before) => t.durationUs / t.invocations;
		expect(mean(during) / mean(before)).toBeGreaterThan(1.9);
		expect(mean(during) / mean(before)).toBeLessThan(2.5);
		const member = player(world, 'checkout-api');
		const deploys = world.deploys(member, { fromMs: story.fromMs - minuteMs, toMs: story.fromMs });
		expect(deploys).toHaveLength(1);
	});

	it('a burst takes the account to its limit and throttles others', () => {
		const story = storyOf('throttling');
		expect(compare(story, 'thumbnail-maker').during.throttles).toBeGreaterThan(100);
		const bystander = compare(story, 'checkout-api');
		expect(bystander.during.throttles).toBeGreaterThan(20);
		expect(bystander.before.throttles).toBe(0);
	});

	it('a recursion runs away', () => {
		const { before, during } = compare(storyOf('runaway-recursion'), 'feed-sync');
		expect(during.invocations).toBeGreaterThan(200 * Math.max(1, before.invocations));
	});

	it('a function times out', () => {
		const { before, during } = compare(storyOf('timeouts'), 'payment-capture');
		expect(before.timeouts / before.invocations).toBeLessThan(0.01);
		expect(during.timeouts / during.invocations).toBeGreaterThan(0.2);
	});

	it('a cron goes silent', () => {
		const story = storyOf('silent-cron', 'inventory-sync');
		const { before, during } = compare(story, 'inventory-sync');
		expect(before.invocations).toBeGreaterThan(8);
		expect(during.invocations).toBe(0);
	});

	it('forty functions fail together', () => {
		const story = storyOf('dependency-down');
		expect(story.functionIds).toHaveLength(40);
		const span = { fromMs: story.fromMs, toMs: story.toMs };
		const failing = story.functionIds.filter((id) => {
			const totals = world.totals(id, span);
			return totals.errors > totals.invocations / 2;
		});
		expect(failing.length).toBeGreaterThan(30);
	});

	it('a release brings an error that was not there, in five languages', () => {
		const languages = new Set<string>();
		for (const story of world.stories(week).filter(({ kind }) => kind === 'new-error')) {
			const member = world.member(story.functionIds[0] ?? '')!;
			const types = (fromMs: number) =>
				new Set(
					world
						.invocations(member.id, { fromMs, toMs: fromMs + 3 * hourMs })
						.map((run) => run.errorType),
				);
			const before = types(story.fromMs - 3 * hourMs - minuteMs);
			const after = [...types(story.fromMs)].filter((type) => type !== null);
			if (after.some((type) => !before.has(type))) languages.add(member.blueprint.language);
		}
		expect([...languages].sort()).toEqual(['dotnet', 'go', 'java', 'node', 'python']);
	});

	it('logs cost ten times the compute, memory is too large, provisioned concurrency is idle', () => {
		const day = { fromMs: nowMs - dayMs, toMs: nowMs };
		const chatty = world.totals(player(world, 'audit-trail').id, day);
		// Prices of eu-west-1: $0.50 a GB of logs; $0.0000166667 a GB-second and $0.20 a million requests.
		const logsUsd = (chatty.logBytes / 1024 ** 3) * 0.5;
		const price =
			player(world, 'audit-trail').blueprint.architecture === 'arm64' ? 0.0000133334 : 0.0000166667;
		const computeUsd = (chatty.billedMibMs / 1_024_000) * price + chatty.invocations * 2e-7;
		expect(logsUsd / computeUsd).toBeGreaterThan(7);
		const builder = world.invocations(player(world, 'report-builder').id, day);
		expect(Math.max(...builder.map((run) => run.maxMemoryUsedMib))).toBeLessThan(300);
		const idle = world.totals(player(world, 'holiday-promo-api').id, day);
		expect(idle.provisionedInvocations).toBe(idle.invocations);
		expect(idle.durationUs / 1000 / (20 * dayMs)).toBeLessThan(0.01);
	});
});
