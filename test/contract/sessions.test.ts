import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { createAws } from '@lamplight/aws/aws';
import { targetOf } from '@lamplight/aws/target';
import type { Connection } from '@lamplight/core/connection/connection';
import { hourMs, minuteMs } from '@lamplight/core/time';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Collector, collectorRole, startCollector, testCtx } from '../support/collector.ts';
import { wholeAccount } from '../support/wholeAccount.ts';

const startMs = Date.UTC(2026, 9, 14, 9, 31);

describe('sessions in a customer’s account', () => {
	let collector: Collector;
	let connection: Connection;
	beforeAll(async () => {
		const world = { functions: 40, seed: 11, nowMs: startMs, speed: 0 };
		collector = await startCollector({ ...world, rateLimits: false, rateShare: 1000 });
		const account = wholeAccount(collector.sandbox.world);
		connection = await collector.connect(account.id);
	}, 180_000);
	afterAll(() => collector.close());

	const open = async (wallClock: () => number) => {
		const { sandbox, store, deps } = collector;
		const own = sandbox.credentialsFor(sandbox.hubAccountId, { roleName: collectorRole });
		const aws = createAws({
			clock: deps.clock,
			wallClock,
			region: 'us-east-1',
			own: async () => own,
		});
		const enrolment = await store.enrolments.get(testCtx(), connection.enrolmentId);
		if (enrolment === null) throw new Error('the enrolment is gone');
		return { aws, account: aws.open(targetOf(enrolment, connection)) };
	};

	it('can do what their kind of call needs and nothing else that the role may', async () => {
		const { aws, account } = await open(Date.now);
		const region = 'us-east-1';
		await account.lambda(region).send(new ListFunctionsCommand({}));
		const credentials = await account.cloudwatch(region).config.credentials();
		const lambda = new LambdaClient({ region, credentials });
		await expect(lambda.send(new ListFunctionsCommand({}))).rejects.toMatchObject({
			name: 'AccessDeniedException',
		});
		lambda.destroy();
		await account.end();
		aws.close();
	}, 180_000);

	it('are kept while they last and made anew before they end', async () => {
		let aheadMs = 0;
		const { aws, account } = await open(() => Date.now() + aheadMs);
		const key = async () =>
			(await account.cloudwatch('us-east-1').config.credentials({ forceRefresh: true }))
				.accessKeyId;
		const first = await key();
		aheadMs = hourMs - 6 * minuteMs;
		expect(await key()).toBe(first);
		aheadMs = hourMs - 4 * minuteMs;
		const second = await key();
		expect(second).not.toBe(first);
		await account.end();
		aws.close();
	}, 180_000);
});
