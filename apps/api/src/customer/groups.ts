import type { FunctionId } from '@lamplight/core/ids';

import type { Searched } from './scope.ts';

/** A log group, and those of the searched functions that write to it. */
export interface Group {
	/** The one whose connection and region lead to it. */
	readonly reader: Searched;
	readonly writers: readonly Searched[];
}

/** The log groups of functions, each once: functions may share one. */
export function groupsOf(searched: readonly Searched[]): Group[] {
	const byGroup = Map.groupBy(
		searched,
		({ fn, connection }) => `${connection.id} ${fn.region} ${fn.logGroup}`,
	);
	return [...byGroup.values()].flatMap((writers) => {
		const [reader] = writers;
		return reader === undefined ? [] : [{ reader, writers }];
	});
}

// In a group that was chosen, a stream is called DATE/FUNCTION[VERSION]…; in Lambda's own DATE/[VERSION]…
// (Lambda developer guide, "Configuring CloudWatch log groups", read 2026-11).
const namedStream = /^\d{4}\/\d\d\/\d\d\/([\w-]+)\[/;

/** The searched function that wrote a stream of a group; `null` when it was another one. */
export function writerOf(writers: readonly Searched[], logStream: string): FunctionId | null {
	const name = namedStream.exec(logStream)?.[1];
	const writer = name === undefined ? writers[0] : writers.find(({ fn }) => fn.name === name);
	return writer?.fn.id ?? null;
}
