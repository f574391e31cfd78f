import type { Clock } from '@lamplight/core/ctx';
import * as z from 'zod';

const stateSchema = z.object({ nowMs: z.number(), speed: z.number().min(0) });
const askEveryMs = 2_000;

/** The simulated world's time: asked every two seconds, run forward in between. */
export async function followWorldClock(
	url: string,
	options: { readonly wallClock: Clock; readonly signal: AbortSignal },
): Promise<Clock> {
	const { wallClock, signal } = options;
	const ask = async () => {
		const response = await fetch(url, { signal: AbortSignal.timeout(askEveryMs) });
		return { wallMs: wallClock(), ...stateSchema.parse(await response.json()) };
	};
	let anchor = await ask();
	const timer = setInterval(() => {
		// A world that does not answer for a moment goes on as it did.
		void ask().then(
			(next) => (anchor = next),
			() => undefined,
		);
	}, askEveryMs);
	timer.unref();
	signal.addEventListener('abort', () => clearInterval(timer));
	return () => Math.floor(anchor.nowMs + (wallClock() - anchor.wallMs) * anchor.speed);
}
