import { slotSpanMs } from '@lamplight/core/collection/slots';
import { type Execution, executionKey } from '@lamplight/core/execution/execution';
import type { LambdaFunction } from '@lamplight/core/function/function';
import { functionId, type IssueId, issueIdSchema } from '@lamplight/core/ids';
import { issueScope } from '@lamplight/core/issue/errorLine';
import { type Fingerprint, fingerprint } from '@lamplight/core/issue/fingerprint';
import type { Issue } from '@lamplight/core/issue/issue';
import { newIssue } from '@lamplight/core/issue/occurrences';
import { floorTo, hourMs, type TimeRange } from '@lamplight/core/time';

import type { Work } from '../account.ts';
import type { JobDeps } from '../deps.ts';
import { type FailureReading, readFailure } from './readFailure.ts';
import { inParallel } from './pool.ts';

export interface IssueInput {
	readonly region: string;
	/** What was read to its end: failures that began outside are counted by another reading. */
	readonly range: TimeRange;
	/** Executions by function name. */
	readonly executions: ReadonlyMap<string, readonly Execution[]>;
	readonly inventory: readonly LambdaFunction[];
	/** Failures whose lines have been read already, by function name. */
	readonly told?: ReadonlyMap<string, readonly FailureReading[]>;
	/** Read one failure of each kind and function, not of each slot: enough for the past. */
	readonly onePerKind?: boolean;
}

export interface IssueReport {
	/** By execution key, for those that failed and were grouped. */
	readonly ids: ReadonlyMap<string, IssueId>;
	/** Failures that were grouped by their error type alone, as there were too many to read. */
	readonly byTypeOnly: number;
}

/** Log readings for failures in one run: each is one call of the same rate as the records'. */
const maxReadingsPerRun = 60;
/** Of one function in one slot, this many failures are read; the others follow the one of their type. */
const maxReadingsPerSlot = 6;
const readingsAtOnce = 6;
const sampleLines = 60;

/**
 * Groups failures into issues by what their log lines say. A slot whose failures this worker has
 * counted already is left alone; after a restart each failure keeps the issue that it was given.
 */
export async function recordIssues(
	deps: JobDeps,
	work: Work,
	input: IssueInput,
): Promise<IssueReport> {
	const ids = new Map<string, IssueId>();
	const known = new Map(input.inventory.map((fn) => [fn.name, fn]));
	const budget = { left: maxReadingsPerRun };
	let byTypeOnly = 0;
	for (const [name, told] of input.told ?? []) {
		const fn = known.get(name) ?? unlisted(work, input.region, name);
		const readings = new Map(told.map((reading) => [reading.execution, reading]));
		for (const [slotMs, failures] of failuresBySlot(readings.keys(), input.range)) {
			const group = new FailureGroup(deps, work, { fn, slotMs, region: input.region });
			await group.recordTold(failures.flatMap((failure) => readings.get(failure) ?? []));
		}
	}
	for (const [name, executions] of input.executions) {
		const fn = known.get(name) ?? unlisted(work, input.region, name);
		for (const [slotMs, failures] of failuresBySlot(executions, input.range)) {
			const { region, onePerKind = false } = input;
			const group = new FailureGroup(deps, work, { fn, slotMs, region, onePerKind });
			byTypeOnly += await group.record(failures, budget);
			for (const [key, id] of group.ids) ids.set(key, id);
		}
	}
	return { ids, byTypeOnly };
}

/** What failed without being in the inventory: deleted meanwhile, or a replica of Lambda@Edge. */
function unlisted(work: Work, region: string, name: string): FailingFunction {
	const { accountId } = work.connection;
	const id = functionId({ accountId, region, name });
	return { id, runtime: null, app: null, logGroup: `/aws/lambda/${name}` };
}

function failuresBySlot(
	executions: Iterable<Execution>,
	{ fromMs, toMs }: TimeRange,
): Map<number, Execution[]> {
	const slots = new Map<number, Execution[]>();
	for (const execution of executions) {
		if (execution.status === 'success') continue;
		if (execution.startMs < fromMs || execution.startMs >= toMs) continue;
		const slotMs = floorTo(slotSpanMs, execution.startMs);
		const list = slots.get(slotMs);
		if (list === undefined) slots.set(slotMs, [execution]);
		else list.push(execution);
	}
	return slots;
}

/** What grouping needs of a function. */
export type FailingFunction = Pick<LambdaFunction, 'id' | 'runtime' | 'app' | 'logGroup'>;

interface GroupInput {
	readonly fn: FailingFunction;
	readonly slotMs: number;
	readonly region: string;
	readonly onePerKind?: boolean;
}

/** The failures of one function in one slot. */
class FailureGroup {
	readonly #deps: JobDeps;
	readonly #work: Work;
	readonly #input: GroupInput;
	readonly ids = new Map<string, IssueId>();

	constructor(deps: JobDeps, work: Work, input: GroupInput) {
		this.#deps = deps;
		this.#work = work;
		this.#input = input;
	}

	/** Reads, groups and counts; returns how many were grouped by their type alone. */
	async record(failures: readonly Execution[], budget: { left: number }): Promise<number> {
		const { memory } = this.#deps;
		const mark = markOf(failures);
		const key = this.#markKey();
		const held = memory.get(key);
		if (held !== undefined && held.startsWith(`${mark}=`)) {
			this.#recall(failures);
			return 0;
		}
		const chosen = this.#toRead(failures, Math.min(maxReadingsPerSlot, budget.left));
		budget.left -= chosen.length;
		const readings = await inParallel(chosen, readingsAtOnce, (execution) =>
			readFailure(this.#work, { ...this.#input, execution }),
		);
		await this.#count(failures, readings);
		memory.set(key, `${mark}=`);
		return failures.length - chosen.length;
	}

	/** The same for failures whose lines are known. */
	async recordTold(readings: readonly FailureReading[]): Promise<void> {
		const failures = readings.map(({ execution }) => execution);
		const mark = markOf(failures);
		const key = this.#markKey();
		if (this.#deps.memory.get(key)?.startsWith(`${mark}=`) === true) return;
		await this.#count(failures, readings);
		this.#deps.memory.set(key, `${mark}=`);
	}

	#markKey(): string {
		return `issues ${this.#input.fn.id} ${this.#input.slotMs}`;
	}

	#toRead(failures: readonly Execution[], most: number): Execution[] {
		if (this.#input.onePerKind !== true) return representatives(failures, most);
		const kinds = new Map(failures.map((execution) => [typeOf(execution), execution]));
		return [...kinds.values()]
			.filter((execution) => this.#printLike(execution) === null)
			.slice(0, Math.max(0, most));
	}

	/** How a failure of the same type of this function read lately; `null` when none was. */
	#printLike(execution: Execution): Fingerprint | null {
		const held = this.#deps.memory.get(`print ${this.#input.fn.id} ${typeOf(execution)}`);
		return held === undefined ? null : (JSON.parse(held) as Fingerprint);
	}

	#recall(failures: readonly Execution[]): void {
		for (const execution of failures) {
			const id = this.#deps.memory.get(`issue ${executionKey(execution)}`);
			if (id !== undefined) this.ids.set(executionKey(execution), issueIdSchema.parse(id));
		}
	}

	async #count(failures: readonly Execution[], readings: readonly FailureReading[]): Promise<void> {
		const prints = readings.map((reading) => ({ reading, print: fingerprint(reading.text) }));
		const { fn, slotMs } = this.#input;
		for (const { reading, print } of prints) {
			const kind = typeOf(reading.execution);
			this.#deps.memory.set(`print ${fn.id} ${kind}`, JSON.stringify(print));
		}
		const from = new Map<string, FailureReading>();
		const proposed = new Map<string, Issue>();
		for (const execution of failures) {
			const own = prints.find(({ reading }) => reading.execution === execution);
			const { print, reading } = own ?? likest(prints, execution, this.#printLike(execution));
			const issue = this.#issueOf(print, execution);
			proposed.set(executionKey(execution), issue);
			if (!from.has(issue.id)) from.set(issue.id, reading);
		}
		const slot = { functionId: fn.id, slotMs };
		const assigned = await this.#deps.store.issues.assign(this.#work.ctx, slot, proposed);
		const groups = new Map<string, { issue: Issue; of: Execution[] }>();
		for (const execution of failures) {
			const key = executionKey(execution);
			const issue = assigned.get(key);
			if (issue === undefined) continue;
			// A batch is of one version, whichever of its failures is found first.
			const name = `${issue.id} ${execution.version ?? ''}`;
			const group = groups.get(name) ?? { issue, of: [] };
			group.of.push(execution);
			groups.set(name, group);
			this.ids.set(key, issue.id);
			this.#deps.memory.set(`issue ${key}`, issue.id);
		}
		for (const { issue, of } of groups.values()) await this.#write(issue, of, from.get(issue.id));
	}

	#issueOf(print: Fingerprint, { startMs }: Execution): Issue {
		const { fn } = this.#input;
		const { workspaceId } = this.#work.ctx;
		const scope = issueScope(print.kind, fn.id, fn.app?.id ?? null);
		return newIssue({ workspaceId, scope, fingerprint: print }, startMs);
	}

	async #write(
		issue: Issue,
		of: readonly Execution[],
		from: FailureReading | undefined,
	): Promise<void> {
		const { store } = this.#deps;
		const { ctx } = this.#work;
		const { fn, slotMs } = this.#input;
		const times = of.map(({ startMs }) => startMs);
		const firstSeenMs = Math.min(...times);
		const lastSeenMs = Math.max(...times);
		await store.issues.record(ctx, { ...issue, firstSeenMs, lastSeenMs: firstSeenMs }, [
			{
				functionId: fn.id,
				hourMs: floorTo(hourMs, slotMs),
				batch: String(slotMs),
				count: of.length,
				version: of[0]?.version ?? null,
				firstSeenMs,
				lastSeenMs,
			},
		]);
		if (from === undefined || from.lines.length === 0) return;
		const { execution, lines } = from;
		// One sample an hour shows an issue as well as one a reading does.
		const key = `sample ${issue.id}`;
		const hour = String(floorTo(hourMs, slotMs));
		if (Number(this.#deps.memory.get(key) ?? '0') >= Number(hour)) return;
		await store.issues.putSample(ctx, {
			issueId: issue.id,
			functionId: fn.id,
			requestId: execution.requestId,
			logStream: execution.logStream,
			atMs: execution.startMs,
			lines: lines.slice(0, sampleLines),
		});
		this.#deps.memory.set(key, hour);
	}
}

function markOf(failures: readonly Execution[]): string {
	return failures.map(executionKey).sort().join('|');
}

/** Failures to read: every type once, then the newest. */
function representatives(failures: readonly Execution[], most: number): Execution[] {
	if (failures.length <= most) return [...failures];
	const newestFirst = failures.toSorted((a, b) => b.startMs - a.startMs);
	const types = new Map(newestFirst.map((execution) => [typeOf(execution), execution]));
	return [...new Set([...types.values(), ...newestFirst])].slice(0, Math.max(0, most));
}

function typeOf({ status, errorType }: Execution): string {
	return `${status} ${errorType ?? ''}`;
}

interface Printed {
	readonly reading: FailureReading;
	readonly print: Fingerprint;
}

/**
 * The reading whose execution failed in the same way, else how such a failure read `earlier`; one of
 * our own making when none was read.
 */
function likest(
	prints: readonly Printed[],
	execution: Execution,
	earlier: Fingerprint | null,
): Printed {
	const same = prints.find(({ reading }) => typeOf(reading.execution) === typeOf(execution));
	if (same !== undefined) return same;
	const text = {
		runtime: null,
		errorType:
			execution.errorType ?? (execution.status === 'timeout' ? 'Sandbox.Timedout' : 'Error'),
		message: '',
	};
	return { reading: { execution, text, lines: [] }, print: earlier ?? fingerprint(text) };
}
