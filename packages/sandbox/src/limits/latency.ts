/**
 * About how long AWS takes to answer, in milliseconds: a middle value and a tail. AWS publishes no
 * such figures; these are orders of magnitude, for watching a program at a realistic pace.
 */
const typical: Readonly<Record<string, number>> = {
	sts: 40,
	lambda: 60,
	tagging: 120,
	account: 120,
	ec2: 150,
	monitoring: 80,
	logs: 60,
	ce: 600,
};

const otherMs = 80;

/** A delay for one call; `draw` is uniform in [0, 1). One call in a hundred takes five times as long. */
export function latencyMs(service: string, draw: number): number {
	const middle = typical[service] ?? otherMs;
	return Math.round(draw > 0.99 ? middle * 5 : middle * (0.6 + 0.8 * draw));
}
