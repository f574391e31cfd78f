import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createRateLimits } from './rateLimits.ts';
import { publishedRate, rateShare } from './rates.ts';

const call = { accountId: '123456789012', region: 'us-east-1', action: 'logs:FilterLogEvents' };

/** A clock that only sleeping moves. */
function timed(options: { readonly longestWaitMs?: number } = {}) {
	let nowMs = 1_000_000;
	const limits = createRateLimits({
		wallClock: () => nowMs,
		sleep: async (ms) => void (nowMs += ms),
		...options,
	});
	return { limits, now: () => nowMs, pass: (ms: number) => void (nowMs += ms) };
}

describe('rate limits', () => {
	it('never take more than 30% of the published rate over a span, beyond half a second of burst', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.nat({ max: 400 }), { minLength: 20, maxLength: 60 }),
				async (gaps) => {
					const { limits, now, pass } = timed();
					const startMs = now();
					for (const gap of gaps) {
						pass(gap);
						await limits.take(call);
					}
					const seconds = (now() - startMs) / 1000;
					const allowed = publishedRate('FilterLogEvents', 'us-east-1') * rateShare;
					expect(gaps.length).toBeLessThanOrEqual(Math.ceil(allowed * (seconds + 0.5)) + 1);
				},
			),
		);
	});

	it('keep accounts, regions and rates apart', async () => {
		const { limits, now } = timed();
		const startMs = now();
		for (let at = 0; at < 100; at += 1) await limits.take({ ...call, accountId: String(at) });
		expect(now()).toBe(startMs);
	});

	it('slow down when AWS says so, and recover within a minute', async () => {
		const { limits, now, pass } = timed();
		const spacing = async () => {
			for (let at = 0; at < 10; at += 1) await limits.take(call);
			const beforeMs = now();
			await limits.take(call);
			return now() - beforeMs;
		};
		const usual = await spacing();
		limits.throttled(call);
		expect(await spacing()).toBeGreaterThan(usual * 1.5);
		pass(60_000);
		expect(await spacing()).toBeCloseTo(usual, 0);
	});

	it('refuse at once what would wait too long, and keep no turn for it', async () => {
		let nowMs = 1_000_000;
		const longestWaitMs = 2_000;
		// Nobody's turn comes while the others ask.
		const limits = createRateLimits({
			...{ wallClock: () => nowMs, longestWaitMs },
			sleep: () => Promise.resolve(),
		});
		const askAll = async () => {
			const asked = await Promise.allSettled(Array.from({ length: 500 }, () => limits.take(call)));
			return asked.filter(({ status }) => status === 'fulfilled').length;
		};
		const perSecond = publishedRate('FilterLogEvents', 'us-east-1') * rateShare;
		const first = await askAll();
		expect(first).toBeGreaterThanOrEqual(Math.floor(perSecond * 2));
		expect(first).toBeLessThanOrEqual(Math.ceil(perSecond * 2.5) + 1);
		await expect(limits.take(call)).rejects.toMatchObject({
			code: 'aws_throttled',
			message: expect.stringContaining("3 seconds of calls at AWS's rate wait") as string,
			retryAfterSeconds: 3,
		});
		// The 499 that were refused are not in the way of who comes three seconds later.
		nowMs += 3_000;
		await expect(limits.take(call)).resolves.toBeUndefined();
	});

	it('are lower where AWS publishes less', () => {
		expect(publishedRate('FilterLogEvents', 'eu-central-1')).toBe(5);
		expect(publishedRate('FilterLogEvents', 'eu-west-1')).toBe(10);
	});
});
