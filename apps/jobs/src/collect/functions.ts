import { listActiveFunctions } from '@lamplight/aws/metrics/activeFunctions';
import { type FunctionFigures, fillCounts } from '@lamplight/core/collection/failures';
import { logGroupMatcher, planReading, type ReadingPlan } from '@lamplight/core/collection/plan';
import { completenessOf, residualsOf } from '@lamplight/core/collection/residual';
import {
	addCounts,
	countShard,
	isInShard,
	shardsOf,
	wholeRegion,
} from '@lamplight/core/collection/shards';
import { checkpointNames, type RegionState } from '@lamplight/core/collection/state';
import { plural } from '@lamplight/core/plural';

import { type RunReport, withAccount, type Work } from '../account.ts';
import { putCheckpoint } from '../checkpoint.ts';
import type { JobDeps } from '../deps.ts';
import type { MessageOf } from '../message.ts';
import { type CountAnswer, type CountQuestion, explainCounts } from './explain.ts';
import { type Figures, readFigures, recordReadsPerRun } from './figures.ts';
import { logsGranted } from './granted.ts';
import {
	beginReading,
	isIdle,
	isSurprised,
	missing,
	notRead,
	type Reading,
	type ReadingOf,
	settledTo,
	sumByMinute,
	withLater,
} from './reading.ts';
import { readSamples, type SampleReading, writeSamples } from './sample.ts';
import { storeFigures } from './storeFigures.ts';
import { quietByTurn, turnsAfter } from './turns.ts';

/** Reads regions' functions until they add up to the regions' own totals: side by side, as they wait. */
export async function runFunctions(deps: JobDeps, message: MessageOf<'functions'>): Promise<void> {
	const { beside = [], ...first } = message;
	const parts = [first, ...beside.map((part) => ({ ...first, ...part }))];
	const results = await Promise.allSettled(parts.map((part) => runPart(deps, part)));
	for (const result of results) if (result.status === 'rejected') throw result.reason;
}

async function runPart(deps: JobDeps, message: MessageOf<'functions'>): Promise<void> {
	const { workspaceId, connectionId, plannedMs, region, shard = wholeRegion } = message;
	const part = shard.of === 1 ? '' : `-${shard.index}of${shard.of}`;
	const batch = `functions-${region}${part}-${plannedMs}`;
	const options = { job: 'functions', workspaceId, connectionId, region, batch };
	await withAccount(deps, options, async (work) => {
		const { accountId } = work.connection;
		const listed = await deps.store.functions.listRegion(work.ctx, accountId, region);
		const present = listed.filter(({ goneMs }) => goneMs === null);
		const shards = message.shard === undefined ? shardsOf(present.length) : [];
		if (shards.length <= 1) return collectFunctions(deps, work, { region, shard, listed });
		// Too many for one worker, whoever asked: each part is a message of its own.
		await deps.queue.send(shards.map((one) => ({ ...message, shard: one })));
		return { message: `read in ${shards.length} parts`, delayMs: null, limits: [] };
	});
}

async function collectFunctions(deps: JobDeps, work: Work, of: ReadingOf): Promise<RunReport> {
	const { region, shard } = of;
	const begun = await beginReading(deps, work, of);
	const { state, nowMs, totals } = begun;
	if (totals !== null && isIdle(totals)) {
		const settledMs = await markCompleteness(deps, work, withLater(begun), []);
		await saveState(deps, work, begun, { ...state, turns: {}, readToMs: settledMs });
		return { message: 'nothing ran in the last hour', delayMs: null, limits: [] };
	}
	const active = await listActiveFunctions(work.account, region);
	const plan = planReading({
		inventory: begun.inventory,
		active: active.filter((name) => isInShard(name, shard)),
		state,
		logsGranted: logsGranted(work),
		mayRead: logGroupMatcher(work.enrolment.logGroupPatterns),
		later: begun.later.names,
		maxRecordReads: Math.floor(recordReadsPerRun(region) / shard.of),
		nowMs,
	});
	const figures = await readFigures(deps, work, {
		...begun,
		plan,
		logsGranted: logsGranted(work),
		unexplained: (functions, { readLater, beforeMs }) =>
			missing(readLater ? withLater(begun) : begun, functions, beforeMs),
		isSurprised: (functions) => isSurprised(begun, functions),
	});
	const { errors, throttles } = await explainAll(work, begun, figures);
	const reading = figures.hasReadLater ? withLater(begun) : begun;
	const filled = fillAll(reading, figures.all(), { errors, throttles });
	const asked = new Set([...errors.readings.keys(), ...throttles.readings.keys()]);
	const erring = new Set([...Object.keys(errors.found), ...Object.keys(throttles.found)]);
	const quiet = quietByTurn(reading, { plan, figures, filled, erring });
	const limits = await storeFigures(deps, work, reading, { figures, filled, asked, quiet });
	const sampled = await sample(deps, work, reading, { plan, figures });
	const settledMs = await markCompleteness(deps, work, reading, filled);
	const learnt = { errors, throttles, settledMs, sampled };
	const next = nextState(reading, figures, learnt);
	const turns = turnsAfter(reading, { figures, filled, quiet });
	const counted = addCounts([countShard(filled, settledTo(reading)), ...reading.later.counts]);
	await saveState(deps, work, reading, { ...next, turns, ...(shard.of === 1 ? {} : { counted }) });
	return report(reading, { plan, figures, sampled, limits });
}

/** Errors and throttles; where all functions must be asked for them, those left for later are read first. */
async function explainAll(work: Work, begun: Reading, figures: Figures): Promise<Counts> {
	const reading = figures.hasReadLater ? withLater(begun) : begun;
	const functions = figures.all();
	const bought = functions.map(({ name }) => name).filter((name) => !figures.records.has(name));
	const errors = await explain(work, reading, { metric: 'Errors', functions, bought });
	const throttles = await explain(work, reading, { metric: 'Throttles', functions, bought });
	if (!errors.wantsAll && !throttles.wantsAll) return { errors, throttles };
	await figures.readLater();
	return explainAll(work, begun, figures);
}

/** Reads and stores whole minutes of the functions that are too busy for all their records. */
async function sample(
	deps: JobDeps,
	work: Work,
	reading: Reading,
	{ plan, figures }: { readonly plan: ReadingPlan; readonly figures: Figures },
): Promise<SampleReading> {
	const { region, recordWindow: window, nowMs, regionFunctions } = reading;
	const isBusy = (name: string) => (figures.state.busy[name] ?? 0) > nowMs;
	const buckets = new Map(figures.all().map((fn) => [fn.name, fn.buckets]));
	const busy = [...plan.metrics, ...plan.records, ...plan.others].filter(({ name }) =>
		isBusy(name),
	);
	const sampled = await readSamples(work, {
		region,
		window,
		settledToMs: settledTo(reading),
		functions: busy.map((planned) => ({
			planned,
			buckets: buckets.get(planned.name) ?? new Map(),
			sampledMs: figures.state.sampled[planned.name] ?? null,
		})),
	});
	const { samples } = sampled;
	await writeSamples(deps, work, { region, nowMs, regionFunctions, samples });
	return sampled;
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
		elsewhere: notRead(reading),
		laterToMs: reading.later.toMs,
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

/**
 * Marks each minute's state; returns up to where every minute is complete, from where to read again. A
 * provisional one counts as not read: were the next reading late or killed, nobody would settle it.
 */
async function markCompleteness(
	deps: JobDeps,
	work: Work,
	reading: Reading,
	functions: readonly FunctionFigures[],
): Promise<number> {
	const { region, recordWindow, nowMs, totals, totalsReadMs, later } = reading;
	const residuals = residualsOf(recordWindow, totals, sumByMinute(reading, functions));
	const spans = completenessOf(residuals, { nowMs, totalsReadMs, countedToMs: later.toMs });
	await deps.store.completeness.mark(
		work.ctx,
		work.connection.id,
		spans.map(({ fromMs, toMs, state }) => ({
			region,
			range: { fromMs, toMs },
			state,
		})),
	);
	const open = spans.find(({ state }) => state !== 'complete');
	return open?.fromMs ?? recordWindow.toMs;
}

function nextState(
	reading: Reading,
	figures: Figures,
	counts: Counts & { readonly settledMs: number; readonly sampled: SampleReading },
): RegionState {
	const { errors, throttles, settledMs } = counts;
	const toMs = Math.min(
		settledMs,
		errors.openFromMs ?? settledMs,
		throttles.openFromMs ?? settledMs,
	);
	return {
		...figures.state,
		sampled: { ...figures.state.sampled, ...counts.sampled.sampledMs },
		erring: errors.found,
		throttled: throttles.found,
		// Minutes that nobody was asked about yet are read again until somebody is.
		readToMs: figures.unread.size > 0 ? reading.recordWindow.fromMs : toMs,
		askedAllMs: {
			errors: errors.askedAllMs,
			throttles: throttles.askedAllMs,
			counts: figures.state.askedAllMs.counts,
		},
	};
}

async function saveState(
	deps: JobDeps,
	work: Work,
	{ region, shard }: Reading,
	state: RegionState,
): Promise<void> {
	const key = { connectionId: work.connection.id, name: checkpointNames.region(region, shard) };
	await putCheckpoint(deps, work.ctx, key, state);
}

function report(
	reading: Reading,
	parts: {
		readonly plan: ReadingPlan;
		readonly figures: Figures;
		readonly sampled: SampleReading;
		readonly limits: readonly string[];
	},
): RunReport {
	const { plan, figures, sampled } = parts;
	const left = missing(reading, figures.all());
	const limits = [...parts.limits];
	if (plan.overRate > 0) limits.push('log readings of a run');
	if (figures.unread.size > 0) limits.push('functions not answered');
	limits.push(...sampled.limits);
	const minutes =
		sampled.samples.length === 0
			? ''
			: `, ${plural(sampled.samples.length, 'minute')} of them sampled`;
	const counts = `${plural(figures.records.size, 'function')} by records, ${figures.bought} by metrics${minutes}`;
	return {
		message: left > 0 ? `${counts}; ${plural(left, 'execution')} not explained yet` : counts,
		delayMs: figures.newestMs === null ? null : reading.nowMs - figures.newestMs,
		limits,
	};
}
