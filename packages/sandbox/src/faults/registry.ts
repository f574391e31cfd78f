import type { FaultRequest } from '../sandbox.ts';
import type { CallFaults, Fault, FaultKind, FaultKinds, FaultWhere } from './fault.ts';
import { isFaultKind } from './kinds.ts';

/** What is known about a call when faults are looked up. */
export interface Situation {
	readonly accountId: string;
	/** Sentinels are found in it. */
	readonly accountName: string;
	readonly region: string;
	readonly service: string;
	readonly operation: string;
	readonly action: string;
	/** Of a call about one function; `null` else. */
	readonly functionName: string | null;
	/** World time. */
	readonly nowMs: number;
}

/** What a fault's place may be told by. */
const parts: readonly string[] = [
	'accountId',
	'region',
	'service',
	'operation',
	'action',
	'functionName',
] satisfies (keyof FaultWhere)[];

interface Entry {
	readonly fault: Fault;
	remaining: number | null;
	/** Matching calls so far, for `share`. */
	matched: number;
}

/** The faults in force: those named by a sentinel and those added while running. */
export class FaultRegistry {
	readonly #entries = new Map<string, Entry>();
	#added = 0;

	/** Throws RangeError for a kind or a figure that cannot be. */
	add(request: FaultRequest): Fault {
		if (!isFaultKind(request.kind))
			throw new RangeError(`kind: no fault is called ${String(request.kind)}`);
		const share = request.share ?? 1;
		if (!(share > 0 && share <= 1))
			throw new RangeError('share: expected more than 0 and at most 1');
		if (request.calls !== undefined && !(Number.isInteger(request.calls) && request.calls > 0)) {
			throw new RangeError('calls: expected a whole number above 0');
		}
		const unknown = Object.keys(request.where ?? {}).find((part) => !parts.includes(part));
		if (unknown !== undefined) {
			throw new RangeError(`where.${unknown}: expected one of ${parts.join(', ')}`);
		}
		const fault: Fault = {
			id: `fault-${++this.#added}`,
			kind: request.kind,
			where: request.where ?? {},
			settings: request.settings ?? {},
			remaining: request.calls ?? null,
			share,
			fromMs: request.fromMs ?? null,
			untilMs: request.untilMs ?? null,
		};
		this.#entries.set(fault.id, { fault, remaining: fault.remaining, matched: 0 });
		return fault;
	}

	/** Whether there was such a fault. */
	remove(id: string): boolean {
		return this.#entries.delete(id);
	}

	clear(): void {
		this.#entries.clear();
	}

	list(): Fault[] {
		return [...this.#entries.values()].map(({ fault, remaining }) => ({ ...fault, remaining }));
	}

	/** A fault of the call itself: its settings if this call is hit, which is then counted. */
	hit<K extends FaultKind>(kind: K, situation: Situation): FaultKinds[K] | null {
		if (hasSentinel(kind, situation)) return {};
		for (const entry of this.#entries.values()) {
			if (entry.fault.kind !== kind || entry.remaining === 0) continue;
			if (!holds(entry.fault, situation)) continue;
			entry.matched += 1;
			const { share } = entry.fault;
			if (Math.floor(entry.matched * share) === Math.floor((entry.matched - 1) * share)) continue;
			if (entry.remaining !== null) entry.remaining -= 1;
			return entry.fault.settings;
		}
		return null;
	}

	/** The data-shaped faults of a call, for its handler. */
	forCall(situation: Situation): CallFaults {
		return {
			settings: (kind, functionName) => {
				const about = functionName === undefined ? situation : { ...situation, functionName };
				return this.#settings(kind, about);
			},
		};
	}

	#settings<K extends FaultKind>(kind: K, situation: Situation): FaultKinds[K] | null {
		if (hasSentinel(kind, situation)) return {};
		for (const { fault } of this.#entries.values()) {
			if (fault.kind === kind && holds(fault, situation)) return fault.settings;
		}
		return null;
	}
}

function hasSentinel(kind: FaultKind, situation: Situation): boolean {
	const sentinel = `fault-${kind}`;
	return (
		endsOrContinues(situation.accountName, sentinel) ||
		endsOrContinues(situation.region, sentinel) ||
		(situation.functionName !== null && endsOrContinues(situation.functionName, sentinel))
	);
}

/** `fault-slow` must not be found in `fault-slowly`; a digit or a dash may follow. */
function endsOrContinues(name: string, sentinel: string): boolean {
	const at = name.indexOf(sentinel);
	if (at < 0) return false;
	const next = name.charAt(at + sentinel.length);
	return next === '' || !/[a-z]/.test(next);
}

function holds(fault: Fault, situation: Situation): boolean {
	const { fromMs, untilMs, where } = fault;
	if (fromMs !== null && situation.nowMs < fromMs) return false;
	if (untilMs !== null && situation.nowMs >= untilMs) return false;
	return (Object.keys(where) as (keyof FaultWhere)[]).every(
		(part) => where[part] === undefined || where[part] === situation[part],
	);
}
