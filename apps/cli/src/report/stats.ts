import { ExponentialHistogram } from '@lamplight/core/histogram';
import { isColdStart, type Invocation } from '@lamplight/core/invocation/invocation';

/** Whole sums over the executions of one memory size in one month: what money is made from. */
export interface UsageCell {
	readonly memoryMib: number;
	/** Any moment in the month, for the price that held; `null` when the lines carry no time. */
	readonly atMs: number | null;
	invocations: number;
	billedMs: number;
	/** The part of `billedMs` that initialisation, or a restore, is. */
	initMs: number;
	/** The part of `billedMs` of executions that failed. */
	failedMs: number;
	maxMemoryUsedMib: number;
}

/** An execution worth naming, with what its price needs. */
export interface DearExecution {
	readonly invocation: Invocation;
	readonly mibMs: number;
}

/** The figures of one row of the report, gathered execution by execution. */
export class GroupStats {
	readonly key: string;
	/** `null` where no line says it. */
	readonly region: string | null;
	invocations = 0;
	errors = 0;
	timeouts = 0;
	coldStarts = 0;
	/** Executions whose REPORT never came. */
	unreported = 0;
	/** Executions whose REPORT has no billed duration or no memory size (Managed Instances). */
	unpriced = 0;
	firstMs: number | null = null;
	lastMs: number | null = null;
	readonly durationUs = new ExponentialHistogram();
	readonly initUs = new ExponentialHistogram();
	readonly cells = new Map<number, UsageCell>();
	#dearest: DearExecution[] = [];
	#dearestFloor = -1;
	readonly #keep: number;
	#month = { fromMs: 0, toMs: 0, number: -1 };

	constructor(key: string, region: string | null, keepDearest: number) {
		this.key = key;
		this.region = region;
		this.#keep = keepDearest;
	}

	/** Counts one execution. */
	add(invocation: Invocation): void {
		if (!invocation.reported) {
			this.unreported += 1;
			return;
		}
		this.invocations += 1;
		if (invocation.status === 'error') this.errors += 1;
		else if (invocation.status === 'timeout') this.timeouts += 1;
		if (invocation.durationUs !== null) this.durationUs.add(invocation.durationUs);
		if (isColdStart(invocation)) {
			this.coldStarts += 1;
			this.initUs.add(invocation.initUs ?? invocation.restoreUs ?? 0);
		}
		const { startMs } = invocation;
		if (startMs !== null) {
			if (this.firstMs === null || startMs < this.firstMs) this.firstMs = startMs;
			if (this.lastMs === null || startMs > this.lastMs) this.lastMs = startMs;
		}
		this.#use(invocation);
	}

	#use(invocation: Invocation): void {
		const { billedMs, memoryMib, startMs, maxMemoryUsedMib } = invocation;
		if (billedMs === null || memoryMib === null) {
			this.unpriced += 1;
			return;
		}
		const cell = this.#cell(memoryMib, startMs);
		cell.invocations += 1;
		cell.billedMs += billedMs;
		cell.initMs += billedInitMs(invocation);
		if (invocation.status !== 'success') cell.failedMs += billedMs;
		if (maxMemoryUsedMib !== null && maxMemoryUsedMib > cell.maxMemoryUsedMib) {
			cell.maxMemoryUsedMib = maxMemoryUsedMib;
		}
		const mibMs = billedMs * memoryMib;
		if (mibMs > this.#dearestFloor) this.#remember({ invocation, mibMs });
	}

	/** The dearest first. */
	get dearest(): readonly DearExecution[] {
		return [...this.#dearest].sort((left, right) => right.mibMs - left.mibMs);
	}

	#remember(execution: DearExecution): void {
		if (this.#keep === 0) return;
		this.#dearest.push(execution);
		// Sorting now and then keeps a stream of ever dearer executions cheap.
		if (this.#dearest.length < this.#keep * 4) return;
		this.#dearest = this.dearest.slice(0, this.#keep);
		this.#dearestFloor = this.#dearest.at(-1)?.mibMs ?? -1;
	}

	#cell(memoryMib: number, atMs: number | null): UsageCell {
		const key = this.#monthOf(atMs) * 16_384 + memoryMib;
		const known = this.cells.get(key);
		if (known !== undefined) return known;
		const cell = {
			memoryMib,
			atMs,
			invocations: 0,
			billedMs: 0,
			initMs: 0,
			failedMs: 0,
			maxMemoryUsedMib: 0,
		};
		this.cells.set(key, cell);
		return cell;
	}

	/** A number per UTC month, 0 for no time. Consecutive lines are nearly always of one month. */
	#monthOf(atMs: number | null): number {
		if (atMs === null) return 0;
		if (atMs < this.#month.fromMs || atMs >= this.#month.toMs) {
			const date = new Date(atMs);
			const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
			this.#month = {
				fromMs: Date.UTC(year, month, 1),
				toMs: Date.UTC(year, month + 1, 1),
				number: (year - 1970) * 12 + month + 1,
			};
		}
		return this.#month.number;
	}

	/** Takes in another group's figures, of the same key. */
	merge(other: GroupStats): void {
		this.invocations += other.invocations;
		this.errors += other.errors;
		this.timeouts += other.timeouts;
		this.coldStarts += other.coldStarts;
		this.unreported += other.unreported;
		this.unpriced += other.unpriced;
		this.firstMs = least(this.firstMs, other.firstMs);
		this.lastMs = most(this.lastMs, other.lastMs);
		this.durationUs.merge(other.durationUs);
		this.initUs.merge(other.initUs);
		for (const [key, cell] of other.cells) {
			const mine = this.cells.get(key);
			if (mine === undefined) {
				this.cells.set(key, { ...cell });
				continue;
			}
			mine.invocations += cell.invocations;
			mine.billedMs += cell.billedMs;
			mine.initMs += cell.initMs;
			mine.failedMs += cell.failedMs;
			mine.maxMemoryUsedMib = Math.max(mine.maxMemoryUsedMib, cell.maxMemoryUsedMib);
		}
		for (const execution of other.dearest) this.#remember(execution);
	}
}

/**
 * How much of the billed duration was initialisation: what is billed beyond the handler's own
 * duration, which is 0 where AWS did not bill it (managed runtimes before 2025-08), or the restore
 * as AWS printed it.
 */
function billedInitMs(invocation: Invocation): number {
	const { billedMs, durationUs, initUs, billedRestoreMs } = invocation;
	if (billedRestoreMs !== null) return Math.min(billedRestoreMs, billedMs ?? 0);
	if (initUs === null || billedMs === null || durationUs === null) return 0;
	// Since 2025-08 AWS bills ceil(duration + init); anything else is another rounding, not an init.
	const together = Math.ceil((durationUs + initUs) / 1000);
	return Math.abs(together - billedMs) <= 1 ? billedMs - Math.ceil(durationUs / 1000) : 0;
}

function least(left: number | null, right: number | null): number | null {
	if (left === null || right === null) return left ?? right;
	return Math.min(left, right);
}

function most(left: number | null, right: number | null): number | null {
	if (left === null || right === null) return left ?? right;
	return Math.max(left, right);
}
