import type { Clock } from '@lamplight/core/ctx';
import type { ConnectionId } from '@lamplight/core/ids';
import { utcDay } from '@lamplight/core/time';
import type { WatchUsage } from '@lamplight/core/watchcost/watchcost';

export interface MeteredCall {
	readonly region: string;
	readonly action: string;
	readonly outcome: 'ok' | 'throttled' | 'failed';
	readonly units: number;
	readonly requestBytes: number;
	readonly responseBytes: number;
}

/** Counts what one connection is made to pay. */
export interface Meter {
	readonly connectionId: ConnectionId;
	record(call: MeteredCall): void;
	/** What was counted since the last drain; counting starts again from zero. */
	drain(): WatchUsage[];
	/** What was counted since the last drain, which goes on counting. */
	peek(): WatchUsage[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A meter for one connection. Days are those of `clock`, in UTC, as AWS bills. */
export function createMeter(connectionId: ConnectionId, clock: Clock): Meter {
	let counts = new Map<string, Mutable<WatchUsage>>();
	return {
		connectionId,
		record(call) {
			const day = utcDay(clock());
			const key = `${day} ${call.region} ${call.action}`;
			let usage = counts.get(key);
			if (usage === undefined) {
				usage = empty({ connectionId, day, region: call.region, action: call.action });
				counts.set(key, usage);
			}
			usage.calls += 1;
			if (call.outcome === 'throttled') usage.throttled += 1;
			if (call.outcome === 'failed') usage.failed += 1;
			if (call.outcome === 'ok') usage.units += call.units;
			usage.requestBytes += call.requestBytes;
			usage.responseBytes += call.responseBytes;
		},
		drain() {
			const drained = [...counts.values()];
			counts = new Map();
			return drained;
		},
		peek: () => [...counts.values()].map((usage) => ({ ...usage })),
	};
}

function empty(
	key: Pick<WatchUsage, 'connectionId' | 'day' | 'region' | 'action'>,
): Mutable<WatchUsage> {
	return {
		...key,
		calls: 0,
		throttled: 0,
		failed: 0,
		units: 0,
		requestBytes: 0,
		responseBytes: 0,
	};
}
