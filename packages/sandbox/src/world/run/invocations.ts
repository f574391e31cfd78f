import type { Member } from '../fleet.ts';
import { errorTypeOf } from '../lines/failure.ts';
import { traceIdOf } from '../lines/platform.ts';
import type { TimeRange } from '../world.ts';
import type { Invocation } from '../invocation.ts';
import type { Block } from './block.ts';
import type { Blocks } from './cache.ts';
import { logStream, requestId, versionLabel } from './identity.ts';
import { statusOf } from './outcome.ts';
import { endMs, stretches } from './rows.ts';
import { streamedBytesOf } from './traits.ts';

/** The executions that start in a range, as plain objects, ascending by start. */
export function invocationsOf(
	blocks: Pick<Blocks, 'get'>,
	member: Member,
	range: TimeRange,
): Invocation[] {
	const found: Invocation[] = [];
	for (const { block, from, to } of stretches(blocks, member, range)) {
		for (let row = from; row < to; row++) found.push(invocationAt(member, block, row));
	}
	return found;
}

/** One row as an object. */
export function invocationAt(member: Member, block: Block, row: number): Invocation {
	const environment = block.environment[row] ?? 0;
	const initUs = block.initUs[row] ?? 0;
	const restoreUs = block.restoreUs[row] ?? 0;
	return {
		functionId: member.id,
		requestId: requestId(member, block, row),
		attempt: block.attempt[row] ?? 1,
		logStream: logStream(member, block, environment),
		version: versionLabel(member, block.environments[environment]?.version ?? 0),
		startMs: block.startMs + (block.offsetMs[row] ?? 0),
		endMs: endMs(block, row),
		durationUs: block.durationUs[row] ?? 0,
		initUs: initUs === 0 ? null : initUs,
		restoreUs: restoreUs === 0 ? null : restoreUs,
		billedRestoreMs: restoreUs === 0 ? null : (block.billedRestoreMs[row] ?? 0),
		billedMs: block.billedMs[row] ?? 0,
		memoryMib: block.memoryMib[row] ?? 0,
		maxMemoryUsedMib: block.memoryUsedMib[row] ?? 0,
		status: statusOf(block.status[row] ?? 0),
		errorType: errorTypeOf(member, block, row),
		provisioned: block.provisioned[row] === 1,
		streamedBytes: streamedBytesOf(member, block, row),
		traceId: traceIdOf(member, block, row),
	};
}
