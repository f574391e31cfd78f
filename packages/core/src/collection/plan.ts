import type { LambdaFunction } from '../function/function.ts';
import { minuteMs } from '../time.ts';
import type { RegionState } from './state.ts';

/** A function to read, and the group of the region that its figures are stored with. */
export interface PlannedFunction {
	readonly name: string;
	/** `null` for a function that ran but is in no inventory: deleted, or a replica of Lambda@Edge. */
	readonly known: LambdaFunction | null;
	/** Other functions write to its log group too: only the streams' names tell them apart. */
	readonly sharesGroup?: boolean;
}

/** How each function that may have run is read this time. */
export interface ReadingPlan {
	/** Read record by record: free of charge, and the measurement itself. */
	readonly records: readonly PlannedFunction[];
	/** Bought as one metric each, with the reason. */
	readonly metrics: readonly (PlannedFunction & { readonly why: MetricReason })[];
	/** Functions that run little and are due with a later reading, unless this one needs them. */
	readonly later: {
		readonly records: readonly PlannedFunction[];
		readonly metrics: readonly PlannedFunction[];
	};
	/** Functions of the inventory that are not expected to have run. */
	readonly others: readonly PlannedFunction[];
	/** How many records readings there was no room for at 30% of AWS's rate. */
	readonly overRate: number;
}

export type MetricReason =
	'busy' | 'no records granted' | 'log class' | 'log level' | 'unreadable' | 'rate';

export interface PlanInput {
	readonly inventory: readonly LambdaFunction[];
	/** As ListMetrics names them: something ran in the last three hours. */
	readonly active: readonly string[];
	readonly state: RegionState;
	readonly logsGranted: boolean;
	/** Whether a log group's name is one that the role may read. */
	readonly mayRead: (logGroup: string) => boolean;
	/** Names that are left for a later reading. */
	readonly later: ReadonlySet<string>;
	/** Log readings that fit into this run at 30% of AWS's rate. */
	readonly maxRecordReads: number;
	readonly nowMs: number;
}

/** Decides how to read each function that may have run. Pure: the same input gives the same plan. */
export function planReading(input: PlanInput): ReadingPlan {
	const { inventory, state, nowMs } = input;
	const byName = new Map(inventory.filter(isThere).map((fn) => [fn.name, fn]));
	const shared = sharedGroups(inventory);
	const plan = (name: string): PlannedFunction => {
		const known = byName.get(name) ?? null;
		return { name, known, sharesGroup: known !== null && shared.has(known.logGroup) };
	};
	const expected = new Set(input.active);
	for (const name of Object.keys(state.unlisted)) expected.add(name);
	const records: PlannedFunction[] = [];
	const metrics: (PlannedFunction & { why: MetricReason })[] = [];
	const later: { records: PlannedFunction[]; metrics: PlannedFunction[] } = {
		records: [],
		metrics: [],
	};
	for (const name of [...expected].sort()) {
		const planned = plan(name);
		const why = whyNotRecords(planned, input);
		if (input.later.has(name)) (why === null ? later.records : later.metrics).push(planned);
		else if (why === null) records.push(planned);
		else metrics.push({ ...planned, why });
	}
	const overRate = Math.max(0, records.length - input.maxRecordReads);
	// Those that stay readable rotate, so that over time each is measured.
	const turn = Math.floor(nowMs / (5 * minuteMs));
	const rotated = rotate(records, overRate === 0 ? 0 : turn * input.maxRecordReads);
	const kept = rotated.slice(0, rotated.length - overRate);
	for (const planned of rotated.slice(kept.length)) metrics.push({ ...planned, why: 'rate' });
	const room = input.maxRecordReads - kept.length;
	later.metrics.push(...later.records.splice(Math.max(0, room)));
	const others = [...byName.values()]
		.filter(({ name }) => !expected.has(name))
		.map(({ name }) => plan(name));
	return { records: kept, metrics, later, others, overRate };
}

/** Log groups that several functions write to. */
export function sharedGroups(inventory: readonly LambdaFunction[]): Set<string> {
	const seen = new Set<string>();
	const shared = new Set<string>();
	for (const { logGroup, goneMs } of inventory) {
		if (goneMs !== null) continue;
		if (seen.has(logGroup)) shared.add(logGroup);
		seen.add(logGroup);
	}
	return shared;
}

function isThere({ goneMs }: LambdaFunction): boolean {
	return goneMs === null;
}

/** Why a function is not read from its records; `null` when it is. */
export function whyNotRecords(
	{ name, known }: PlannedFunction,
	input: Pick<PlanInput, 'state' | 'logsGranted' | 'mayRead' | 'nowMs'>,
): MetricReason | null {
	const { state, nowMs } = input;
	// A deleted function leaves its default group behind, and a replica of Lambda@Edge writes to one.
	const logGroup = known?.logGroup ?? `/aws/lambda/${name}`;
	if (!input.logsGranted || !input.mayRead(logGroup)) return 'no records granted';
	if ((state.unreadable[name]?.untilMs ?? 0) > nowMs) return 'unreadable';
	if ((state.busy[name] ?? 0) > nowMs) return 'busy';
	if (known === null) return null;
	// FilterLogEvents refuses groups of other classes; CloudWatch Logs user guide, read 2026-04.
	if (known.logClass !== null && known.logClass !== 'STANDARD') return 'log class';
	return known.systemLogLevel === 'WARN' && known.logFormat === 'JSON' ? 'log level' : null;
}

function rotate<T>(items: readonly T[], by: number): T[] {
	if (items.length === 0) return [];
	const at = by % items.length;
	return [...items.slice(at), ...items.slice(0, at)];
}

/** Matches names of log groups against the enrolment's patterns. */
export function logGroupMatcher(patterns: readonly string[]): (logGroup: string) => boolean {
	const expressions = patterns.map(
		(pattern) =>
			new RegExp(
				`^${pattern
					.split('*')
					.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
					.join('.*')}$`,
			),
	);
	return (logGroup) => expressions.some((expression) => expression.test(logGroup));
}
