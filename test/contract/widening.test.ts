import { targetOf } from '@lamplight/aws/target';
import type { PlannedFunction } from '@lamplight/core/collection/plan';
import { emptyRegionState } from '@lamplight/core/collection/state';
import { trailingHour } from '@lamplight/core/collection/slots';
import { hourMs, minuteMs } from '@lamplight/core/time';
import { readFigures, recordReadsPerRun } from '@lamplight/jobs/collect/figures';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { type Collector, startCollector, testCtx } from '../support/collector.ts';
import { wholeAccount } from '../support/wholeAccount.ts';

const startMs = Date.UTC(2026, 9, 14, 9, 31);
let collector: Collector;

beforeAll(async () => {
	collector = await startCollector({
		...{ functions: 120, seed: 11, nowMs: startMs, speed: 0, rateLimits: false, rateShare: 1000 },
	});
});
afterAll(() => collector.close());

it('takes for hidden what was read and showed too little, and not what nobody had read', async () => {
	const { aws, deps, sandbox, store } = collector;
	const { world } = sandbox;
	const { id: accountId, activeRegions } = wholeAccount(world);
	const [region = ''] = activeRegions;
	const window = trailingHour(startMs);
	const recordWindow = { fromMs: startMs - 31 * minuteMs, toMs: window.toMs };
	// What ran late in the window is seen by metrics and by logs at different moments.
	const settled = { fromMs: recordWindow.fromMs, toMs: startMs - 11 * minuteMs };
	const functions = world.functions(accountId, region, startMs).map((fn) => ({
		...{ name: fn.name, ran: world.totals(fn.id, settled).invocations },
	}));
	const [hidden, ...running] = functions.filter(({ ran }) => ran > 0);
	const idle = functions.find(({ ran }) => ran === 0);
	if (hidden === undefined || idle === undefined)
		throw new Error('all of the region runs, or none');
	expect(running.length).toBeGreaterThan(2);
	sandbox.addFault({
		...{ kind: 'late-data', settings: { delayMs: hourMs } },
		where: { service: 'logs', functionName: hidden.name },
	});

	const connection = await collector.connect(accountId);
	const enrolment = await store.enrolments.get(testCtx(), connection.enrolmentId);
	if (enrolment === null) throw new Error('the connection has no enrolment');
	const account = aws.open(targetOf(enrolment, connection));
	const planned = ({ name }: { readonly name: string }): PlannedFunction => ({ name, known: null });
	// As many readings as a run has room for, so that none is left for the others.
	const most = recordReadsPerRun(region);
	const records = [planned(hidden), ...new Array<PlannedFunction>(most - 1).fill(planned(idle))];
	const expected = functions.reduce((sum, { ran }) => sum + ran, 0);
	const figures = await readFigures(
		deps,
		{ ctx: testCtx(), connection, enrolment, account },
		{
			...{ region, nowMs: startMs, window, recordWindow, state: emptyRegionState },
			plan: {
				...{ records, metrics: [], later: { records: [], metrics: [] }, overRate: 0 },
				others: functions.filter((fn) => fn !== hidden && fn !== idle).map(planned),
			},
			logsGranted: true,
			unexplained: (read) =>
				expected -
				read
					.flatMap(({ buckets }) => [...buckets.values()])
					.filter((one) => one.minuteMs >= settled.fromMs && one.minuteMs < settled.toMs)
					.reduce((sum, one) => sum + one.invocations, 0),
			isSurprised: () => false,
		},
	);
	await account.end();

	expect(figures.state.unreadable).toEqual({
		[hidden.name]: {
			reason: 'its records are fewer than its metric counts',
			untilMs: startMs + 6 * hourMs,
		},
	});
	// They are read with the next reading, and their metric stands in for this one.
	const names = Object.keys(figures.state.unlisted);
	expect(running.map(({ name }) => name).filter((name) => !names.includes(name))).toEqual([]);
	const found = new Map(figures.all().map(({ name, buckets }) => [name, buckets]));
	for (const { name, ran } of running) {
		const counted = [...(found.get(name)?.values() ?? [])]
			.filter((one) => one.minuteMs >= settled.fromMs && one.minuteMs < settled.toMs)
			.reduce((sum, one) => sum + one.invocations, 0);
		expect(`${name} ${counted}`).toBe(`${name} ${ran}`);
	}
});
