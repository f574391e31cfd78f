import { dayMs, floorTo, minuteMs } from '@lamplight/core/time';

import { bucket, lambdaFunction, startMs } from './storeHarness.ts';
import { connectionId, ids, one, type Part, range } from './storeParts.ts';

const slot = { connectionId, region: 'eu-west-1', slotMs: startMs, batch: 'b', revision: 1 };

/** Functions, what happens to them, and their figures. */
export const fleetParts = {
	functions: {
		write: (store, ctx) => store.functions.putMany(ctx, [lambdaFunction(one, connectionId)]),
		reads: [
			(store, ctx) => store.functions.get(ctx, one),
			async (store, ctx) => (await store.functions.getMany(ctx, [one])).filter(Boolean),
			(store, ctx) => store.functions.listAccount(ctx, '123456789012'),
			(store, ctx) => store.functions.listRegion(ctx, '123456789012', 'eu-west-1'),
		],
	},
	deploys: {
		write: (store, ctx) =>
			store.deploys.put(ctx, {
				id: ids.deploy,
				workspaceId: ctx.workspaceId,
				atMs: startMs,
				kind: 'marker',
				functionId: one,
				connectionId,
				appId: null,
				version: null,
				codeSha256: null,
				changes: [],
				actor: null,
				commit: null,
				url: null,
				source: 'api',
			}),
		reads: [
			(store, ctx) => store.deploys.get(ctx, ids.deploy),
			async (store, ctx) => (await store.deploys.list(ctx, range)).items,
			async (store, ctx) => (await store.deploys.list(ctx, range, { functionId: one })).items,
		],
	},
	issues: {
		write: async (store, ctx) => {
			await store.issues.record(
				ctx,
				{
					id: ids.issue,
					workspaceId: ctx.workspaceId,
					hash: 'ab'.repeat(16),
					scope: 'app:a',
					kind: 'exception',
					title: 't',
					errorType: 'e',
					normalisedMessage: '',
					topFrame: null,
					state: 'open',
					stateBy: null,
					stateMs: null,
					ignoredUntilMs: null,
					firstSeenMs: startMs,
					lastSeenMs: startMs,
					count: 0,
					hours: [],
					functions: [],
					truncated: false,
					versions: [],
				},
				[
					{
						functionId: one,
						hourMs: startMs,
						batch: 'b',
						count: 1,
						version: null,
						firstSeenMs: startMs,
						lastSeenMs: startMs,
					},
				],
			);
			await store.issues.putSample(ctx, {
				issueId: ids.issue,
				functionId: one,
				requestId: null,
				logStream: null,
				atMs: startMs,
				lines: ['secret'],
			});
		},
		reads: [
			(store, ctx) => store.issues.get(ctx, ids.issue),
			(store, ctx) => store.issues.list(ctx),
			(store, ctx) => store.issues.counts(ctx, ids.issue, range),
			(store, ctx) => store.issues.sample(ctx, ids.issue),
		],
	},
	executions: {
		write: (store, ctx) =>
			store.executions.write(ctx, {
				...slot,
				executions: [
					{
						functionId: one,
						requestId: 'r',
						logStream: 's',
						attempt: 1,
						startMs,
						durationUs: 1,
						billedMs: 1,
						memoryMib: 128,
						maxMemoryUsedMib: null,
						initUs: null,
						restoreUs: null,
						version: null,
						status: 'error',
						errorType: null,
						issueId: null,
						traceId: null,
					},
				],
			}),
		reads: [
			async (store, ctx) => (await store.executions.list(ctx, one, { range })).executions,
			(store, ctx) => store.executions.find(ctx, one, { requestId: 'r', aroundMs: startMs }),
		],
	},
	bill: {
		write: (store, ctx) =>
			store.bill.putStatement(ctx, {
				billingSourceId: ids.billing,
				month: '2026-10',
				readMs: 1,
				final: false,
				invoiceIds: [],
				rows: [],
			}),
		reads: [
			(store, ctx) => store.bill.statement(ctx, ids.billing, { month: '2026-10' }),
			(store, ctx) => store.bill.history(ctx, ids.billing, '2026-10'),
			(store, ctx) => store.bill.months(ctx, ids.billing),
		],
	},
	watchCosts: {
		write: (store, ctx) =>
			store.watchCosts.add(ctx, connectionId, {
				key: 'k',
				usages: [
					{
						connectionId,
						day: '2026-11-20',
						region: 'eu-west-1',
						action: 'logs:FilterLogEvents',
						calls: 1,
						throttled: 0,
						failed: 0,
						units: 0,
						requestBytes: 1,
						responseBytes: 1,
					},
				],
			}),
		reads: [
			(store, ctx) =>
				store.watchCosts.read(ctx, connectionId, { fromDay: '2026-11-01', toDay: '2026-11-30' }),
		],
	},
	cutOffs: {
		write: async (store, ctx) => {
			await store.cutOffs.note(ctx, connectionId, { day: '2026-11-20', key: 'm-1', parts: 2 });
			await store.cutOffs.noteFailure(ctx, connectionId, 'm-2');
		},
		reads: [
			async (store, ctx) => {
				const days = { fromDay: '2026-11-01', toDay: '2026-11-30' };
				return (await store.cutOffs.count(ctx, connectionId, days)) === 2 ? 2 : null;
			},
			async (store, ctx) =>
				(await store.cutOffs.hasFailed(ctx, connectionId, 'm-2')) ? 'yes' : null,
		],
	},
	series: {
		write: async (store, ctx) => {
			const functions = [{ functionId: one, buckets: [bucket(startMs)], durations: null }];
			await store.series.writeFragment(ctx, {
				...slot,
				spanMs: 5 * minuteMs,
				source: 'metrics',
				functions,
			});
			await store.series.writeTotals(ctx, {
				...slot,
				spanMs: 5 * minuteMs,
				regions: [
					{
						region: 'eu-west-1',
						buckets: [
							{
								minuteMs: startMs,
								invocations: 1,
								errors: 0,
								throttles: 0,
								durationCount: 1,
								durationSumUs: 1,
								concurrencyMax: null,
								claimedConcurrencyMax: null,
							},
						],
					},
				],
			});
		},
		reads: [
			async (store, ctx) =>
				(await store.series.readFunctionSeries(ctx, one, { range, stepMs: minuteMs })).points,
			async (store, ctx) => (await store.series.readFleet(ctx, range)).rows,
			async (store, ctx) => {
				const day = { fromMs: floorTo(dayMs, range.fromMs), toMs: range.toMs };
				return (await store.series.readUsage(ctx, day)).flatMap(({ ids }) => ids);
			},
			(store, ctx) =>
				store.series.readTotals(ctx, { range, stepMs: minuteMs, connectionIds: [connectionId] }),
		],
	},
	rollups: {
		write: async (store, ctx) => {
			await store.rollups.rebuildWindows(ctx, ['today']);
			await store.rollups.putDocument(ctx, 'd', { secret: true });
			await store.rollups.noteNews(ctx);
			await store.rollups.noteWatched(ctx);
		},
		reads: [
			async (store, ctx) => (await store.rollups.directory(ctx)).functions,
			(store, ctx) => store.rollups.fleetWindow(ctx, 'today'),
			(store, ctx) => store.rollups.document(ctx, 'd'),
			async (store, ctx) => [...(await store.rollups.freshness(ctx)).keys()],
			(store, ctx) => store.rollups.newsMs(ctx),
			(store, ctx) => store.rollups.watchedMs(ctx),
		],
	},
} satisfies Record<string, Part>;
