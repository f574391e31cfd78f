import { eventOf } from '../../world/run/traits.ts';
import type { Block } from '../../world/run/block.ts';
import type { Member } from '../../world/fleet.ts';
import { sizerOf } from '../../world/lines/size.ts';
import { unit } from '../../world/random.ts';
import { isRetried, success } from '../../world/run/outcome.ts';

/** A metric whose samples come one by one from executions. */
export interface RowMetric {
	readonly kind: 'rows';
	readonly unit: 'Count' | 'Milliseconds' | 'Bytes' | 'None';
	/** Whether a function has this metric at all. */
	has(member: Member): boolean;
	/** The sample of a row as an integer of `1 / scale`; `null` when the row makes none. */
	sample(member: Member, block: Block, row: number): number | null;
	/** Divides a sum of samples into the metric's unit, so that sums stay exact. */
	readonly scale: number;
	/** Throttled requests are samples of value 1 too. */
	readonly countsThrottles?: boolean;
}

/** A metric that is a level at each minute. */
export interface GaugeMetric {
	readonly kind: 'gauge';
	readonly unit: 'Count' | 'None';
	readonly gauge: 'concurrent' | 'unreserved' | 'claimed' | 'provisioned' | 'provisionedShare';
	readonly scope: 'region' | 'function' | 'both';
}

export type MetricKind = RowMetric | GaugeMetric;

const always = () => true;
const isAsync = (member: Member) => isRetried(member.blueprint.trigger);
const hasProvisioned = (member: Member) => member.blueprint.provisionedConcurrency !== null;
const count = { kind: 'rows', unit: 'Count', scale: 1 } as const;

function isFailure(block: Block, row: number): boolean {
	return (block.status[row] ?? 0) !== success;
}

/** Milliseconds that an asynchronous event waited in Lambda's own queue. */
function eventAge(member: Member, block: Block, row: number): number {
	const attempt = block.attempt[row] ?? 1;
	const wait = 12 + Math.floor(70 * unit(eventOf(member, block, row), attempt, 0xae));
	return wait + (attempt === 2 ? 62_000 : attempt === 3 ? 190_000 : 0);
}

// Lambda developer guide, "Types of metrics for Lambda functions", read 2026-04.
export const lambdaMetrics: Readonly<Record<string, MetricKind>> = {
	Invocations: { ...count, has: always, sample: () => 1 },
	Errors: { ...count, has: always, sample: (_, block, row) => (isFailure(block, row) ? 1 : 0) },
	Throttles: { ...count, has: always, sample: () => 0, countsThrottles: true },
	Duration: {
		kind: 'rows',
		unit: 'Milliseconds',
		scale: 1000,
		has: always,
		sample: (_, block, row) => block.durationUs[row] ?? 0,
	},
	IteratorAge: {
		kind: 'rows',
		unit: 'Milliseconds',
		scale: 1,
		has: (member) => member.blueprint.trigger === 'stream',
		sample: (member, block, row) =>
			180 + Math.floor(1400 * unit(eventOf(member, block, row), 0x17e)),
	},
	AsyncEventsReceived: {
		...count,
		has: isAsync,
		sample: (_, block, row) => (block.attempt[row] === 1 ? 1 : null),
	},
	AsyncEventAge: { ...count, unit: 'Milliseconds', has: isAsync, sample: eventAge },
	AsyncEventsDropped: {
		...count,
		has: isAsync,
		sample: (_, block, row) => (block.attempt[row] === 3 && isFailure(block, row) ? 1 : null),
	},
	ProvisionedConcurrencyInvocations: {
		...count,
		has: hasProvisioned,
		sample: (_, block, row) => (block.provisioned[row] === 1 ? 1 : null),
	},
	ProvisionedConcurrencySpilloverInvocations: {
		...count,
		has: hasProvisioned,
		sample: (_, block, row) => (block.provisioned[row] === 1 ? null : 1),
	},
	ConcurrentExecutions: { kind: 'gauge', unit: 'Count', gauge: 'concurrent', scope: 'both' },
	UnreservedConcurrentExecutions: {
		kind: 'gauge',
		unit: 'Count',
		gauge: 'unreserved',
		scope: 'region',
	},
	ClaimedAccountConcurrency: { kind: 'gauge', unit: 'Count', gauge: 'claimed', scope: 'region' },
	ProvisionedConcurrentExecutions: {
		kind: 'gauge',
		unit: 'Count',
		gauge: 'provisioned',
		scope: 'function',
	},
	ProvisionedConcurrencyUtilization: {
		kind: 'gauge',
		unit: 'None',
		gauge: 'provisionedShare',
		scope: 'function',
	},
};

// CloudWatch Logs user guide, "Monitoring with CloudWatch metrics", read 2026-04.
export const logsMetrics: Readonly<Record<string, RowMetric>> = {
	IncomingBytes: {
		...count,
		unit: 'Bytes',
		has: always,
		sample: (member, block, row) => sizerOf(member).bytes(block, row),
	},
	IncomingLogEvents: {
		...count,
		unit: 'None',
		has: always,
		sample: (member, block, row) => sizerOf(member).events(block, row),
	},
};
