import { fnv128Hex } from '../issue/hash.ts';
import { floorTo, hourMs } from '../time.ts';
import { type Execution, executionKey, type KeptReason } from './execution.ts';

/** How many executions of one function and hour are kept for each reason. */
export const keptPerHour = { failure: 50, slowest: 5, dearest: 5, sample: 10 } as const;

export interface SelectedExecution extends Execution {
	readonly kept: readonly KeptReason[];
}

/**
 * The executions worth keeping out of any number of them: per function and hour the first
 * failures, the slowest, the dearest, and a random sample. The sample's dice are a hash of the
 * execution's identity, so selecting from selections gives the same as selecting from all, in any
 * order and grouping: a job that runs twice changes nothing.
 */
export function selectExecutions(executions: readonly Execution[]): SelectedExecution[] {
	const groups = new Map<string, Map<string, Execution>>();
	for (const execution of executions) {
		const group = `${execution.functionId}\n${floorTo(hourMs, execution.startMs)}`;
		const members = groups.get(group) ?? new Map<string, Execution>();
		members.set(executionKey(execution), execution);
		groups.set(group, members);
	}
	return [...groups.values()]
		.flatMap((members) => selectHour([...members.values()]))
		.sort((a, b) => a.startMs - b.startMs || compare(executionKey(a), executionKey(b)));
}

function selectHour(executions: readonly Execution[]): SelectedExecution[] {
	// Thrown only where they decide: most functions have fewer executions than are kept.
	const dice = new Map<Execution, string>();
	const die = (one: Execution) => {
		const thrown = dice.get(one) ?? fnv128Hex(executionKey(one));
		dice.set(one, thrown);
		return thrown;
	};
	const failures = executions.filter((one) => one.status !== 'success');
	const chosen: [KeptReason, readonly Execution[]][] = [
		[
			'failure',
			first(failures, 'failure', (a, b) => a.startMs - b.startMs || compare(die(a), die(b))),
		],
		[
			'slowest',
			first(
				executions,
				'slowest',
				(a, b) => b.durationUs - a.durationUs || compare(die(a), die(b)),
			),
		],
		[
			'dearest',
			first(executions, 'dearest', (a, b) => costOf(b) - costOf(a) || compare(die(a), die(b))),
		],
		['sample', first(executions, 'sample', (a, b) => compare(die(a), die(b)))],
	];
	const kept = new Map<Execution, KeptReason[]>();
	for (const [reason, members] of chosen) {
		for (const one of members) kept.set(one, [...(kept.get(one) ?? []), reason]);
	}
	return [...kept].map(([one, reasons]) => ({ ...withoutKept(one), kept: reasons }));
}

/** A selection fed in again must not carry the reasons of the smaller crowd. */
function withoutKept(execution: Execution): Execution {
	const { kept: _, ...plain } = execution as SelectedExecution;
	return plain;
}

function first(
	all: readonly Execution[],
	reason: KeptReason,
	order: (a: Execution, b: Execution) => number,
): Execution[] {
	const most = keptPerHour[reason];
	return all.length <= most ? [...all] : [...all].sort(order).slice(0, most);
}

/** In MiB-ms: price is the same for all of one function's. Unknown is last. */
function costOf({ billedMs, memoryMib }: Execution): number {
	return billedMs === null || memoryMib === null ? -1 : billedMs * memoryMib;
}

function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
