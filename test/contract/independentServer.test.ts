import { randomBytes } from 'node:crypto';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Aws, createAws } from '@lamplight/aws/aws';
import { beginEnrolment } from '@lamplight/aws/connect/enrol';
import { verifyConnection } from '@lamplight/aws/connect/verify';
import { isRefused } from '@lamplight/core/connection/health';
import type { Connection, Enrolment } from '@lamplight/core/connection/connection';
import { regionSchema } from '@lamplight/core/ids';
import { floorTo, hourMs, minuteMs } from '@lamplight/core/time';
import type { JobDeps } from '@lamplight/jobs/deps';
import { createMemory } from '@lamplight/jobs/memory';
import type { Message } from '@lamplight/jobs/message';
import { workMessage } from '@lamplight/jobs/work';
import { createStore, type Store } from '@lamplight/store/store';
import { ensureTable } from '@lamplight/store/table';

import { closedFiles } from '../support/closedFiles.ts';
import { missing } from '../support/needs.ts';
import {
	type Moto,
	motoAccountId,
	motoRegion,
	type SeededMinute,
	seed,
	startMoto,
} from '../support/moto.ts';
import { testCtx, testWorkspaceId } from '../support/collector.ts';
import { storedMinutes } from '../support/truth.ts';

/** Seconds long enough for a server in Python, with retries. */
const patienceMs = 180_000;

describe.skipIf(missing('moto') !== null)('a server of AWS that others wrote', () => {
	// Metrics are final 20 minutes after their minute.
	const lastMs = floorTo(minuteMs, Date.now()) - 30 * minuteMs;
	const minutes: readonly SeededMinute[] = ['orders', 'mail', 'resize'].flatMap((functionName, k) =>
		Array.from({ length: 6 }, (_, at) => ({
			functionName,
			minuteMs: lastMs - at * minuteMs,
			durationsMs: Array.from({ length: k + 1 }, (_run, index) => 20 * (at + 1) + index),
		})),
	);
	const range = { fromMs: lastMs - hourMs, toMs: lastMs + 5 * minuteMs };
	const clock = () => Date.now();
	const ctx = testCtx();
	let moto: Moto;
	let aws: Aws;
	let store: Store;
	let client: DynamoDBClient;
	let verified: Connection;
	let enrolment: Enrolment;

	beforeAll(async () => {
		moto = await startMoto();
		process.env['AWS_ENDPOINT_URL'] = moto.endpoint;
		const own = async () => ({ accessKeyId: 'test', secretAccessKey: 'test' });
		await seed(moto.endpoint, minutes);
		aws = createAws({ clock, wallClock: clock, region: motoRegion, own, rateShare: 100 });
		client = new DynamoDBClient({ region: motoRegion, credentials: await own() });
		await ensureTable(client, 'lamplight');
		store = createStore({ client, tableName: 'lamplight', clock });
		const begun = beginEnrolment(
			{ clock, randomBytes: (count) => randomBytes(count) },
			{
				workspaceId: testWorkspaceId,
				kind: 'profile',
				accountId: motoAccountId,
				features: ['inventory', 'metrics', 'logs', 'insights', 'costs', 'deploys'],
				createdBy: 'usr_test',
			},
		);
		enrolment = begun.enrolment;
		verified = await verifyConnection({ aws, clock }, enrolment, begun.connection);
		await store.connections.put(ctx, verified);
		await store.enrolments.put(ctx, enrolment);
	}, patienceMs);
	afterAll(async () => {
		delete process.env['AWS_ENDPOINT_URL'];
		aws.close();
		client.destroy();
		await moto.close();
	});

	it('lacks operations, and each is named with what does not work without it', () => {
		const lacking = verified.checks.filter(isRefused);
		expect(lacking.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(
			expect.arrayContaining([
				'account:ListRegions missing',
				'lambda:GetAccountSettings missing',
				'lambda:ListProvisionedConcurrencyConfigs missing',
				'cloudtrail:LookupEvents missing',
			]),
		);
		for (const { without } of lacking) expect(without.length).toBeGreaterThan(10);
		expect(verified.state).toBe('degraded');
		for (const { action } of lacking) expect(verified.reason).toContain(action);
		expect(verified.reason).toContain('Not offered by the endpoint');
	});

	it(
		'is collected all the same: what exists, and every minute as it was put there',
		async () => {
			const failed = await collectOnce();
			expect(failed).toEqual([]);
			const functions = await store.functions.listAccount(ctx, verified.accountId);
			expect(functions.map(({ name }) => name).sort()).toEqual(['mail', 'orders', 'resize']);
			for (const { id, name, memoryMib, tags } of functions) {
				expect({ memoryMib, tags }).toEqual({ memoryMib: 256, tags: { team: 'independence' } });
				const stored = await storedMinutes(store, id, { range, stepMs: minuteMs });
				const read = [...stored].map(([minuteMs, point]) => ({
					...{ functionName: name, minuteMs },
					invocations: point.invocations,
					durationSumUs: point.durationSumUs,
				}));
				expect(read.filter(({ invocations }) => invocations > 0)).toEqual(
					minutes
						.filter(({ functionName }) => functionName === name)
						.map(({ durationsMs, ...minute }) => ({
							...minute,
							invocations: durationsMs.length,
							durationSumUs: durationsMs.reduce((sum, ms) => sum + ms * 1000, 0),
						}))
						.toReversed(),
				);
			}
		},
		patienceMs,
	);

	/** Works off what is planned for a connection, and what that sends; returns what failed. */
	async function collectOnce(): Promise<string[]> {
		const queue: Message[] = [];
		const deps: JobDeps = {
			store,
			aws,
			clock,
			wallClock: clock,
			randomBytes: (count) => randomBytes(count),
			queue: { send: async (messages) => void queue.push(...messages) },
			files: closedFiles(),
			memory: createMemory(),
			log: () => undefined,
		};
		const planned = { workspaceId: testWorkspaceId, plannedMs: clock(), connectionId: verified.id };
		queue.push({ kind: 'inventory', ...planned, details: true });
		queue.push({ kind: 'totals', ...planned, counts: true });
		queue.push({ kind: 'functions', ...planned, region: regionSchema.parse(motoRegion) });
		const failed: string[] = [];
		for (let message = queue.shift(); message !== undefined; message = queue.shift()) {
			if (message.kind === 'backfill') continue;
			try {
				await workMessage(deps, JSON.stringify(message));
			} catch (error) {
				failed.push(`${message.kind}: ${error instanceof Error ? error.message : 'failed'}`);
			}
		}
		return failed;
	}
});
