import type { Connection } from '@lamplight/core/connection/connection';
import type { ConnectionId } from '@lamplight/core/ids';

import { sparkOf } from './figures.ts';
import type { Fleet, FleetItem } from './fleet.ts';
import { accountKnownFromMs } from './knownFrom.ts';

type Line = readonly (number | null)[] | null;

/** Steps of a spark that were read: from the first, up to the last, exclusively. */
interface KnownSteps {
	readonly from: number;
	readonly to: number;
}

/**
 * Sparks of a fleet as they are shown: where nothing was read there is a gap, as not to be known is not
 * the same as not to have run.
 */
export class SparkView {
	readonly #fleet: Pick<Fleet, 'range' | 'newestMinuteMs'>;
	readonly #knownFrom: ReadonlyMap<ConnectionId, number>;
	/** Tells views apart that would draw the same fleet otherwise. */
	readonly key: string;

	constructor(fleet: Pick<Fleet, 'range' | 'newestMinuteMs'>, connections: readonly Connection[]) {
		this.#fleet = fleet;
		this.#knownFrom = new Map(connections.map((one) => [one.id, accountKnownFromMs(one)]));
		this.key = [...this.#knownFrom].join(' ');
	}

	/** One function's line, at most 48 points; empty when it did not run. */
	of({ fn }: Pick<FleetItem, 'fn'>, line: Line): (number | null)[] {
		if (line === null) return [];
		return sparkOf(withGaps(line, this.#known(fn.connectionId, line.length)));
	}

	/**
	 * The sparks of many functions as one. A spark says the share of its own busiest step, so each is
	 * weighed by its invocations.
	 */
	sum(items: readonly Pick<FleetItem, 'fn' | 'spark' | 'now'>[]): (number | null)[] {
		let sum: number[] = [];
		const seen = new Set<ConnectionId>();
		for (const { fn, spark, now } of items) {
			if (spark === null || now === null) continue;
			const whole = spark.reduce((a, b) => a + b, 0);
			if (whole === 0) continue;
			if (sum.length === 0) sum = spark.map(() => 0);
			seen.add(fn.connectionId);
			spark.forEach((value, at) => {
				sum[at] = (sum[at] ?? 0) + (value / whole) * now.invocations;
			});
		}
		return sparkOf(
			this.gaps(
				sum.map((value) => Math.round(value)),
				seen,
			),
		);
	}

	/** A line of several accounts together, with gaps where none of them was read. */
	gaps(line: readonly number[], accounts: Iterable<ConnectionId>): (number | null)[] {
		const known = [...accounts].map((id) => this.#known(id, line.length));
		return withGaps(line, {
			from: Math.min(line.length, ...known.map(({ from }) => from)),
			to: Math.max(0, ...known.map(({ to }) => to)),
		});
	}

	#known(id: ConnectionId, steps: number): KnownSteps {
		const { range, newestMinuteMs } = this.#fleet;
		const stepMs = (range.toMs - range.fromMs) / Math.max(1, steps);
		const placeOf = (atMs: number) => Math.floor((atMs - range.fromMs) / stepMs);
		return {
			from: Math.max(0, placeOf(this.#knownFrom.get(id) ?? 0)),
			to: newestMinuteMs === null ? 0 : Math.min(steps, placeOf(newestMinuteMs) + 1),
		};
	}
}

/** What was counted stays, wherever it is; only a 0 may stand for what nobody read. */
function withGaps(line: readonly (number | null)[], { from, to }: KnownSteps): (number | null)[] {
	return line.map((value, at) => (value === 0 && (at < from || at >= to) ? null : value));
}
