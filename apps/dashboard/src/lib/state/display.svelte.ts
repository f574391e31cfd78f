import type { TimeView } from '../format/time.ts';

/** How often the present is looked at again for "48 s ago" and its like. */
const tickMs = 5_000;

/** The zone that moments are shown in, and the present, which moves on. */
class Display {
	zone = $state('UTC');
	nowMs = $state(Date.now());
	/** How far the data's present is ahead of this browser's clock. */
	#aheadMs = 0;

	/** For the formats of moments. */
	get view(): TimeView {
		return { zone: this.zone, nowMs: this.nowMs };
	}

	/** Takes over the present of the data, which need not be this browser's. */
	setNow(nowMs: number): void {
		this.#aheadMs = nowMs - Date.now();
		this.nowMs = nowMs;
	}

	/** Keeps the present up to date while a page is shown; returns how to stop. */
	start(): () => void {
		const timer = setInterval(() => {
			if (!document.hidden) this.nowMs = Date.now() + this.#aheadMs;
		}, tickMs);
		return () => {
			clearInterval(timer);
		};
	}
}

export const display = new Display();
