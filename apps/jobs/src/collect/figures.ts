import { publishedRate, rateShare } from '@lamplight/aws/limits/rates';
import { getMetrics } from '@lamplight/aws/metrics/getMetrics';
import {
	bucketsOfExecutions,
	bucketsOfMetric,
	type MinuteBuckets,
} from '@lamplight/core/collection/buckets';
import type { ReadExecutions } from '@lamplight/core/collection/executions';
import type { FunctionFigures } from '@lamplight/core/collection/failures';
import { durationStatistics } from '@lamplight/core/collection/metric';
import {
	logGroupMatcher,
	type PlannedFunction,
	type ReadingPlan,
	whyNotRecords,
} from '@lamplight/core/collection/plan';
import { type RegionState, stillTrue } from '@lamplight/core/collection/state';
import { hourMs, minuteMs, type TimeRange } from '@lamplight/core/time';

import type { Work } from '../account.ts';
import type { JobDeps } from '../deps.ts';
import { inParallel } from './pool.ts';
import { readRecordsOf, type RecordReading } from './readRecords.ts';

/** Of a run's five minutes, the share that waiting for log readings may take. */
const readingSeconds = 150;
/** More records than this a minute, and the metric is bought instead. */
const maxEventsPerMinute = 200;
const maxPagesPerReading = 6;
/** At 30% of AWS's rates few are under way at once; more would only fill the memory with answers. */
const readingsAtOnce = 6;
const busyForMs = hourMs;
const unreadableForMs = hourMs;
/** Records that do not add up to the metric are believed again after this. */
const hiddenForMs = 6 * hourMs;
const askCountsEveryMs = 30 * minuteMs;
// ListMetrics names what ran within 15 minutes; CloudWatch API reference, read 2026-11.
const listedAfterMs = 15 * minuteMs;
const newForMs = 3 * hourMs;

/** How many functions of a region fit into one run, at our share of FilterLogEvents' rate. */
export function recordReadsPerRun(region: string): number {
	return Math.floor(publishedRate('FilterLogEvents', region) * rateShare * readingSeconds);
}

export interface FiguresInput {
	readonly region: string;
	readonly nowMs: number;
	readonly window: TimeRange;
	readonly recordWindow: TimeRange;
	readonly state: RegionState;
	readonly plan: ReadingPlan;
	readonly logsGranted: boolean;
	/** Executions that the given functions leave unexplained, of minutes that have settled. */
	readonly unexplained: (
		functions: readonly FunctionFigures[],
		of: { readonly readLater: boolean; readonly beforeMs: number },
	) => number;
	/** Whether functions that are left for later cannot account for what ran since they were counted. */
	readonly isSurprised: (functions: readonly FunctionFigures[]) => boolean;
}

/** What a run learnt of each function. */
export interface Figures {
	/** By name: functions read record by record. */
	readonly records: ReadonlyMap<string, ReadExecutions>;
	/** Functions of which AWS said nothing this time. */
	readonly unread: ReadonlySet<string>;
	/** How many metrics were bought. */
	readonly bought: number;
	/** End of the newest execution or minute; `null` when nothing ran. */
	readonly newestMs: number | null;
	readonly state: RegionState;
	/** Whether those that were left for later were read after all. */
	readonly hasReadLater: boolean;
	all(): FunctionFigures[];
	/** Reads those that were left for later now. */
	readLater(): Promise<void>;
}

/** Reads the planned functions, then widens until the region's total is explained. */
export async function readFigures(
	deps: Pick<JobDeps, 'log'>,
	work: Work,
	input: FiguresInput,
): Promise<Figures> {
	const draft = new Draft(work, input);
	await draft.readRecords(input.plan.records);
	await draft.buy(input.plan.metrics);
	const { nowMs } = input;
	// What ran just now for the first time in hours is not listed yet: it is soon, and then it is planned.
	const beforeMs = nowMs - listedAfterMs;
	if (draft.unexplained(beforeMs) > 0 || input.isSurprised(draft.all())) await draft.readLater();
	// Only what was deployed lately is likely to run for the first time while somebody looks.
	if (draft.unexplained() > 0) {
		const isOverdue = draft.unexplained(beforeMs) > 0;
		const isNew = ({ known }: PlannedFunction) => nowMs - (known?.lastModifiedMs ?? 0) < newForMs;
		const likely = input.plan.others.filter((fn) => isOverdue || isNew(fn));
		await draft.readRecords(draft.readable(likely));
	}
	if (
		draft.unexplained(beforeMs) > 0 &&
		nowMs - input.state.askedAllMs.counts >= askCountsEveryMs
	) {
		const asked = await draft.compareWithMetrics(beforeMs);
		deps.log('widened', { region: input.region, asked, left: draft.unexplained() });
	}
	return draft;
}

/** Figures as they grow over a run. */
class Draft implements Figures {
	readonly #work: Work;
	readonly #input: FiguresInput;
	readonly #buckets = new Map<string, MinuteBuckets>();
	/** Functions whose records were asked for. */
	#asked = 0;
	readonly records = new Map<string, ReadExecutions>();
	readonly unread = new Set<string>();
	bought = 0;
	newestMs: number | null = null;
	hasReadLater = false;
	state: RegionState;

	constructor(work: Work, input: FiguresInput) {
		this.#work = work;
		this.#input = input;
		this.state = stillTrue(input.state, input.nowMs);
	}

	all(): FunctionFigures[] {
		return [...this.#buckets].map(([name, buckets]) => ({ name, buckets }));
	}

	/** Executions of settled minutes before `beforeMs`. */
	unexplained(beforeMs = Number.POSITIVE_INFINITY): number {
		return this.#input.unexplained(this.all(), { readLater: this.hasReadLater, beforeMs });
	}

	async readLater(): Promise<void> {
		if (this.hasReadLater) return;
		this.hasReadLater = true;
		await this.readRecords(this.#input.plan.later.records);
		await this.buy(this.#input.plan.later.metrics);
	}

	readable(functions: readonly PlannedFunction[]): PlannedFunction[] {
		const mayRead = logGroupMatcher(this.#work.enrolment.logGroupPatterns);
		const { nowMs, logsGranted } = this.#input;
		return (
			functions
				.filter((fn) => {
					const state = this.state;
					return whyNotRecords(fn, { state, logsGranted, mayRead, nowMs }) === null;
				})
				// Whatever was planned for this run has used its part of it up.
				.slice(0, Math.max(0, recordReadsPerRun(this.#input.region) - this.#asked))
		);
	}

	async readRecords(functions: readonly PlannedFunction[]): Promise<void> {
		this.#asked += functions.length;
		const { region, recordWindow: range } = this.#input;
		const request = {
			region,
			range,
			maxPages: maxPagesPerReading,
			maxEvents: (maxEventsPerMinute * (range.toMs - range.fromMs)) / minuteMs,
		};
		const toBuy: PlannedFunction[] = [];
		await inParallel(functions, readingsAtOnce, async (planned) => {
			const reading = await readRecordsOf(this.#work, planned, request);
			if (!this.#take(planned, reading)) toBuy.push(planned);
		});
		await this.buy(toBuy);
	}

	/** Keeps a reading; `false` when the function must be bought as a metric instead. */
	#take({ name }: PlannedFunction, reading: RecordReading): boolean {
		const { nowMs, recordWindow, plan } = this.#input;
		switch (reading.outcome) {
			case 'read': {
				const { executions } = reading.read;
				this.records.set(name, reading.read);
				this.#buckets.set(name, bucketsOfExecutions(executions, recordWindow));
				for (const { startMs } of executions) this.newestMs = Math.max(this.newestMs ?? 0, startMs);
				if (executions.length > 0 && plan.others.some((fn) => fn.name === name)) {
					this.#set('unlisted', name, nowMs);
				}
				return true;
			}
			case 'busy':
				this.#set('busy', name, nowMs + busyForMs);
				return false;
			case 'unreadable':
				this.#setUnreadable(name, reading.reason, nowMs + unreadableForMs);
				return false;
			case 'failed':
				this.unread.add(name);
				return true;
		}
	}

	/** One billed metric per function: count, sum, maximum and two percentiles. */
	async buy(functions: readonly PlannedFunction[]): Promise<void> {
		if (functions.length === 0) return;
		for (const { name, buckets } of await this.#durations(functions.map(({ name }) => name))) {
			this.#buckets.set(name, buckets);
			for (const minute of buckets.keys()) {
				this.newestMs = Math.max(this.newestMs ?? 0, minute + minuteMs);
			}
		}
	}

	async #durations(names: readonly string[]): Promise<FunctionFigures[]> {
		const { region, window } = this.#input;
		const units = names.map((functionName) => ({
			metric: 'Duration' as const,
			functionName,
			statistics: durationStatistics,
		}));
		this.bought += units.length;
		const readings = await getMetrics(this.#work.account, region, {
			units,
			window,
			periodSeconds: 60,
		});
		return readings.map((reading) => ({
			name: reading.unit.functionName ?? '',
			buckets: bucketsOfMetric(reading),
		}));
	}

	/**
	 * The last widening: asks for the metric of every function of the inventory that nobody read, and
	 * then, where executions before `beforeMs` are still unexplained, of every one that was read from
	 * records. Where records fall short of it, the metric is taken from now on. Returns how many it asked.
	 */
	async compareWithMetrics(beforeMs: number): Promise<number> {
		const { nowMs, plan } = this.#input;
		const others = plan.others.map(({ name }) => name).filter((name) => !this.records.has(name));
		await this.#compare(others);
		const read = this.unexplained(beforeMs) > 0 ? [...this.records.keys()] : [];
		await this.#compare(read);
		this.state = { ...this.state, askedAllMs: { ...this.state.askedAllMs, counts: nowMs } };
		return others.length + read.length;
	}

	async #compare(names: readonly string[]): Promise<void> {
		if (names.length === 0) return;
		const { nowMs, plan, recordWindow } = this.#input;
		const others = new Set(plan.others.map(({ name }) => name));
		for (const { name, buckets } of await this.#durations(names)) {
			const recorded = countIn(this.#buckets.get(name), recordWindow);
			if (countIn(buckets, recordWindow) <= recorded) continue;
			// One that nobody read has not too few records: it is read with the next reading.
			const wasRead = this.records.delete(name);
			this.#buckets.set(name, buckets);
			if (wasRead) {
				this.#setUnreadable(
					name,
					'its records are fewer than its metric counts',
					nowMs + hiddenForMs,
				);
			}
			if (others.has(name)) this.#set('unlisted', name, nowMs);
		}
	}

	#set(list: 'busy' | 'unlisted', name: string, ms: number): void {
		this.state = { ...this.state, [list]: { ...this.state[list], [name]: ms } };
	}

	#setUnreadable(name: string, reason: string, untilMs: number): void {
		const unreadable = { ...this.state.unreadable, [name]: { reason, untilMs } };
		this.state = { ...this.state, unreadable };
	}
}

function countIn(buckets: MinuteBuckets | undefined, range: TimeRange): number {
	let count = 0;
	for (const [minute, { invocations }] of buckets ?? []) {
		if (minute >= range.fromMs && minute < range.toMs) count += invocations;
	}
	return count;
}
