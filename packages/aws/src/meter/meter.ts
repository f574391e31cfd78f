import type { Clock } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import type { ConnectionId } from '@lamplight/core/ids';
import { utcDay } from '@lamplight/core/time';
import { callCostPicoUsd, untold, type WatchUsage } from '@lamplight/core/watchcost/watchcost';

/** A call that is about to be sent. */
export interface BegunCall {
	readonly region: string;
	readonly action: string;
	/** What AWS bills it by when it succeeds. */
	readonly units: number;
}

/** What became of a call. */
export interface EndedCall {
	/** `unsent`: no connection came about, so AWS never saw it and it does not count. */
	readonly outcome: 'ok' | 'throttled' | 'failed' | 'unsent';
	readonly requestBytes: number;
	readonly responseBytes: number;
}

/** Counts what one connection is made to pay. */
export interface Meter {
	readonly connectionId: ConnectionId;
	/**
	 * Before each call; the answer takes note of its end. Waits while more than `untold` allows is neither
	 * told nor ended. Throws `unavailable` once the meter is closed: the work that asks is over.
	 */
	begin(call: BegunCall): Promise<(end: EndedCall) => void>;
	/** What was counted so far. */
	peek(): WatchUsage[];
	/** From now on what was counted is told before much more of it could be lost, the whole each time. */
	tellTo(tell: (usages: readonly WatchUsage[]) => Promise<void>): void;
	/** Lets no further call begin, waits for those under way, and returns all that was counted. */
	end(): Promise<WatchUsage[]>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** How long the end waits for calls under way; after that they count as made, as AWS may charge for them. */
const endWaitsMs = 10_000;

/** A meter for one connection. Days are those of `clock`, in UTC, as AWS bills. */
export function createMeter(connectionId: ConnectionId, clock: Clock): Meter {
	const sums = createSums(connectionId, clock);
	const open = new Set<BegunCall>();
	let openPicoUsd = 0n;
	const news = createSignal();
	/** Ended, and not told yet. */
	const ended = { calls: 0, picoUsd: 0n };
	let closed = false;
	let tell: ((usages: readonly WatchUsage[]) => Promise<void>) | null = null;
	let telling = false;
	const isFull = (call: BegunCall) => {
		const calls = open.size + ended.calls;
		const picoUsd = openPicoUsd + ended.picoUsd + callCostPicoUsd(call);
		return calls >= untold.calls || (calls > 0 && picoUsd > untold.picoUsd);
	};
	const tellAll = async (): Promise<void> => {
		telling = true;
		const { calls, picoUsd } = ended;
		try {
			await tell?.(sums.all());
			ended.calls -= calls;
			ended.picoUsd -= picoUsd;
		} finally {
			telling = false;
			news.tell();
		}
	};
	const endOf = (call: BegunCall, end: EndedCall): void => {
		if (!open.delete(call)) return;
		openPicoUsd -= callCostPicoUsd(call);
		if (end.outcome === 'unsent') return news.tell();
		sums.add(call, end);
		ended.calls += 1;
		if (end.outcome === 'ok') ended.picoUsd += callCostPicoUsd(call);
		news.tell();
		const isMuch = ended.calls * 2 >= untold.calls || ended.picoUsd * 2n >= untold.picoUsd;
		// What fails here is told with a later call, or when the work is over.
		if (tell !== null && !telling && isMuch) tellAll().catch(() => undefined);
	};
	return {
		connectionId,
		async begin(asked) {
			const call = { ...asked };
			while (!closed && tell !== null && isFull(call)) {
				if (telling || ended.calls === 0) await news.next();
				else await tellAll();
			}
			if (closed) throw over(call);
			open.add(call);
			openPicoUsd += callCostPicoUsd(call);
			return (end) => endOf(call, end);
		},
		peek: sums.all,
		tellTo(newTell) {
			tell = newTell;
		},
		async end() {
			closed = true;
			news.tell();
			const tooLong = setTimeout(() => {
				for (const call of open) endOf(call, { outcome: 'ok', requestBytes: 0, responseBytes: 0 });
			}, endWaitsMs);
			while (open.size > 0 || telling) await news.next();
			clearTimeout(tooLong);
			return sums.all();
		},
	};
}

/** Wakes whoever waits for something to change. */
function createSignal() {
	let waiting: (() => void)[] = [];
	return {
		next: () => new Promise<void>((resolve) => waiting.push(resolve)),
		tell(): void {
			const woken = waiting;
			waiting = [];
			for (const one of woken) one();
		},
	};
}

function over({ action, region }: BegunCall): LamplightError {
	return new LamplightError('unavailable', `${action} in ${region}: the work is over already.`);
}

/** Sums by day, region and action. */
function createSums(connectionId: ConnectionId, clock: Clock) {
	const counts = new Map<string, Mutable<WatchUsage>>();
	return {
		add({ region, action, units }: BegunCall, end: EndedCall): void {
			const day = utcDay(clock());
			const key = `${day} ${region} ${action}`;
			let usage = counts.get(key);
			if (usage === undefined) {
				usage = empty({ connectionId, day, region, action });
				counts.set(key, usage);
			}
			usage.calls += 1;
			if (end.outcome === 'throttled') usage.throttled += 1;
			if (end.outcome === 'failed') usage.failed += 1;
			if (end.outcome === 'ok') usage.units += units;
			usage.requestBytes += end.requestBytes;
			usage.responseBytes += end.responseBytes;
		},
		all: (): WatchUsage[] => [...counts.values()].map((usage) => ({ ...usage })),
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
