/**
 * How fast the world may run: as fast as the collector empties its queue. A backlog slows the world
 * down, an empty queue speeds it up, so that the same soak suits any machine.
 */
export function nextSpeed(
	speed: number,
	{ leastWaiting, fastest }: { readonly leastWaiting: number; readonly fastest: number },
): number {
	const next =
		leastWaiting > slowAbove ? speed * 0.7 : leastWaiting < fastBelow ? speed * 1.15 : speed;
	return Math.min(fastest, Math.max(1, Math.round(next * 100) / 100));
}

/** Messages that still waited when the queue was at its emptiest since the last look. */
const slowAbove = 12;
const fastBelow = 3;
