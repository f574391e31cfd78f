import { describe, expect, it } from 'vitest';

import { callFor, hourMs, nowMs, player, smallWorld } from '../../world/testing/small.ts';
import { listMetrics } from './listMetrics.ts';

const world = smallWorld();
const member = player(world, 'checkout-api');
const call = callFor(member);

function all(input: Parameters<typeof listMetrics>[1]) {
	const found = [];
	let token: string | undefined;
	do {
		const answer = listMetrics(
			world,
			{ ...input, ...(token === undefined ? {} : { NextToken: token }) },
			call,
		);
		expect(answer.Metrics?.length).toBeLessThanOrEqual(500);
		found.push(...(answer.Metrics ?? []));
		token = answer.NextToken;
	} while (token !== undefined);
	return found;
}

describe('ListMetrics', () => {
	it('lists what ran in the last three hours, and no other function', () => {
		const names = all({ Namespace: 'AWS/Lambda', MetricName: 'Duration', RecentlyActive: 'PT3H' })
			.filter((metric) => metric.Dimensions?.length === 1)
			.map((metric) => metric.Dimensions?.[0]?.Value);
		const range = { fromMs: nowMs - 3 * hourMs, toMs: nowMs - 15 * 60_000 };
		const ran = world
			.membersIn(member.accountId, member.region)
			.filter((of) => world.totals(of.id, range).invocations > 0)
			.map((of) => of.name);
		expect(names.sort()).toEqual(ran.sort());
		expect(ran.length).toBeLessThan(world.membersIn(member.accountId, member.region).length);
	});

	it('pages by five hundred and filters by dimension', () => {
		const everything = all({});
		expect(everything.length).toBeGreaterThan(500);
		const mine = all({ Dimensions: [{ Name: 'FunctionName', Value: member.name }] });
		expect(mine.length).toBeGreaterThan(8);
		for (const metric of mine) {
			expect(metric.Dimensions).toContainEqual({ Name: 'FunctionName', Value: member.name });
		}
		expect(all({ Dimensions: [{ Name: 'FunctionName' }] }).length).toBeGreaterThan(mine.length);
	});

	it('knows replicas of Lambda@Edge where they run', () => {
		const names = all({ Namespace: 'AWS/Lambda', MetricName: 'Invocations' }).flatMap((metric) =>
			(metric.Dimensions ?? []).map(({ Value }) => Value),
		);
		expect(names).toContain('us-east-1.edge-session-router');
	});
});
