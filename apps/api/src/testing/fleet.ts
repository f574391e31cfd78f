import type { Connection, Enrolment } from '@lamplight/core/connection/connection';
import type { Ctx } from '@lamplight/core/ctx';
import type { LambdaFunction } from '@lamplight/core/function/function';
import { connectionIdSchema, enrolmentIdSchema, functionId } from '@lamplight/core/ids';
import { dayMs, hourMs, minuteMs, utcDay } from '@lamplight/core/time';
import { fleetWindows } from '@lamplight/store/series/rollups';
import type { Store } from '@lamplight/store/store';

import { newId } from './api.ts';
import { type FigureOptions, perBucket, regions, seedFigures } from './figures.ts';
import { type FleetExtras, seedExtras } from './fleetExtras.ts';

/** What the test fleet is made of. */
export interface TestFleet extends FleetExtras {
	readonly functions: readonly LambdaFunction[];
	readonly connections: readonly Connection[];
	/** Invocations of a function in each bucket: every ten minutes one. */
	readonly perBucket: number;
	readonly billedDays: readonly string[];
}

export interface FleetOptions extends FigureOptions {
	readonly functions?: number;
}

const accounts = ['111111111111', '222222222222'] as const;
const apps = ['checkout', 'rates', 'labels'] as const;

/** Fills a workspace with two accounts' worth of functions that ran for some days. */
export async function seedFleet(store: Store, ctx: Ctx, options: FleetOptions): Promise<TestFleet> {
	const { nowMs } = options;
	const count = options.functions ?? 24;
	const connections = await seedConnections(store, ctx, nowMs);
	const functions = Array.from({ length: count }, (_, at) => functionAt(at, connections, nowMs));
	await store.functions.putMany(ctx, functions);
	await seedFigures(store, ctx, { ...options, functions, connections });
	const billedDays = [4, 3, 2].map((before) => utcDay(nowMs - before * dayMs));
	const first = functions[0];
	if (first === undefined) throw new Error('a fleet has a function');
	const extras = await seedExtras(store, ctx, { first, nowMs, connections, billedDays });
	await store.rollups.rebuildDirectory(ctx);
	await store.rollups.rebuildWindows(ctx, fleetWindows);
	return { functions, connections, perBucket, billedDays, ...extras };
}

/** Months before the seeded days are known too: nothing ran then. */
const knownDays = 100;

async function seedConnections(store: Store, ctx: Ctx, nowMs: number): Promise<Connection[]> {
	const made: Connection[] = [];
	for (const [at, accountId] of accounts.entries()) {
		const enrolment: Enrolment = {
			id: enrolmentIdSchema.parse(newId('enr')),
			workspaceId: ctx.workspaceId,
			kind: 'account',
			accountId,
			externalId: `lamplight-${newId('x').slice(2)}`,
			features: ['inventory', 'metrics', 'logs', 'costs'],
			logGroupPatterns: ['/aws/lambda/*'],
			regions: [...regions],
			createdMs: nowMs - 20 * dayMs,
			createdBy: 'owner@example.com',
		};
		const connection: Connection = {
			id: connectionIdSchema.parse(newId('con')),
			workspaceId: ctx.workspaceId,
			enrolmentId: enrolment.id,
			accountId,
			accountName: at === 0 ? 'production' : null,
			roleArn: `arn:aws:iam::${accountId}:role/LamplightReadOnly`,
			regions: [...regions],
			features: enrolment.features,
			state: at === 0 ? 'healthy' : 'degraded',
			reason: at === 0 ? null : 'Not granted: logs:FilterLogEvents.',
			checks: [
				{
					feature: 'logs',
					action: 'logs:FilterLogEvents',
					outcome: at === 0 ? 'granted' : 'denied',
					without: 'No executions.',
					checkedMs: nowMs - hourMs,
				},
			],
			watchBudgetUsdPerMonth: 5,
			backfillBudgetUsd: 1,
			createdMs: nowMs - 20 * dayMs,
			verifiedMs: nowMs - hourMs,
			lastCollectedMs: nowMs - 2 * minuteMs,
			knownFromMs: nowMs - knownDays * dayMs,
		};
		await store.enrolments.create(ctx, enrolment);
		await store.connections.create(ctx, connection);
		await store.watchCosts.add(ctx, connection.id, {
			key: `seed-${at}`,
			usages: [
				{
					connectionId: connection.id,
					day: utcDay(nowMs - dayMs),
					region: 'eu-west-1',
					action: 'cloudwatch:GetMetricData',
					calls: 100,
					throttled: 0,
					failed: 0,
					units: 50_000,
					requestBytes: 1_000,
					responseBytes: 1_000,
				},
			],
		});
		made.push(connection);
	}
	return made;
}

function functionAt(at: number, connections: readonly Connection[], nowMs: number): LambdaFunction {
	const connection = connections[at % connections.length];
	if (connection === undefined) throw new Error('a function has a connection');
	const region = regions[Math.floor(at / 2) % regions.length] ?? 'eu-west-1';
	const app = at % 4 === 3 ? null : (apps[at % apps.length] ?? null);
	const name = `${app ?? 'lone'}-fn-${at}`;
	const { accountId } = connection;
	return {
		id: functionId({ accountId, region, name }),
		connectionId: connection.id,
		accountId,
		region,
		name,
		arn: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
		runtime: at % 5 === 0 ? 'python3.13' : 'nodejs24.x',
		packageType: 'Zip',
		handler: 'index.handler',
		architecture: at % 3 === 0 ? 'x86_64' : 'arm64',
		billingMode: 'on-demand',
		memoryMib: 256 * (1 + (at % 4)),
		ephemeralStorageMib: 512,
		timeoutSeconds: 30,
		codeSizeBytes: 1_000_000,
		codeSha256: null,
		revisionId: null,
		lastModifiedMs: nowMs - 4 * hourMs,
		version: '7',
		aliases: [],
		snapStart: false,
		tracing: false,
		reservedConcurrency: at === 1 ? 50 : null,
		provisionedConcurrency: [],
		eventSources: [],
		layers: [],
		logGroup: `/aws/lambda/${name}`,
		logFormat: 'JSON',
		systemLogLevel: null,
		logClass: 'STANDARD',
		logRetentionDays: 14,
		logStoredBytes: 1_000_000_000,
		tags: { team: at % 2 === 0 ? 'payments' : 'pricing' },
		app:
			app === null
				? null
				: { id: `app-${app}`, name: app, stage: 'prod', kind: 'sst', framework: null },
		owner: at % 2 === 0 ? 'payments' : 'pricing',
		firstSeenMs: nowMs - 60 * dayMs,
		lastSeenMs: nowMs,
		goneMs: null,
	};
}
