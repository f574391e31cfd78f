import type { Member } from '../../world/fleet.ts';
import type { LivingWorld } from '../../world/create.ts';
import { mix, unit } from '../../world/random.ts';
import { linesOf } from '../../world/lines/rowLines.ts';
import { hourAt } from '../../world/run/hour.ts';
import type { Block } from '../../world/run/block.ts';
import { logStream } from '../../world/run/identity.ts';
import { endMs } from '../../world/run/rows.ts';
import type { TimeRange } from '../../world/world.ts';
import type { Damage } from './damage.ts';

/** One log event as CloudWatch Logs holds it. */
export interface LogEvent {
	readonly timeMs: number;
	readonly ingestedMs: number;
	readonly stream: string;
	readonly message: string;
	/** Unique; ascending within a group by time, then stream, then order of writing. */
	readonly id: string;
}

export interface ScanRequest {
	readonly members: readonly Member[];
	/** By event time; half open. */
	readonly range: TimeRange;
	readonly nowMs: number;
	/** Events in other streams are left out; `null` takes all. */
	readonly streams: ((name: string) => boolean) | null;
	readonly matches: (message: string) => boolean;
	readonly damage: (member: Member) => Damage;
}

export interface Scanned {
	/** Ascending by id, so by time. */
	readonly events: LogEvent[];
	/** Bytes of all messages that were looked at. */
	readonly bytes: number;
	readonly records: number;
}

/** The longest that an execution and its init may take, so how far back a line's execution may start. */
const longestMs = 16 * 60_000;

/** The events of some functions in a range of event time, as far as they have arrived by now. */
export function scan(world: LivingWorld, request: ScanRequest): Scanned {
	const found: { events: LogEvent[]; bytes: number; records: number } = {
		events: [],
		bytes: 0,
		records: 0,
	};
	for (const member of request.members) {
		const damage = request.damage(member);
		const firstHour = hourAt(member, request.range.fromMs - longestMs);
		for (let hour = firstHour; hour <= hourAt(member, request.range.toMs - 1); hour++) {
			const block = world.blocks.get(member, hour);
			if (block !== null) scanBlock(request, { member, block, damage }, found);
		}
	}
	found.events.sort(byId);
	return found;
}

function byId(a: LogEvent, b: LogEvent): number {
	return a.timeMs - b.timeMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

interface BlockFacts {
	readonly member: Member;
	readonly block: Block;
	readonly damage: Damage;
}

function scanBlock(
	request: ScanRequest,
	facts: BlockFacts,
	found: { events: LogEvent[]; bytes: number; records: number },
): void {
	const { member, block } = facts;
	const { fromMs, toMs } = request.range;
	const streams = new StreamNames(member, block);
	for (let row = firstRowThatMayReach(block, fromMs); row < block.length; row++) {
		const startMs = block.startMs + (block.offsetMs[row] ?? 0);
		if (startMs >= toMs) break;
		if (endMs(block, row) < fromMs || startMs > request.nowMs) continue;
		const environment = block.environment[row] ?? 0;
		const stream = streams.of(environment);
		if (request.streams !== null && !request.streams(stream)) continue;
		for (const line of facts.damage.apply(linesOf(member, block, row), { member, block, row })) {
			if (line.timeMs < fromMs || line.timeMs >= toMs) continue;
			const ingestedMs = ingestionMs(block, environment, line.timeMs) + facts.damage.lateMs;
			if (ingestedMs > request.nowMs) continue;
			found.records++;
			found.bytes += line.message.length;
			if (!request.matches(line.message)) continue;
			found.events.push({
				timeMs: line.timeMs,
				ingestedMs,
				stream,
				message: line.message,
				id: eventId(line.timeMs, streams.id(environment), { row, index: line.index }),
			});
		}
	}
}

/** Names and ids of streams are long to make and asked often. */
class StreamNames {
	readonly #names: string[] = [];
	readonly #ids: string[] = [];
	readonly #member: Member;
	readonly #block: Block;

	constructor(member: Member, block: Block) {
		this.#member = member;
		this.#block = block;
	}

	of(environment: number): string {
		return (this.#names[environment] ??= logStream(this.#member, this.#block, environment));
	}

	/** Twenty digits. */
	id(environment: number): string {
		return (this.#ids[environment] ??= this.#makeId(environment));
	}

	#makeId(environment: number): string {
		const seed = this.#block.environments[environment]?.seed ?? 0;
		return `${tenDigits(mix(seed, this.#member.index))}${tenDigits(mix(this.#member.seed, seed))}`;
	}
}

function tenDigits(value: number): string {
	return String(10_000_000_000 + value).slice(1);
}

/** 56 digits, as AWS's are: time, stream, row and line, so that ids ascend as events do. */
function eventId(timeMs: number, stream: string, place: { row: number; index: number }): string {
	return `3${timeMs}${stream}${tenDigits(place.row)}00${tenDigits(place.index)}`;
}

function firstRowThatMayReach(block: Block, fromMs: number): number {
	const minute = Math.floor((fromMs - block.longestMs - block.startMs) / 60_000);
	if (minute <= 0) return 0;
	return block.minuteRows[Math.min(60, minute)] ?? block.length;
}

// Lambda ships a stream's lines in batches; they are readable 5 to 30 seconds after they were written.
const batchMs = 5_000;
const soonestMs = 5_000;
const wanderMs = 20_000;

/** When an event becomes readable. Never earlier than one before it in its stream. */
export function ingestionMs(block: Block, environment: number, timeMs: number): number {
	const batch = Math.floor(timeMs / batchMs);
	const seed = block.environments[environment]?.seed ?? 0;
	// The delay changes every minute, by at most what a batch moves on, so order is kept.
	const minute = Math.floor(batch / 12);
	const wander = unit(seed, minute, 0x106) * wanderMs;
	const before = unit(seed, minute - 1, 0x106) * wanderMs;
	const share = (batch % 12) / 12;
	return (
		(batch + 1) * batchMs + soonestMs + Math.floor((before * (1 - share) + wander * share) * 0.75)
	);
}
