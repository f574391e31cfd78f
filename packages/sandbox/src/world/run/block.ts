import type { Member } from '../fleet.ts';
import type { Effect } from '../storylines.ts';
import { releases, releasesUntil } from '../releases.ts';
import { arrivals, type Arrivals } from './arrivals.ts';
import type { Conditions } from './drawHour.ts';
import { hourMs, hourStart, minuteMs } from './hour.ts';
import { type Environment, Environments } from './environments.ts';
import { crashed, outOfMemory, timedOut } from './outcome.ts';
import { effectAt, spanOf, spansOf, type Span } from './spans.ts';

/** Every execution of a function that starts in one of its hours. Rows are ascending by start. */
export interface Block {
	readonly startMs: number;
	readonly length: number;
	/** Milliseconds from `startMs`. */
	readonly offsetMs: Int32Array;
	readonly durationUs: Int32Array;
	/** 0 when warm. */
	readonly initUs: Int32Array;
	/** SnapStart: microseconds of restore, and what of it is billed; 0 when warm or not SnapStart. */
	readonly restoreUs: Int32Array;
	readonly billedRestoreMs: Int32Array;
	readonly billedMs: Int32Array;
	readonly memoryUsedMib: Uint16Array;
	readonly memoryMib: Uint16Array;
	readonly status: Uint8Array;
	readonly attempt: Uint8Array;
	readonly ordinal: Int32Array;
	readonly hoursAgo: Uint8Array;
	/** 1 when it ran on provisioned concurrency. */
	readonly provisioned: Uint8Array;
	/** Index into `environments`. */
	readonly environment: Uint32Array;
	readonly environments: readonly Environment[];
	/** First row of each minute from `startMs`, and at 60 the row after the last. */
	readonly minuteRows: Int32Array;
	readonly throttles: Int32Array;
	/** The stories that touch this hour. */
	readonly spans: readonly Span[];
	/** The longest time from a start to its end, init included; milliseconds. */
	readonly longestMs: number;
}

// INIT is billed for managed runtimes from 1 August 2025 on; before, only for images, custom
// runtimes and provisioned concurrency (AWS Compute Blog, 2025-04-29).
const initBilledFromMs = Date.UTC(2025, 7, 1);

/** Computes an hour of a function from nothing but the seed; `null` when nothing ran or was refused. */
export function computeBlock(member: Member, hour: number, conditions: Conditions): Block | null {
	const come = arrivals(member, hour, conditions);
	if (come === null) return null;
	const startMs = hourStart(member, hour);
	const range = { fromMs: startMs, toMs: startMs + hourMs };
	const spans = spansOf(member, range);
	const capacity = come.offsetMs.length;
	const draft = emptyBlock(capacity, { startMs, spans, throttles: come.throttles });
	const run = new Run(member, hour, draft, {
		releaseTimes: releases(member, range).map((release) => release.atMs),
		firstVersion: releasesUntil(member, startMs),
	});
	for (let i = 0; i < capacity; i++) run.add(come, i);
	return run.finish();
}

interface Mutable {
	startMs: number;
	spans: readonly Span[];
	throttles: Int32Array;
}

type Rows = Omit<Block, 'length' | 'environments' | 'longestMs' | 'minuteRows'>;

function emptyBlock(capacity: number, facts: Mutable): Rows {
	const ints = () => new Int32Array(capacity);
	return {
		...facts,
		throttles: facts.throttles.slice(),
		offsetMs: ints(),
		durationUs: ints(),
		initUs: ints(),
		restoreUs: ints(),
		billedRestoreMs: ints(),
		billedMs: ints(),
		memoryUsedMib: new Uint16Array(capacity),
		memoryMib: new Uint16Array(capacity),
		status: new Uint8Array(capacity),
		attempt: new Uint8Array(capacity),
		ordinal: ints(),
		hoursAgo: new Uint8Array(capacity),
		provisioned: new Uint8Array(capacity),
		environment: new Uint32Array(capacity),
	};
}

/** Gives each arrival an environment and works out what AWS would report. */
class Run {
	readonly #member: Member;
	readonly #rows: Rows;
	readonly #environments: Environments;
	readonly #minuteRows = new Int32Array(61);
	readonly #billsInit: boolean;
	readonly #addsWarmUp: boolean;
	#row = 0;
	#minute = 0;
	#effect: Effect | null;
	#memoryMib: number;
	#most: number;
	#longestMs = 0;

	constructor(
		member: Member,
		hour: number,
		rows: Rows,
		facts: { releaseTimes: readonly number[]; firstVersion: number },
	) {
		this.#member = member;
		this.#rows = rows;
		this.#environments = new Environments(member, hour, { startMs: rows.startMs, ...facts });
		const { runtime } = member.blueprint;
		const isManaged = runtime !== null && runtime !== 'provided.al2023';
		this.#billsInit = rows.startMs >= initBilledFromMs || !isManaged;
		this.#addsWarmUp = member.blueprint.traffic.kind !== 'recorded';
		this.#effect = null;
		this.#memoryMib = 0;
		this.#most = 0;
		this.#enterMinute(0);
	}

	add(come: Arrivals, i: number): void {
		const offset = come.offsetMs[i] ?? 0;
		while (offset >= (this.#minute + 1) * minuteMs) this.#enterMinute(this.#minute + 1);
		const startMs = this.#rows.startMs + offset;
		const place = this.#environments.take(startMs, this.#most, this.#memoryMib);
		if (place === null) {
			this.#rows.throttles[this.#minute] = (this.#rows.throttles[this.#minute] ?? 0) + 1;
			return;
		}
		this.#write(come, i, place);
	}

	#write(come: Arrivals, i: number, place: Environment): void {
		const rows = this.#rows;
		const row = this.#row++;
		const isCold = place.runs === 1 && !place.provisioned;
		const snap = this.#member.blueprint.snapStart;
		const initUs = isCold && !snap ? place.initUs : 0;
		const restoreUs = isCold && snap ? place.restoreUs : 0;
		const billedRestoreMs = isCold && snap ? place.billedRestoreMs : 0;
		let status = come.status[i] ?? 0;
		let durationUs = come.durationUs[i] ?? 0;
		// The first run of an environment opens connections: a tenth of the init again. What a trace
		// recorded has had that already.
		if (isCold && this.#addsWarmUp && status !== timedOut) {
			durationUs = Math.round((durationUs + place.initUs / 10) / 10) * 10;
			const mostUs = this.#member.blueprint.timeoutSeconds * 1_000_000;
			if (durationUs >= mostUs) {
				durationUs = mostUs;
				status = timedOut;
			}
		}
		if (this.#environments.grow(place, this.#effect?.leakMib ?? 0, this.#memoryMib)) {
			status = outOfMemory;
			durationUs = Math.round((durationUs * 0.6) / 10) * 10;
		}
		const billedInitUs = this.#billsInit ? initUs : 0;
		const offset = come.offsetMs[i] ?? 0;
		const spentMs = Math.ceil((durationUs + initUs + restoreUs) / 1000);
		rows.offsetMs[row] = offset;
		rows.durationUs[row] = durationUs;
		rows.initUs[row] = initUs;
		rows.restoreUs[row] = restoreUs;
		rows.billedRestoreMs[row] = billedRestoreMs;
		rows.billedMs[row] = Math.ceil((durationUs + billedInitUs) / 1000) + billedRestoreMs;
		rows.memoryUsedMib[row] = Math.round(place.memoryUsedMib);
		rows.memoryMib[row] = this.#memoryMib;
		rows.status[row] = status;
		rows.attempt[row] = come.attempt[i] ?? 1;
		rows.ordinal[row] = come.ordinal[i] ?? 0;
		rows.hoursAgo[row] = come.hoursAgo[i] ?? 0;
		rows.provisioned[row] = place.provisioned ? 1 : 0;
		rows.environment[row] = place.index;
		if (spentMs > this.#longestMs) this.#longestMs = spentMs;
		const dies = status === timedOut || status === outOfMemory || status === crashed;
		this.#environments.release(place, rows.startMs + offset + spentMs, dies);
	}

	#enterMinute(minute: number): void {
		this.#minute = minute;
		this.#minuteRows[minute] = this.#row;
		const atMs = this.#rows.startMs + minute * minuteMs;
		const { spans } = this.#rows;
		this.#effect = spans.length === 0 ? null : effectAt(spans, atMs);
		const { memoryMib, reservedConcurrency } = this.#member.blueprint;
		this.#memoryMib = memoryMib * (this.#effect?.memoryFactor ?? 1);
		this.#most = this.#effect?.environmentsMost ?? reservedConcurrency ?? Number.POSITIVE_INFINITY;
	}

	finish(): Block {
		while (this.#minute < 59) this.#enterMinute(this.#minute + 1);
		this.#minuteRows[60] = this.#row;
		return {
			...this.#rows,
			length: this.#row,
			environments: this.#environments.all,
			minuteRows: this.#minuteRows,
			longestMs: this.#longestMs,
		};
	}
}

/** The story's occurrence that holds at a row's start; `null` on an ordinary minute. */
export function spanAtRow(block: Block, row: number): Span | null {
	const offset = block.offsetMs[row] ?? 0;
	return spanOf(block.spans, block.startMs + Math.floor(offset / minuteMs) * minuteMs);
}
