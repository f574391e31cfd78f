import type { Log } from '../deps.ts';

/** What the start of the product shows while it comes up. */
export interface Progress {
	/** A log that also hears how far things are. */
	readonly log: Log;
	/** True when functions were read since the last call. */
	takeNews(): boolean;
	/** Called when ready-made pages hold the newest figures. */
	shown(): void;
	/** Whether a connection's past goes on behind what was read of it last. */
	hasMorePast(connectionId: string): boolean;
}

interface Span {
	readonly fromMs: number;
	readonly toMs: number;
	readonly doneFromMs: number;
	/** True when its budget is used up. */
	readonly stopped: boolean;
}

/**
 * Turns log lines into progress: `{"firstData": true}` with the first figures on a page, and
 * `{"backfill": 0.42}` for the share of the past of all connections.
 */
export function followProgress(
	log: Log,
	tell: (message: Readonly<Record<string, unknown>>) => void,
	connections: () => number,
): Progress {
	const past = new Map<string, number>();
	const unfinished = new Set<string>();
	let news = false;
	let hasFigures = false;
	let told = false;
	return {
		log(event, facts = {}) {
			log(event, facts);
			if (event === 'run' && facts['job'] === 'functions' && facts['ok'] === true) {
				news = true;
				hasFigures ||= facts['delayMs'] !== null;
			}
			if (event === 'backfill') {
				const connectionId = String(facts['connectionId']);
				const span = facts as unknown as Span;
				past.set(connectionId, shareOf(span));
				if (span.doneFromMs > span.fromMs && !span.stopped) unfinished.add(connectionId);
				else unfinished.delete(connectionId);
				const sum = [...past.values()].reduce((total, share) => total + share, 0);
				tell({ backfill: sum / Math.max(connections(), past.size) });
			}
		},
		hasMorePast: (connectionId) => unfinished.has(connectionId),
		takeNews() {
			const any = news;
			news = false;
			return any;
		},
		shown() {
			if (told || !hasFigures) return;
			told = true;
			tell({ firstData: true });
		},
	};
}

function shareOf({ fromMs, toMs, doneFromMs }: Span): number {
	return toMs <= fromMs ? 1 : (toMs - doneFromMs) / (toMs - fromMs);
}
