import type { LivingWorld } from '../world/create.ts';
import type { Member } from '../world/fleet.ts';
import { sizerOf } from '../world/lines/size.ts';
import { storedBytesOf } from '../world/lines/stored.ts';
import { type Stretch, stretches } from '../world/run/rows.ts';
import { billedRequests, streamedBytesOf } from '../world/run/traits.ts';
import type { TimeRange } from '../world/world.ts';
import { slotMs } from './calendar.ts';
import { type UsageKind, usageKinds } from './kinds.ts';

/** What one function used in a span, in base units: requests, MiB-milliseconds, bytes, byte-hours. */
export type Usage = Partial<Record<UsageKind, number>>;

/** Usage of one account and region, ready to be priced. */
export interface UsageLine {
	readonly accountId: string;
	readonly region: string;
	readonly kind: UsageKind;
	readonly quantity: number;
	/** Functions with provisioned concurrency have no free tier (Lambda pricing page, 2026). */
	readonly isFreeEligible: boolean;
}

const hourMs = 3_600_000;
/** Bytes of a streamed response that are part of the request (Lambda pricing page, 2026: 6 MB). */
const streamedFreeBytes = 6 * 1024 * 1024;
/** Ephemeral storage that is part of every function (Lambda pricing page, 2026: 512 MB). */
const storageFreeMib = 512;

/** What a function used in a range of whole hours. `null` when it used nothing at all. */
export function usageOf(world: LivingWorld, member: Member, range: TimeRange): Usage | null {
	const sums = new UsageSums(member);
	const source = { get: (of: Member, hour: number) => world.blocks.pass(of, hour) };
	for (const stretch of stretches(source, member, range)) sums.add(stretch);
	sums.addStanding(range);
	return sums.result();
}

class UsageSums {
	readonly #member: Member;
	readonly #usage: Usage = {};

	constructor(member: Member) {
		this.#member = member;
	}

	add(stretch: Stretch): void {
		const { blueprint } = this.#member;
		const { block } = stretch;
		const sizer = sizerOf(this.#member);
		const extraMib = blueprint.ephemeralStorageMib - storageFreeMib;
		let onDemand = 0;
		let provisioned = 0;
		let billedMs = 0;
		let logBytes = 0;
		let streamed = 0;
		for (let row = stretch.from; row < stretch.to; row++) {
			const ms = block.billedMs[row] ?? 0;
			const mibMs = ms * (block.memoryMib[row] ?? 0);
			if (block.provisioned[row] === 1) provisioned += mibMs;
			else onDemand += mibMs;
			billedMs += ms;
			logBytes += sizer.bytes(block, row);
			if (blueprint.streaming) {
				streamed += Math.max(0, streamedBytesOf(this.#member, block, row) - streamedFreeBytes);
			}
		}
		const isEdge = blueprint.trigger === 'edge';
		this.#put(
			isEdge ? 'edge-requests' : this.#arm('requests'),
			billedRequests(this.#member, stretch),
		);
		this.#put(isEdge ? 'edge-compute' : this.#arm('compute'), onDemand);
		this.#put(this.#arm('provisioned-run'), provisioned);
		this.#put(this.#arm('storage'), extraMib * billedMs);
		this.#put('streaming', streamed);
		const isRare = blueprint.logs.groupClass === 'INFREQUENT_ACCESS';
		this.#put(isRare ? 'log-bytes-infrequent' : 'log-bytes', logBytes);
	}

	/** What is billed by the clock: provisioned concurrency, and what the log group holds. */
	addStanding(range: TimeRange): void {
		const member = this.#member;
		const fromMs = Math.max(range.fromMs, member.createdMs);
		const spanMs = Math.max(0, range.toMs - fromMs);
		const count = member.blueprint.provisionedConcurrency ?? 0;
		this.#put(this.#arm('provisioned'), count * member.blueprint.memoryMib * spanMs);
		const hours = Math.floor(spanMs / hourMs);
		this.#put('log-storage', storedBytesOf(member, range.fromMs) * hours);
	}

	result(): Usage | null {
		return Object.keys(this.#usage).length === 0 ? null : this.#usage;
	}

	#put(kind: UsageKind, quantity: number): void {
		if (quantity > 0) this.#usage[kind] = (this.#usage[kind] ?? 0) + quantity;
	}

	#arm<K extends 'requests' | 'compute' | 'provisioned' | 'provisioned-run' | 'storage'>(
		kind: K,
	): K | `${K}-arm` {
		return this.#member.blueprint.architecture === 'arm64' ? `${kind}-arm` : kind;
	}
}

/**
 * What each function used in one slot of the bill: three columns, an entry for each function and
 * kind. A month of ten thousand functions fits into some sixty megabytes like this.
 */
export interface SlotUsage {
	/** Positions in the world. */
	readonly members: Uint32Array<ArrayBuffer>;
	/** Positions in `usageKinds`. */
	readonly kinds: Uint8Array<ArrayBuffer>;
	readonly quantities: Float64Array<ArrayBuffer>;
}

/** One function's part in a line. */
export interface UsagePart {
	readonly member: Member;
	readonly kind: UsageKind;
	readonly quantity: number;
}

/** What the whole organisation used in one slot of the bill, function by function. */
export function slotUsage(world: LivingWorld, slot: number): SlotUsage {
	const range = { fromMs: slot * slotMs, toMs: (slot + 1) * slotMs };
	const members: number[] = [];
	const kinds: number[] = [];
	const quantities: number[] = [];
	if (range.toMs > world.options.beginsMs) {
		for (const member of world.members) {
			const usage = usageOf(world, member, range) ?? {};
			for (const [kind, quantity] of Object.entries(usage) as [UsageKind, number][]) {
				members.push(member.index);
				kinds.push(usageKinds.indexOf(kind));
				quantities.push(quantity);
			}
		}
	}
	return {
		members: Uint32Array.from(members),
		kinds: Uint8Array.from(kinds),
		quantities: Float64Array.from(quantities),
	};
}

/** The entries of a slot. */
export function* partsOf(world: LivingWorld, usage: SlotUsage): Generator<UsagePart> {
	for (let at = 0; at < usage.members.length; at++) {
		const member = world.members[usage.members[at] ?? 0];
		const kind = usageKinds[usage.kinds[at] ?? 0];
		if (member === undefined || kind === undefined) throw new RangeError('partsOf: another world');
		yield { member, kind, quantity: usage.quantities[at] ?? 0 };
	}
}

/** The line of an account's bill that a function's usage is part of. */
export function lineKey(line: Omit<UsageLine, 'quantity'>): string {
	const { accountId, region, kind, isFreeEligible } = line;
	return `${accountId}/${region}/${kind}/${isFreeEligible ? 'free' : 'paid'}`;
}

/** What a function's usage of a kind is on the bill. */
export function lineHead({ member, kind }: UsagePart): Omit<UsageLine, 'quantity'> {
	const { accountId, region, blueprint } = member;
	return { accountId, region, kind, isFreeEligible: blueprint.provisionedConcurrency === null };
}

/** The usage of a slot added up by account, region and kind, in a stable order. */
export function linesOf(world: LivingWorld, usage: SlotUsage): UsageLine[] {
	const lines = new Map<string, { -readonly [K in keyof UsageLine]: UsageLine[K] }>();
	for (const part of partsOf(world, usage)) {
		const head = lineHead(part);
		const key = lineKey(head);
		const line = lines.get(key);
		if (line === undefined) lines.set(key, { ...head, quantity: part.quantity });
		else line.quantity += part.quantity;
	}
	return [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
}
