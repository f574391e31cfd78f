import type { Member } from '../fleet.ts';
import { mix, unit } from '../random.ts';
import type { Block } from '../run/block.ts';
import { requestId } from '../run/identity.ts';
import { endMs } from '../run/rows.ts';
import { eventOf } from '../run/traits.ts';
import { scriptOf } from './deck.ts';
import { failureOf } from './failure.ts';
import {
	endLine,
	initLine,
	reportLine,
	restoreLine,
	type RowFacts,
	runtimeDoneLine,
	startLine,
} from './platform.ts';
import { fill } from './template.ts';

/** One log event of an execution. */
export interface Line {
	readonly timeMs: number;
	/** Its place among the lines of the execution. */
	readonly index: number;
	readonly message: string;
}

/** Everything that one execution wrote to its log stream, in order. */
export function linesOf(member: Member, block: Block, row: number): Line[] {
	const failure = failureOf(member, block, row);
	const facts: RowFacts = { member, block, row, failure, requestId: requestId(member, block, row) };
	const isJson = member.blueprint.logs.format === 'JSON';
	const isQuiet = isJson && member.blueprint.logs.systemLogLevel === 'WARN';
	const startMs = block.startMs + (block.offsetMs[row] ?? 0);
	const readyMs = startMs + Math.floor(preparedUs(block, row) / 1000);
	const doneMs = endMs(block, row);
	const lines: Line[] = [];
	const write = (timeMs: number, message: string | null) => {
		if (message !== null) lines.push({ timeMs, index: lines.length, message });
	};
	if (preparedUs(block, row) > 0 && !isQuiet) {
		write(startMs, initLine(facts, startMs));
		if (member.blueprint.snapStart && !isJson) write(readyMs, restoreLine(facts));
	}
	if (!isQuiet) write(readyMs, startLine(facts, readyMs));
	for (const line of applicationLines(facts, { readyMs, doneMs })) write(line.timeMs, line.message);
	if (isJson && failure !== null) write(doneMs, runtimeDoneLine(facts, doneMs));
	if (!isJson) write(doneMs, endLine(facts));
	if (!isQuiet || failure !== null) write(doneMs, reportLine(facts, doneMs));
	return lines;
}

function preparedUs(block: Block, row: number): number {
	return (block.initUs[row] ?? 0) + (block.restoreUs[row] ?? 0);
}

function applicationLines(
	facts: RowFacts,
	span: { readyMs: number; doneMs: number },
): { timeMs: number; message: string }[] {
	const { member, block, row, failure } = facts;
	const event = eventOf(member, block, row);
	const script = scriptOf(member, event);
	const id = facts.requestId;
	const stepMs = (span.doneMs - span.readyMs) / (script.lines.length + 1);
	const written = script.lines.map((line, index) => {
		const hash = mix(event, index, block.attempt[row]);
		const timeMs = Math.floor(span.readyMs + stepMs * (index + 0.3 + 0.6 * unit(hash, 1)));
		return { timeMs, message: fill(line, { hash, timeMs, requestId: id }) };
	});
	const failed = (failure?.lines ?? []).map((line) => ({
		timeMs: span.doneMs,
		message: fill(line, { hash: event, timeMs: span.doneMs, requestId: id }),
	}));
	return [...written, ...failed];
}
