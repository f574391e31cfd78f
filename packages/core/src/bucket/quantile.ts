/** What is known of the durations in one part of a span: a minute, an hour, a day. */
export interface QuantilePart {
	readonly invocations: number;
	readonly p50Us: number | null;
	readonly p95Us: number | null;
	readonly p99Us: number | null;
	readonly durationMaxUs: number | null;
}

/** Bisection steps: the answer is within a hundred-thousandth of the range, far below its own error. */
const bisections = 22;
/** Nothing tells where the lower half begins; its share of the answer is small from the median up. */
const assumedLowestOfMedian = 0.5;

/**
 * The quantiles of all parts together, from the parts' own: each is taken as a curve through its
 * known points, straight on a logarithmic scale. An approximation, unlike merged histograms, but one
 * that does not average percentiles. A quantile is `null` when no part has percentiles.
 */
export function mixtureQuantile(parts: readonly QuantilePart[]): (q: number) => number | null {
	const curves = parts.flatMap(curveOf);
	const [only] = curves;
	if (only === undefined) return () => null;
	if (curves.length === 1) return (q) => at(only, q);
	const total = curves.reduce((sum, curve) => sum + curve.weight, 0);
	return (q) => bisect(curves, q * total);
}

function bisect(curves: readonly Curve[], wanted: number): number {
	let low = Math.min(...curves.map((curve) => curve.points[0]?.log ?? 0));
	let high = Math.max(...curves.map((curve) => curve.points.at(-1)?.log ?? 0));
	for (let step = 0; step < bisections && low < high; step++) {
		const middle = (low + high) / 2;
		let below = 0;
		for (const curve of curves) below += curve.weight * shareBelow(curve, middle);
		if (below < wanted) low = middle;
		else high = middle;
	}
	return Math.round(Math.exp(high));
}

interface Point {
	readonly share: number;
	readonly log: number;
}

interface Curve {
	readonly weight: number;
	/** Ascending in both. */
	readonly points: readonly Point[];
}

function curveOf(part: QuantilePart): Curve[] {
	const { invocations, p50Us, p95Us, p99Us, durationMaxUs } = part;
	const known: readonly [number, number | null][] = [
		[0.5, p50Us],
		[0.95, p95Us],
		[0.99, p99Us],
		[1, durationMaxUs],
	];
	const points: Point[] = [];
	for (const [share, valueUs] of known) {
		if (valueUs === null) continue;
		// CloudWatch interpolates each quantile by itself: keep them in order.
		const log = Math.max(points.at(-1)?.log ?? -Infinity, Math.log(Math.max(1, valueUs)));
		points.push({ share, log });
	}
	const first = points[0];
	const hasQuantile = p50Us !== null || p95Us !== null || p99Us !== null;
	if (first === undefined || !hasQuantile || invocations === 0) return [];
	const single = invocations === 1 || first.log === points.at(-1)?.log;
	const lowest = single ? first.log : first.log + Math.log(assumedLowestOfMedian);
	return [{ weight: invocations, points: [{ share: 0, log: lowest }, ...points] }];
}

function shareBelow({ points }: Curve, log: number): number {
	let before = points[0];
	if (before === undefined || log < before.log) return 0;
	for (const point of points) {
		if (log < point.log) {
			const span = point.log - before.log;
			return before.share + ((log - before.log) / span) * (point.share - before.share);
		}
		before = point;
	}
	return 1;
}

function at({ points }: Curve, q: number): number {
	let before = points[0] ?? { share: 0, log: 0 };
	for (const point of points) {
		if (q <= point.share) {
			const span = point.share - before.share;
			const part = span === 0 ? 0 : (q - before.share) / span;
			return Math.round(Math.exp(before.log + part * (point.log - before.log)));
		}
		before = point;
	}
	return Math.round(Math.exp(before.log));
}
