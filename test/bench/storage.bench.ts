import { randomBytes } from 'node:crypto';
import { brotliCompressSync } from 'node:zlib';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { FunctionSlice } from '@lamplight/core/bucket/fragment';
import type { Ctx } from '@lamplight/core/ctx';
import { functionParts, connectionIdSchema, workspaceIdSchema } from '@lamplight/core/ids';
import { dayMs, floorTo, hourMs, minuteMs } from '@lamplight/core/time';
import { startDynamoDb } from '@lamplight/sandbox/dynamodb/start';
import { decodeMinuteDay, encodeMinuteDay } from '@lamplight/store/codec/days';
import { encodeFleet } from '@lamplight/store/codec/fleet';
import { Db } from '@lamplight/store/dynamo/db';
import { blobParts } from '@lamplight/store/dynamo/parts';
import { fleetOfSlices } from '@lamplight/store/series/compactHour';
import { fleetKeys, partitions } from '@lamplight/store/series/layout';
import { createStore, type Store } from '@lamplight/store/store';
import { ensureTable } from '@lamplight/store/table';

import { lambdaFunction } from '../contract/storeHarness.ts';
import { type Bench, type BenchRow, row } from './bench.ts';
import { countUnits, type Units, unitsOf } from './dynamoUnits.ts';
import { pointsOf, sliceOf, type TrafficFunction, trafficFunctions } from './fleetTraffic.ts';

type Report = (row: BenchRow) => void;

/** 2026-11-18T00:00Z. */
const dayStartMs = Date.UTC(2026, 10, 18);
const tableName = 'bench';
const region = 'eu-west-1';
// DynamoDB on-demand, us-east-1: $0.625 per million write, $0.125 per million read request units;
// Amazon DynamoDB pricing, read 2026-11.
const usdPerWriteUnit = 0.625e-6;
const usdPerReadUnit = 0.125e-6;

interface Bed {
	readonly ctx: Ctx;
	readonly connectionId: ReturnType<typeof connectionIdSchema.parse>;
	readonly store: Store;
	readonly db: Db;
	readonly units: Units;
	/** Another process: nothing in memory. */
	other(): Store;
	now: number;
	close(): Promise<void>;
}

async function startBed(): Promise<Bed> {
	const server = await startDynamoDb();
	const client = new DynamoDBClient({
		endpoint: server.endpoint,
		region: 'us-east-1',
		credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
	});
	await ensureTable(client, tableName);
	const units = countUnits(client);
	const id = () => randomBytes(13).toString('hex');
	const clock = () => bed.now;
	const bed: Bed = {
		ctx: {
			workspaceId: workspaceIdSchema.parse(`ws_${id()}`),
			actor: { kind: 'job', job: 'bench' },
			requestId: 'bench',
		},
		connectionId: connectionIdSchema.parse(`con_${id()}`),
		store: createStore({ client, tableName, clock }),
		db: new Db({ client, tableName, clock }),
		units,
		other: () => createStore({ client, tableName, clock }),
		now: dayStartMs,
		close: async () => {
			client.destroy();
			await server.close();
		},
	};
	return bed;
}

function reportCodec(report: Report): void {
	const functions = trafficFunctions(200);
	const days = functions.map((one) => sliceOf(one, dayStartMs, 1440));
	const points = days.reduce((sum, day) => sum + pointsOf(day.buckets), 0);
	const encoded = days.map((day) => encodeMinuteDay({ buckets: day.buckets, hours: new Map() }));
	const bytes = encoded.reduce((sum, blob) => sum + blob.length, 0);
	const json = days.map((day) => JSON.stringify(day.buckets));
	const jsonBytes = json.reduce((sum, text) => sum + brotliCompressSync(text).length, 0);
	report(
		row('stored bytes per point, one minute', {
			value: bytes / points,
			unit: 'B',
			atMost: 1.2,
			baseline: jsonBytes / points,
			note: `${points.toLocaleString('en')} known figures of ${functions.length} functions over a day; baseline: the same as JSON under brotli at its best`,
		}),
	);
	report(row('stored bytes per function-day', { value: bytes / functions.length, unit: 'B' }));
	const encodeMs = timed(() =>
		days.forEach((day) => encodeMinuteDay({ buckets: day.buckets, hours: new Map() })),
	);
	const stringifyMs = timed(() =>
		days.forEach((day) => brotliCompressSync(JSON.stringify(day.buckets), fastBrotli)),
	);
	report(
		row('encode, points per ms', {
			value: points / encodeMs,
			unit: 'points/ms',
			baseline: points / stringifyMs,
			note: 'baseline: JSON.stringify and brotli of the same quality',
		}),
	);
	const decodeMs = timed(() => encoded.forEach((blob) => decodeMinuteDay(blob)));
	const parseMs = timed(() => json.forEach((text) => JSON.parse(text) as unknown));
	report(
		row('decode, points per ms', {
			value: points / decodeMs,
			unit: 'points/ms',
			baseline: points / parseMs,
			note: 'baseline: JSON.parse of the uncompressed text',
		}),
	);
}

const fastBrotli = { params: { 1: 5 } };

function timed(work: () => void): number {
	work();
	const startedMs = performance.now();
	work();
	return performance.now() - startedMs;
}

/** How many functions run through the whole pipeline for a day. */
const pipelineFunctions = 200;
const batchFunctions = 100;
/** How far a reading reaches by kind: the busy by metrics every 5 minutes, records in longer windows. */
const spanMinutes = { busy: 5, moderate: 15, sparse: 60 } as const;

async function reportPipeline(report: Report): Promise<void> {
	const bed = await startBed();
	try {
		const functions = trafficFunctions(pipelineFunctions);
		await bed.store.functions.putMany(
			bed.ctx,
			functions.map((one) => lambdaFunction(one.id, bed.connectionId)),
		);
		const fragments = await unitsOf(bed.units, () => writeDay(bed, functions));
		const mid = functions.find((one) => one.kind === 'busy') ?? functions[0];
		bed.now = dayStartMs + dayMs + 10 * minuteMs;
		const hours = await unitsOf(bed.units, () => compactAll(bed));
		const recent = await seriesUnits(bed, mid);
		bed.now = dayStartMs + dayMs + hourMs;
		const days = await unitsOf(bed.units, () => compactAll(bed));
		const past = await seriesUnits(bed, mid);
		const perDay = (units: Units) => units.writeUnits / pipelineFunctions;
		const all = perDay(fragments) + perDay(hours) + perDay(days);
		report(
			row('write units per function-day', {
				value: all,
				unit: 'WRU',
				note: `fragments ${perDay(fragments).toFixed(1)} with every slot read three times, the third without news, hours ${perDay(hours).toFixed(1)}, days ${perDay(days).toFixed(1)}; 10% of ${pipelineFunctions} functions busy, one region`,
			}),
		);
		const reads = (hours.readUnits + days.readUnits) / pipelineFunctions;
		report(row('compaction read units per function-day', { value: reads, unit: 'RRU' }));
		report(
			row('series storage, 1,000 functions', {
				value: (all * usdPerWriteUnit + reads * usdPerReadUnit) * 30 * 1000,
				unit: 'USD/month',
			}),
		);
		report(
			row('read units, a function’s last 24 h before its day is over', {
				value: recent.readUnits,
				unit: 'RRU',
				note: `${recent.readCalls} reads`,
			}),
		);
		report(
			row('read units, a function’s day once compacted', {
				value: past.readUnits,
				unit: 'RRU',
				note: `${past.readCalls} reads`,
			}),
		);
	} finally {
		await bed.close();
	}
}

/** Each slot is read three times: without its newest minute, whole, and once more without news. */
async function writeDay(bed: Bed, functions: readonly TrafficFunction[]): Promise<void> {
	for (const kind of ['busy', 'moderate', 'sparse'] as const) {
		const some = functions.filter((one) => one.kind === kind);
		const spanMs = spanMinutes[kind] * minuteMs;
		for (let at = 0; at < some.length; at += batchFunctions) {
			const batch = some.slice(at, at + batchFunctions);
			for (let slotMs = dayStartMs; slotMs < dayStartMs + dayMs; slotMs += spanMs) {
				bed.now = slotMs + spanMs + 5 * minuteMs;
				const whole = batch.map((one) => sliceOf(one, slotMs, spanMinutes[kind]));
				const newest = slotMs + spanMs - minuteMs;
				const early = whole.map((slice) => ({
					...slice,
					buckets: slice.buckets.filter((bucket) => bucket.minuteMs < newest),
				}));
				for (const [revision, slices] of [early, whole, whole].entries()) {
					await bed.store.series.writeFragment(bed.ctx, {
						connectionId: bed.connectionId,
						region,
						slotMs,
						spanMs,
						source: kind === 'busy' ? 'metrics' : 'records',
						batch: `${kind}-${at}`,
						revision: revision + 1,
						functions: slices,
					});
				}
			}
		}
	}
}

async function compactAll(bed: Bed): Promise<void> {
	for (;;) {
		const { more } = await bed.store.series.compact(bed.ctx, bed.connectionId);
		if (!more) return;
	}
}

async function seriesUnits(bed: Bed, one: TrafficFunction | undefined): Promise<Units> {
	if (one === undefined) throw new Error('no function to read');
	const store = bed.other();
	const range = { fromMs: dayStartMs, toMs: dayStartMs + dayMs };
	return unitsOf(bed.units, () =>
		store.series.readFunctionSeries(bed.ctx, one.id, { range, stepMs: 2 * minuteMs }),
	);
}

const fleetFunctions = 10_000;
const fleetHours = 48;

async function reportPages(report: Report): Promise<void> {
	const bed = await startBed();
	try {
		const functions = trafficFunctions(fleetFunctions);
		await bed.store.functions.putMany(
			bed.ctx,
			functions.map((one) => inventoryOf(one, bed)),
		);
		// From 6 o'clock to 6 o'clock: no whole day among them, so all of it is read by hours.
		const firstHourMs = dayStartMs + 6 * hourMs;
		for (let hour = 0; hour < fleetHours; hour++) {
			await writeFleetHour(bed, functions, firstHourMs + hour * hourMs);
		}
		bed.now = firstHourMs + fleetHours * hourMs;
		const startedMs = performance.now();
		const rebuild = await unitsOf(bed.units, () =>
			bed.store.rollups.rebuildWindows(bed.ctx, ['24h']),
		);
		const rebuildMs = performance.now() - startedMs;
		await reportPage(report, bed, 'overview', { before: true, sparks: false });
		await reportPage(report, bed, 'functions page', { before: false, sparks: true });
		await reportPage(report, bed, 'everything of a window', { before: true, sparks: true });
		const reading = await bed.store.rollups.fleetWindow(bed.ctx, '24h');
		report(
			row('functions that ran in the window', {
				value: reading?.rows.length ?? 0,
				unit: 'functions',
			}),
		);
		const hourEnd = floorTo(hourMs, bed.now);
		const three = await unitsOf(bed.units, () =>
			bed.other().series.readFleet(bed.ctx, { fromMs: hourEnd - 3 * hourMs, toMs: hourEnd }),
		);
		report(
			row('read units, the fleet over any 3 hours', {
				value: three.readUnits,
				unit: 'RRU',
				note: `${three.readCalls} reads`,
			}),
		);
		report(
			row('read units to rebuild 24 h and the 24 h before', {
				value: rebuild.readUnits,
				unit: 'RRU',
			}),
		);
		report(row('write units to rebuild 24 h', { value: rebuild.writeUnits, unit: 'WRU' }));
		report(row('seconds to rebuild 24 h', { value: rebuildMs / 1000, unit: 's' }));
	} finally {
		await bed.close();
	}
}

function inventoryOf(one: TrafficFunction, bed: Bed) {
	const app = functionParts(one.id).name.split('-')[0] ?? 'app';
	return lambdaFunction(one.id, bed.connectionId, {
		memoryMib: one.memoryMib,
		codeSizeBytes: Math.round(one.roll() * 5e7),
		lastModifiedMs: dayStartMs - Math.round(one.roll() * 200) * dayMs,
		tags: { app, stage: 'prod', team: `team-${Math.floor(one.roll() * 20)}` },
		app: { id: `sst:${app}:prod`, name: app, stage: 'prod', kind: 'sst', framework: null },
	});
}

/** An hour as compaction leaves it, from every twentieth minute: its aggregates hold as many figures. */
async function writeFleetHour(
	bed: Bed,
	functions: readonly TrafficFunction[],
	hourStartMs: number,
): Promise<void> {
	const slices: FunctionSlice[] = [];
	for (const one of functions) {
		const parts = [0, 20, 40].map((at) => sliceOf(one, hourStartMs + at * minuteMs, 1));
		const buckets = parts.flatMap((part) => part.buckets);
		if (buckets.length > 0) slices.push({ functionId: one.id, buckets, durations: null });
	}
	slices.sort((a, b) => (a.functionId < b.functionId ? -1 : 1));
	const home = { connectionId: bed.connectionId, region };
	const item = { pk: partitions.fleet(bed.ctx), sk: fleetKeys.hour(hourStartMs, home) };
	await bed.db.putMany(blobParts(item, encodeFleet(fleetOfSlices(hourStartMs, slices))));
}

async function reportPage(
	report: Report,
	bed: Bed,
	page: string,
	parts: { readonly before: boolean; readonly sparks: boolean },
): Promise<void> {
	const store = bed.other();
	const read = () => store.rollups.fleetWindow(bed.ctx, '24h', parts);
	const cold = await unitsOf(bed.units, read);
	const warm = await unitsOf(bed.units, read);
	const of = `${page}, ${fleetFunctions.toLocaleString('en')} functions`;
	report(
		row(`read units, ${of}, nothing in memory`, { value: cold.readUnits, unit: 'RRU', atMost: 60 }),
	);
	report(
		row(`reads, ${of}, nothing in memory`, { value: cold.readCalls, unit: 'reads', atMost: 10 }),
	);
	report(
		row(`read units, ${of}, in memory`, {
			value: warm.readUnits,
			unit: 'RRU',
			atMost: 60,
			note: `${warm.readCalls} reads`,
		}),
	);
}

export const bench: Bench = {
	name: 'storage',
	about: 'bytes a point, DynamoDB units to write and to read, and the codec against JSON',
	async run(report) {
		reportCodec(report);
		await reportPipeline(report);
		await reportPages(report);
	},
};
