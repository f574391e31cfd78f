import { listActiveFunctions } from '@lamplight/aws/metrics/activeFunctions';
import { targetOf } from '@lamplight/aws/target';
import type { Connection } from '@lamplight/core/connection/connection';
import { checkpointNames, regionsStateSchema } from '@lamplight/core/collection/state';
import { selectExecutions } from '@lamplight/core/execution/select';
import { dayMs, hourMs, minuteMs } from '@lamplight/core/time';
import type { CallCount } from '@lamplight/sandbox/sandbox';
import { encodeExecutions } from '@lamplight/store/codec/executions';
import { encodeSlices } from '@lamplight/store/codec/slices';
import { encodeTotals } from '@lamplight/store/codec/totals';
import type { Store } from '@lamplight/store/store';

import { type Collector, startCollector, testCtx } from '../support/collector.ts';
import { compareWithTruth } from '../support/truth.ts';
import { type Bench, type BenchRow, row } from './bench.ts';
import { measureScale } from './collectScale.ts';

/** Wednesday 08:00 UTC: the busier half of the simulated day. */
const startMs = Date.UTC(2026, 9, 14, 8, 0);
const simulatedHours = Number(process.env['BENCH_HOURS'] ?? '1');
const functionCount = Number(process.env['BENCH_FUNCTIONS'] ?? '240');
const comparedFunctions = 1000;
const comparedRegions = 2;
const readsEveryMs = 5 * minuteMs;
const daysPerMonth = 30;

// $0.01 per 1,000 metrics requested; CloudWatch price list 2026-09-24.
const metricUsd = 1e-5;
// $0.625 per million write units, $0.125 per million read units; DynamoDB on demand, us-east-1, 2026-09.
const writeUnitUsd = 0.625e-6;
// $0.40 per million requests; SQS standard, us-east-1, 2026-09. A message is sent, received and deleted.
const messageUsd = 3 * 0.4e-6;
// $0.0000133334 per GB-second (arm64) and $0.20 per million requests; Lambda, us-east-1, 2026-09.
const gbSecondUsd = 0.0000133334;
const requestUsd = 0.2e-6;
const workerGb = 0.5;

/** Writes of one kind of item, and what they held. */
interface Writes {
	count: number;
	bytes: number;
}

interface Tally {
	readonly fragments: Writes;
	readonly executions: Writes;
	readonly totals: Writes;
	readonly notes: Writes;
	/** Readings of a region's functions. */
	readings: number;
	workSeconds: number;
	/** Sum over readings and regions of functions active in the last three hours. */
	activeReadings: number;
}

export const bench: Bench = {
	name: 'collect',
	about: `${functionCount} simulated functions, ${simulatedHours} h at 5-minute freshness, scaled to ${comparedFunctions} functions in ${comparedRegions} active regions and a day`,
	async run(report) {
		const collector = await startCollector({
			functions: functionCount,
			seed: 3,
			nowMs: startMs,
			speed: 0,
			rateLimits: false,
			rateShare: 1000,
			logGroupPatterns: ['*'],
		});
		try {
			await measure(collector, report);
		} finally {
			await collector.close();
		}
		if (process.env['BENCH_SCALE'] === '1') await measureScale(report);
	},
};

async function measure(collector: Collector, report: (row: BenchRow) => void): Promise<void> {
	const { sandbox } = collector;
	const tally = newTally();
	const connections: Connection[] = [];
	for (const account of sandbox.world.accounts) {
		if (account.closedMs !== null || account.activeRegions.length === 0) continue;
		const connection = await collector.connect(account.id);
		if (connection.state === 'healthy') connections.push(connection);
	}
	for (const connection of connections) {
		collector.queue.push({ kind: 'inventory', ...base(collector, connection), details: false });
	}
	await collector.drain();
	sandbox.resetCalls();
	Object.assign(tally, newTally());
	weighWrites(collector.deps.store, tally);
	const steps = Math.round((simulatedHours * hourMs) / minuteMs);
	for (let step = 1; step <= steps; step += 1) {
		sandbox.clock.advance(minuteMs);
		const isReading = (step * minuteMs) % readsEveryMs === 0;
		for (const connection of connections) await plan(collector, connection, { isReading, tally });
		const began = performance.now();
		await collector.drain();
		tally.workSeconds += (performance.now() - began) / 1000;
	}
	await reportRows(collector, { connections, usages: sandbox.calls(), tally, report });
}

function base(collector: Collector, { workspaceId, id: connectionId }: Connection) {
	return { workspaceId, connectionId, plannedMs: collector.deps.clock() };
}

async function plan(
	collector: Collector,
	connection: Connection,
	options: { readonly isReading: boolean; readonly tally: Tally },
): Promise<void> {
	const { queue, deps } = collector;
	const { isReading, tally } = options;
	queue.push({ kind: 'totals', ...base(collector, connection), counts: isReading });
	if (!isReading) return;
	const active = await activeRegions(collector, connection);
	const enrolment = await deps.store.enrolments.get(testCtx(), connection.enrolmentId);
	if (enrolment === null) return;
	const account = deps.aws.open(targetOf(enrolment, connection));
	for (const region of active) {
		queue.push({ kind: 'functions', ...base(collector, connection), region });
		tally.readings += 1;
		tally.activeReadings += (await listActiveFunctions(account, region)).length;
	}
	account.close();
	queue.push({ kind: 'compact', ...base(collector, connection) });
}

async function activeRegions(collector: Collector, { id }: Connection): Promise<string[]> {
	const key = { connectionId: id, name: checkpointNames.regions };
	const held = await collector.store.checkpoints.get(testCtx(), key, regionsStateSchema);
	return Object.keys(held?.value.active ?? {});
}

function newTally(): Tally {
	const none = () => ({ count: 0, bytes: 0 });
	return {
		fragments: none(),
		executions: none(),
		totals: none(),
		notes: none(),
		readings: 0,
		workSeconds: 0,
		activeReadings: 0,
	};
}

/** Weighs what the store would write, encoded as it encodes. */
function weighWrites(store: Store, tally: Tally): void {
	const weigh = (writes: Writes, bytes: number) => {
		writes.count += 1;
		writes.bytes += bytes;
	};
	const { writeFragment, writeTotals } = store.series;
	store.series.writeFragment = (ctx, fragment) => {
		weigh(tally.fragments, encodeSlices(fragment.functions).length);
		return writeFragment(ctx, fragment);
	};
	store.series.writeTotals = (ctx, fragment) => {
		weigh(tally.totals, encodeTotals(fragment.regions).length);
		return writeTotals(ctx, fragment);
	};
	const { write } = store.executions;
	store.executions.write = (ctx, fragment) => {
		const chosen = selectExecutions(fragment.executions);
		if (chosen.length > 0) weigh(tally.executions, encodeExecutions(chosen).length);
		return write(ctx, fragment);
	};
	const { put } = store.checkpoints;
	store.checkpoints.put = (ctx, key, next) => {
		weigh(tally.notes, JSON.stringify(next.value).length);
		return put(ctx, key, next);
	};
	const { mark } = store.completeness;
	store.completeness.mark = (ctx, connectionId, marks) => {
		weigh(tally.notes, 200);
		return mark(ctx, connectionId, marks);
	};
}

/** Keys and attribute names of an item. */
const itemOverheadBytes = 150;
const functionsPerItem = 125;

/**
 * Write units a day of the compared fleet. The simulated accounts are small, so an item there holds
 * a few functions; the compared one fills its items, each of 125 functions. The bytes of a function
 * and the number of slots that a reading rewrites are as measured.
 */
function writeUnitsPerDay(tally: Tally, functionsPerRegion: number): number {
	const readings = dayMs / readsEveryMs;
	const items = Math.ceil(comparedFunctions / functionsPerItem);
	const grouped = ({ count, bytes }: Writes) => {
		const perReading = count / tally.readings;
		const bytesPerFunction = bytes / count / functionsPerRegion;
		const units = Math.ceil((bytesPerFunction * functionsPerItem + itemOverheadBytes) / 1024);
		return perReading * units * items * readings;
	};
	const plain = ({ count, bytes }: Writes, perDay: number) =>
		Math.ceil((bytes / Math.max(1, count) + itemOverheadBytes) / 1024) * perDay;
	const minutes = dayMs / minuteMs;
	const totalsPerMinute = tally.totals.count / (tally.readings * (readsEveryMs / minuteMs));
	// A run's report each minute, and for each reading a report, the region's state and its marks.
	const notes = minutes + 3 * comparedRegions * readings;
	return (
		grouped(tally.fragments) +
		grouped(tally.executions) +
		plain(tally.totals, totalsPerMinute * comparedRegions * minutes) +
		plain(tally.notes, notes)
	);
}

interface Outcome {
	readonly connections: readonly Connection[];
	readonly usages: readonly CallCount[];
	readonly tally: Tally;
	readonly report: (row: BenchRow) => void;
}

/** What a day of the compared fleet comes to, from what was measured. */
async function perDay(collector: Collector, outcome: Outcome) {
	const { usages, tally, connections } = outcome;
	const days = (simulatedHours * hourMs) / dayMs;
	let [regions, functions] = [0, 0];
	for (const connection of connections) {
		regions += (await activeRegions(collector, connection)).length;
		const listed = await collector.functions(connection);
		functions += listed.filter(({ goneMs }) => goneMs === null).length;
	}
	const units = sum(usages, 'cloudwatch:GetMetricData', 'billedUnits') / days;
	// One unit a minute and four every five, for each active region: what is asked whatever runs.
	const fixedPerRegion = dayMs / minuteMs + 4 * (dayMs / readsEveryMs);
	const variablePerFunction = Math.max(0, units - fixedPerRegion * regions) / functions;
	const scale = comparedFunctions / functions;
	const fixed = fixedPerRegion * comparedRegions;
	return {
		regions,
		functions,
		fixed,
		variable: variablePerFunction * comparedFunctions,
		units: fixed + variablePerFunction * comparedFunctions,
		logReads: (sum(usages, 'logs:FilterLogEvents', 'calls') / days) * scale,
		calls: (usages.reduce((total, { calls }) => total + calls, 0) / days) * scale,
		writeUnits: writeUnitsPerDay(tally, functions / regions),
		messages: dayMs / minuteMs + comparedRegions * (dayMs / readsEveryMs),
		workSeconds: (tally.workSeconds / days) * scale,
		activeUnits: (tally.activeReadings / days) * scale,
	};
}

function sum(usages: readonly CallCount[], action: string, field: 'billedUnits' | 'calls'): number {
	return usages
		.filter((usage) => usage.action === action)
		.reduce((total, usage) => total + usage[field], 0);
}

const naiveMetrics = 5;
const yaceMetrics = 4;
const netdataMetrics = 5;

async function reportRows(collector: Collector, outcome: Outcome): Promise<void> {
	const { report } = outcome;
	const day = await perDay(collector, outcome);
	const polls = dayMs / readsEveryMs;
	const naive = naiveMetrics * comparedFunctions * polls;
	const yace = yaceMetrics * comparedFunctions * polls;
	const netdata = netdataMetrics * day.activeUnits;
	report(
		row('billable metrics a day, against polling', {
			value: day.units,
			unit: 'metrics',
			atMost: naive / 100,
			baseline: naive,
			note: '(a) 5 metrics of every function every 5 minutes. Ours are as fresh, but for errors that a handler returned without a line of its runtime: asked for within 15 minutes where the region shows one',
		}),
	);
	report(
		row('billable metrics a day, against YACE', {
			value: day.units,
			unit: 'metrics',
			baseline: yace,
			note: '(b) yet-another-cloudwatch-exporter, AWS/Lambda discovery job of its examples: Invocations, Errors, Throttles, Duration of every discovered function each 300 s; all functions taken as tagged',
		}),
	);
	report(
		row('billable metrics a day, against netdata', {
			value: day.units,
			unit: 'metrics',
			atMost: netdata / 40,
			baseline: netdata,
			note: `(c) netdata's CloudWatch collector: functions active in the last 3 h only, up to five statistics to a unit, aligned 5-minute windows, 5 metrics; ${Math.round(day.activeUnits / polls)} active on average`,
		}),
	);
	report(row('… of them for region totals (fixed)', { value: day.fixed, unit: 'metrics' }));
	report(row('… of them for functions', { value: day.variable, unit: 'metrics' }));
	report(
		row('log readings', {
			value: day.logReads / 86_400,
			unit: 'calls/s',
			atMost: 4.2,
			note: '30% of the published rates of two ordinary regions, 10/s and 4/s lower of them',
		}),
	);
	report(row('API calls a day', { value: day.calls, unit: 'calls' }));
	report(row('write units a day', { value: day.writeUnits, unit: 'WRU' }));
	report(
		row('write units per function-day', {
			value: day.writeUnits / comparedFunctions,
			unit: 'WRU',
			note: 'before compaction to hours and days; items filled with 125 functions each',
		}),
	);
	reportMoney(day, report);
	await reportTruth(collector, outcome);
}

function reportMoney(
	day: Awaited<ReturnType<typeof perDay>>,
	report: (row: BenchRow) => void,
): void {
	const api = day.units * metricUsd * daysPerMonth;
	const fixed = day.fixed * metricUsd * daysPerMonth;
	const store = day.writeUnits * writeUnitUsd * daysPerMonth;
	const queue = day.messages * messageUsd * daysPerMonth;
	const compute =
		(day.workSeconds * workerGb * gbSecondUsd + day.messages * requestUsd) * daysPerMonth;
	report(
		row('CloudWatch a month', {
			value: api,
			unit: 'USD',
			note: `fixed ${fixed.toFixed(2)} for ${comparedRegions} regions, ${((api - fixed) / comparedFunctions).toFixed(5)} a function`,
		}),
	);
	const perFunction = (api - fixed + store + queue + compute) / comparedFunctions;
	const perRegion = fixed / comparedRegions;
	report(
		row('all-in a month, 600 functions in 12 accounts, 2 regions each', {
			value: 24 * perRegion + 600 * perFunction,
			unit: 'USD',
			atMost: 30,
			note: `from the parts above: ${perRegion.toFixed(2)} for each active region, ${perFunction.toFixed(4)} for each function; idle regions are free`,
		}),
	);
	report(
		row('all-in a month', {
			value: api + store + queue + compute,
			unit: 'USD',
			atMost: 6,
			note: `CloudWatch ${api.toFixed(2)}, DynamoDB writes ${store.toFixed(2)}, SQS ${queue.toFixed(2)}, Lambda ${compute.toFixed(2)} (the whole time that this machine worked, the simulated AWS's own included)`,
		}),
	);
}

async function reportTruth(collector: Collector, { connections, report }: Outcome): Promise<void> {
	const nowMs = collector.deps.clock();
	const range = { fromMs: startMs, toMs: nowMs - 25 * minuteMs };
	let executions = 0;
	const wrong: string[] = [];
	for (const { accountId } of connections) {
		const compared = await compareWithTruth(collector, accountId, { range });
		executions += compared.executions;
		wrong.push(...compared.wrong);
	}
	report(
		row('function-minutes that differ from the truth', {
			value: wrong.length,
			unit: 'minutes',
			atMost: 0,
			note: `counts, errors, throttles and Duration sums of ${executions.toLocaleString('en')} executions${wrong.length === 0 ? '' : `; the first: ${wrong[0]}`}`,
		}),
	);
}
