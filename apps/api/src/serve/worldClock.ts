import type { Clock } from '@lamplight/core/ctx';
import * as z from 'zod';

const stateSchema = z.object({ nowMs: z.number(), speed: z.number().min(0) });
const askEveryMs = 2_000;

/** A clock that follows the simulated world's: asked now and then, run forward in between. */
export async function followWorldClock(
	url: string,
	wallClock: Clock,
): Promise<{ readonly clock: Clock; stop(): void }> {
	let anchor = { wallMs: wallClock(), nowMs: wallClock(), speed: 1 };
	const ask = async () => {
		const response = await fetch(url, { signal: AbortSignal.timeout(askEveryMs) });
		const state = stateSchema.parse(await response.json());
		anchor = { wallMs: wallClock(), ...state };
	};
	await ask();
	// A world that does not answer for a moment goes on as it did.
	const timer = setInterval(() => void ask().catch(() => undefined), askEveryMs);
	timer.unref();
	return {
		clock: () => Math.floor(anchor.nowMs + (wallClock() - anchor.wallMs) * anchor.speed),
		stop: () => clearInterval(timer),
	};
}
