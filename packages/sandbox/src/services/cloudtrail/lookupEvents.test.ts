import { describe, expect, it } from 'vitest';

import { callFor, dayMs, nowMs, player, smallWorld } from '../../world/testing/small.ts';
import { lookupEvents } from './lookupEvents.ts';

const world = smallWorld();
const member = player(world, 'checkout-api');
const call = callFor(member);

describe('LookupEvents', () => {
	it('tells who released a function, newest first, and finds it by name', () => {
		const answer = lookupEvents(
			world,
			{
				LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: 'checkout-api' }],
				StartTime: new Date(nowMs - 10 * dayMs),
				EndTime: new Date(nowMs),
			},
			call,
		);
		const deploys = world.deploys(member, { fromMs: nowMs - 10 * dayMs, toMs: nowMs - 300_000 });
		expect(answer.Events?.map((event) => event.EventTime?.getTime())).toEqual(
			deploys.map((deploy) => deploy.atMs).reverse(),
		);
		expect(answer.Events?.[0]?.Username).toBe(deploys.at(-1)?.actor);
		const record = JSON.parse(answer.Events?.[0]?.CloudTrailEvent ?? '{}') as object;
		expect(record).toMatchObject({
			eventName: 'UpdateFunctionCode20150331v2',
			requestParameters: { functionName: 'checkout-api' },
		});
	});

	it('pages and gives each event once', () => {
		const ids: string[] = [];
		let token: string | undefined;
		do {
			const answer = lookupEvents(
				world,
				{ MaxResults: 10, ...(token === undefined ? {} : { NextToken: token }) },
				call,
			);
			ids.push(...(answer.Events ?? []).map((event) => event.EventId ?? ''));
			token = answer.NextToken;
		} while (token !== undefined);
		expect(ids.length).toBeGreaterThan(50);
		expect(new Set(ids).size).toBe(ids.length);
	});

	it('reads 90 days and no more, by one attribute', () => {
		const old = { StartTime: new Date(nowMs - 200 * dayMs), EndTime: new Date(nowMs - 91 * dayMs) };
		expect(lookupEvents(world, old, call).Events).toEqual([]);
		const two = { AttributeKey: 'EventName', AttributeValue: 'x' } as const;
		expect(() => lookupEvents(world, { LookupAttributes: [two, two] }, call)).toThrow(/one/);
	});
});
