import type { Member } from '../fleet.ts';
import type { TimeRange } from '../world.ts';
import type { InvocationTotals } from '../invocation.ts';
import { sizerOf } from '../lines/size.ts';
import type { Blocks } from './cache.ts';
import { outOfMemory, success, timedOut } from './outcome.ts';
import { type Stretch, stretches, throttlesIn } from './rows.ts';
import { streamedBytes, billedRequests } from './traits.ts';

type Sums = { -readonly [K in keyof InvocationTotals]: InvocationTotals[K] };

/** Zero in every field. */
export function noTotals(): Sums {
	return {
		invocations: 0,
		errors: 0,
		timeouts: 0,
		outOfMemory: 0,
		throttles: 0,
		durationUs: 0,
		durationMaxUs: 0,
		initUs: 0,
		coldStarts: 0,
		billedMs: 0,
		billedMibMs: 0,
		provisionedMibMs: 0,
		provisionedInvocations: 0,
		billedRequests: 0,
		streamedBytes: 0,
		logBytes: 0,
		logEvents: 0,
	};
}

/** Exact sums over the executions that start in a range of whole minutes. */
export function sumRange(
	blocks: Pick<Blocks, 'get'>,
	member: Member,
	range: TimeRange,
): InvocationTotals {
	const sums = noTotals();
	for (const stretch of stretches(blocks, member, range)) addStretch(sums, member, stretch);
	sums.throttles = throttlesIn(blocks, member, range);
	return sums;
}

function addStretch(sums: Sums, member: Member, stretch: Stretch): void {
	const { block } = stretch;
	const sizer = sizerOf(member);
	sums.invocations += stretch.to - stretch.from;
	for (let row = stretch.from; row < stretch.to; row++) {
		const status = block.status[row] ?? 0;
		if (status !== success) {
			sums.errors++;
			if (status === timedOut) sums.timeouts++;
			if (status === outOfMemory) sums.outOfMemory++;
		}
		const durationUs = block.durationUs[row] ?? 0;
		sums.durationUs += durationUs;
		if (durationUs > sums.durationMaxUs) sums.durationMaxUs = durationUs;
		const initUs = block.initUs[row] ?? 0;
		sums.initUs += initUs;
		if (initUs > 0 || (block.restoreUs[row] ?? 0) > 0) sums.coldStarts++;
		const billedMs = block.billedMs[row] ?? 0;
		sums.billedMs += billedMs;
		const mibMs = billedMs * (block.memoryMib[row] ?? 0);
		if (block.provisioned[row] === 1) {
			sums.provisionedMibMs += mibMs;
			sums.provisionedInvocations++;
		} else {
			sums.billedMibMs += mibMs;
		}
		sums.logBytes += sizer.bytes(block, row);
		sums.logEvents += sizer.events(block, row);
	}
	sums.billedRequests += billedRequests(member, stretch);
	if (member.blueprint.streaming) sums.streamedBytes += streamedBytes(member, stretch);
}
