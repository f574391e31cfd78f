/** Epoch milliseconds of real time. */
export type WallClock = () => number;

export interface WorldClockState {
	readonly nowMs: number;
	/** World milliseconds per real millisecond; 0 stands still. */
	readonly speed: number;
}

/** The world's time: data only. Signatures, credentials and the Date header use real time. */
export interface WorldClock {
	nowMs(): number;
	state(): WorldClockState;
	/** Jumps, changes speed, or both. Throws RangeError for a time or speed that is not finite or negative. */
	set(change: { readonly nowMs?: number; readonly speed?: number }): void;
	advance(ms: number): void;
}

/** A world clock that starts at `nowMs` (default: real time) and runs at `speed` (default 1). */
export function worldClock(
	wall: WallClock,
	start: { readonly nowMs?: number | undefined; readonly speed?: number | undefined } = {},
): WorldClock {
	let anchorWallMs = wall();
	let anchorMs = start.nowMs ?? anchorWallMs;
	let speed = start.speed ?? 1;
	const nowMs = () => Math.floor(anchorMs + (wall() - anchorWallMs) * speed);
	const set: WorldClock['set'] = (change) => {
		for (const [name, value] of Object.entries(change)) {
			if (!Number.isFinite(value) || value < 0) {
				throw new RangeError(`${name}: expected a number of 0 or more, got ${String(value)}`);
			}
		}
		const next = change.nowMs ?? nowMs();
		anchorWallMs = wall();
		anchorMs = next;
		speed = change.speed ?? speed;
	};
	return {
		nowMs,
		state: () => ({ nowMs: nowMs(), speed }),
		set,
		advance: (ms) => set({ nowMs: nowMs() + ms }),
	};
}
