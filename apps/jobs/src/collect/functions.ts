import { listActiveFunctions } from '@lamplight/aws/metrics/activeFunctions';
import type { RegionBucket } from '@lamplight/core/bucket/fragment';
import { type FunctionFigures, fillCounts } from '@lamplight/core/collection/failures';
import { logGroupMatcher, planReading, type ReadingPlan } from '@lamplight/core/collection/plan';
import { completenessOf, residualsOf, unexplained } from '@lamplight/core/collection/residual';
import { slotSpanMs, trailingHour } from '@lamplight/core/collection/slots';
import {
	checkpointNames,
	emptyRegionState,
	type RegionState,
	regionStateSchema,
} from '@lamplight/core/collection/state';
import { executionKey } from '@lamplight/core/execution/execution';
import type { LambdaFunction } from '@lamplight/core/function/function';
import type { Region } from '@lamplight/core/ids';
import { floorTo, minuteMs, type TimeRange } from '@lamplight/core/time';

import { type RunReport, withAccount, type Work } from '../account.ts';
import { putCheckpoint, readCheckpoint } from '../checkpoint.ts';
import type { JobDeps } from '../deps.ts';
import type { MessageOf } from '../message.ts';
import { type CountAnswer, type CountQuestion, explainCounts } from './explain.ts';
import { logsGranted } from './granted.ts';
import { recordIssues } from './issues.ts';
import { type Figures, readFigures, recordReadsPerRun } from './figures.ts';
import { totalsOf } from './totalsOf.ts';
import { writeSlots } from './writeSlots.ts';

/**
 * Everything is read again for this long, so that late figures, late records and executions of up to
 * 15 minutes are in; and so that errors asked for every 15 minutes overlap.
 */
const recordsLookBackMs = 25 * minuteMs;
/** Totals this young may be behind their functions: nothing is concluded from them. */
const settlingMs = 5 * minuteMs;

/** Reads one region's functions until they add up to the region's own total. */
export async function runFunctions(deps: JobDeps, message: MessageOf<'functions'>): Promise<void> {
	const { workspaceId, connectionId, plannedMs, region } = message;
	const batch = `functions-${region}-${plannedMs}`;
	const options = { job: 'functions', workspaceId, connectionId, region, batch };
	await withAccount(deps, options, (work) => collectFunctions(deps, work, region));
}

interface Reading {
	readonly region: Region;
	readonly nowMs: number;
	readonly window: TimeRange;
	readonly recordWindow: TimeRange;
	readonly state: RegionState;
	readonly inventory: readonly LambdaFunction[];
	readonly totals: ReadonlyMap<number, RegionBucket> | null;
}

export async function collectFunctions(
	deps: JobDeps,
	work: Work,
	region: Region,
): Promise<RunReport> {
	const reading = await beginReading(deps, work, region);
	const { state, window, nowMs, totals } = reading;
	if (totals !== null && isIdle(totals)) {
		const settledMs = await markCompleteness(deps, work, reading, []);
		await saveState(deps, work, region, { ...state, readToMs: settledMs });
		return { message: 'nothing ran in the last hour', delayMs: null, limits: [] };
	}
	const plan = planReading({
		inventory: reading.inventory,
		active: await listActiveFunctions(work.account, region),
		state,
		logsGranted: logsGranted(work),
		mayRead: logGroupMatcher(work.enrolment.logGroupPatterns),
		maxRecordReads: recordReadsPerRun(region),
		nowMs,
	});
	const figures = await readFigures(deps, work, {
		...reading,
		plan,
		logsGranted: logsGranted(work),
		unexplained: (functions) => missing(reading, functions),
	});
	const functions = figures.all();
	const bought = functions.map(({ name }) => name).filter((name) => !figures.records.has(name));
	const errors = await explain(work, reading, { metric: 'Errors', functions, bought });
	const throttles = await explain(work, reading, { metric: 'Throttles', functions, bought });
	const filled = fillAll(reading, functions, { errors, throttles });
	const asked = new Set([...errors.readings.keys(), ...throttles.readings.keys()]);
	await store(deps, work, reading, { figures, filled, asked });
	const settledMs = await markCompleteness(deps, work, reading, filled);
	const counts = { errors, throttles };
	await saveState(deps, work, region, nextState(reading, figures, { ...counts, settledMs }));
	return report(reading, { plan, figures, window });
}

async function beginReading(deps: JobDeps, work: Work, region: Region): Promise<Reading> {
	const { ctx, connection } = work;
	const nowMs = deps.clock();
	const window = trailingHour(nowMs);
	const key = { connectionId: connection.id, name: checkpointNames.region(region) };
	const [state, inventory, totals] = await Promise.all([
		readCheckpoint(deps, ctx, key, { schema: regionStateSchema, empty: emptyRegionState }),
		deps.store.functions.listAccount(ctx, connection.accountId),
		totalsOf(deps, work, { region, window }),
	]);
	// After a pause the records since then are read too, as far as the trailing hour goes.
	const since = Math.min(state.readToMs, nowMs - recordsLookBackMs);
	const fromMs = Math.max(window.fromMs, floorTo(slotSpanMs, since));
	return {
		region,
		nowMs,
		window,
		recordWindow: { fromMs, toMs: window.toMs },
		state,
		inventory: inventory.filter((fn) => fn.region === region),
		totals,
	};
}

function isIdle(totals: ReadonlyMap<number, RegionBucket>): boolean {
	for (const { durationCount, throttles, invocations } of totals.values()) {
		// A point that AWS did not answer may hide anything.
		if (durationCount === null && invocations === null) return false;
		if ((durationCount ?? 0) + (throttles ?? 0) + (invocations ?? 0) > 0) return false;
	}
	return true;
}

/** Executions of the settled part of the window that no function explains. */
function missing(reading: Reading, functions: readonly FunctionFigures[]): number {
	const { recordWindow, totals } = reading;
	const settled = { fromMs: recordWindow.fromMs, toMs: settledTo(reading) };
	if (totals === null || settled.toMs <= settled.fromMs) return 0;
	return unexplained(residualsOf(settled, totals, sumByMinute(functions)));
}

function sumByMinute(functions: readonly FunctionFigures[]): Map<number, number> {
	const sums = new Map<number, number>();
	for (const { buckets } of functions) {
		for (const [minute, { invocations }] of buckets) {
			sums.set(minute, (sums.get(minute) ?? 0) + invocations);
		}
	}
	return sums;
}

async function explain(
	work: Work,
	reading: Reading,
	question: Pick<CountQuestion, 'metric' | 'functions' | 'bought'>,
): Promise<CountAnswer> {
	const { region, recordWindow: window, state, nowMs, inventory } = reading;
	return explainCounts(work, {
		...question,
		region,
		window,
		totals: reading.totals ?? new Map(),
		alsoAsk:
			question.metric === 'Throttles'
				? inventory.filter((fn) => fn.reservedConcurrency !== null).map(({ name }) => name)
				: [],
		state,
		nowMs,
		settledToMs: settledTo(reading),
	});
}

interface Counts {
	readonly errors: CountAnswer;
	readonly throttles: CountAnswer;
}

function fillAll(
	reading: Reading,
	functions: readonly FunctionFigures[],
	{ errors, throttles }: Counts,
): FunctionFigures[] {
	const names = new Set(functions.map(({ name }) => name));
	const onlyThrottled = [...throttles.readings.keys()]
		.filter((name) => !names.has(name))
		.map((name) => ({ name, buckets: new Map() }));
	const settledToMs = settledTo(reading);
	const asked = { errors: errors.readings, throttles: throttles.readings, settledToMs };
	return [...functions, ...onlyThrottled].map((fn) => ({
		name: fn.name,
		buckets: fillCounts(fn, reading.totals ?? new Map(), asked),
	}));
}

/** Metrics of earlier minutes have arrived, as a rule; of later ones nothing is concluded. */
function settledTo({ nowMs, recordWindow }: Reading): number {
	return floorTo(minuteMs, Math.min(recordWindow.toMs, nowMs - settlingMs));
}

async function store(
	deps: JobDeps,
	work: Work,
	reading: Reading,
	parts: {
		figures: Figures;
		filled: readonly FunctionFigures[];
		/** Functions whose own errors or throttles were asked for. */
		asked: ReadonlySet<string>;
	},
): Promise<void> {
	const { figures, filled, asked } = parts;
	const buckets = new Map(filled.map((fn) => [fn.name, fn.buckets]));
	const common = {
		region: reading.region,
		spanMs: slotSpanMs,
		regionFunctions: reading.inventory.length,
		nowMs: reading.nowMs,
	};
	const executions = new Map(
		[...figures.records].map(([name, { executions: own }]) => [name, own]),
	);
	const { region, inventory } = reading;
	const issues = await recordIssues(deps, work, { region, executions, inventory });
	const records = [...executions].map(([name, own]) => ({
		name,
		buckets: buckets.get(name) ?? new Map(),
		executions: own.map((one) => ({ ...one, issueId: issues.ids.get(executionKey(one)) ?? null })),
	}));
	await writeSlots(deps, work, {
		...common,
		source: 'records',
		window: reading.recordWindow,
		functions: records,
		unread: figures.unread,
	});
	// What a function's own metric said of its errors goes over its records, and stays when it is not
	// asked again: it is written apart.
	const isBought = new Set(figures.all().map(({ name }) => name));
	for (const name of figures.records.keys()) isBought.delete(name);
	const bought = filled.filter(({ name }) => isBought.has(name));
	const isSettled = ([minute]: readonly [number, unknown]) => minute < settledTo(reading);
	const counted = filled
		.filter(({ name }) => asked.has(name) && !isBought.has(name))
		.map(({ name, buckets: all }) => ({ name, buckets: new Map([...all].filter(isSettled)) }));
	const none = { executions: null };
	// The same window as the records': a function that changes from one to the other is in both.
	const metrics = { ...common, source: 'metrics' as const, window: reading.recordWindow };
	const unread = new Set<string>();
	const write = (functions: readonly FunctionFigures[], prefix: string) =>
		writeSlots(deps, work, {
			...metrics,
			unread,
			prefix,
			functions: functions.map((fn) => ({ ...fn, ...none })),
		});
	await write(bought, '');
	await write(counted, 'counts-');
}

/** Marks each minute's state; returns up to where nothing is missing, from where to read again. */
async function markCompleteness(
	deps: JobDeps,
	work: Work,
	reading: Reading,
	functions: readonly FunctionFigures[],
): Promise<number> {
	const { region, recordWindow, nowMs, totals } = reading;
	const residuals = residualsOf(recordWindow, totals, sumByMinute(functions));
	const spans = completenessOf(residuals, nowMs);
	await deps.store.completeness.mark(
		work.ctx,
		work.connection.id,
		spans.map(({ fromMs, toMs, state }) => ({
			region,
			range: { fromMs, toMs },
			state,
		})),
	);
	const gap = spans.find(({ state }) => state === 'partial' || state === 'missing');
	return gap?.fromMs ?? recordWindow.toMs;
}

function nextState(
	reading: Reading,
	figures: Figures,
	counts: Counts & { readonly settledMs: number },
): RegionState {
	return {
		...figures.state,
		erring: counts.errors.found,
		throttled: counts.throttles.found,
		readToMs: figures.unread.size > 0 ? reading.recordWindow.fromMs : counts.settledMs,
		askedAllMs: {
			errors: counts.errors.askedAllMs,
			throttles: counts.throttles.askedAllMs,
			counts: figures.state.askedAllMs.counts,
		},
	};
}

async function saveState(
	deps: JobDeps,
	work: Work,
	region: Region,
	state: RegionState,
): Promise<void> {
	const key = { connectionId: work.connection.id, name: checkpointNames.region(region) };
	await putCheckpoint(deps, work.ctx, key, state);
}

function report(
	reading: Reading,
	parts: { plan: ReadingPlan; figures: Figures; window: TimeRange },
): RunReport {
	const { plan, figures } = parts;
	const left = missing(reading, figures.all());
	const limits: string[] = [];
	if (plan.overRate > 0) limits.push('log readings of a run');
	if (figures.unread.size > 0) limits.push('functions not answered');
	const counts = `${figures.records.size} functions by records, ${figures.bought} by metrics`;
	return {
		message: left > 0 ? `${counts}; ${left} executions not explained yet` : counts,
		delayMs: figures.newestMs === null ? null : reading.nowMs - figures.newestMs,
		limits,
	};
}
