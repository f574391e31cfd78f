import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createRateLimits } from './rateLimits.ts';
import { publishedRate, rateShare } from './rates.ts';

const call = { accountId: '123456789012', region: 'us-east-1', action: 'logs:FilterLogEvents' };

/** A clock that only sleeping moves. */
function timed() {
	let nowMs = 1_000_000;
	const limits = createRateLimits({
		wallClock: () => nowMs,
		sleep: async (ms) => void (nowMs += ms),
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

	it('are lower where AWS publishes less', () => {
		expect(publishedRate('FilterLogEvents', 'eu-central-1')).toBe(5);
		expect(publishedRate('FilterLogEvents', 'eu-west-1')).toBe(10);
	});
});
