import type { Store } from '@lamplight/store/store';

/** How long executions take to be in the store, from the beginning of the minute in which they began. */
export class Lags {
	/** Executions that are stored, by function and minute. */
	readonly #stored = new Map<string, number>();
	#arriving: { readonly minuteMs: number; readonly executions: number }[] = [];
	#lags: { readonly lagMs: number; readonly executions: number }[] = [];

	/** The same store, whose figures of functions are looked at as they are written. */
	watch(store: Store): Store {
		const { series } = store;
		return {
			...store,
			series: {
				...series,
				writeFragment: async (ctx, fragment) => {
					const isKept = await series.writeFragment(ctx, fragment);
					for (const { functionId, buckets } of fragment.functions) {
						for (const { minuteMs, invocations } of buckets) {
							this.#arrived(`${functionId} ${minuteMs}`, minuteMs, invocations);
						}
					}
					return isKept;
				},
			},
		};
	}

	#arrived(key: string, minuteMs: number, invocations: number): void {
		const before = this.#stored.get(key) ?? 0;
		if (invocations <= before) return;
		this.#stored.set(key, invocations);
		this.#arriving.push({ minuteMs, executions: invocations - before });
	}

	/** What was written since the last time was there at this moment. */
	settle(atMs: number): void {
		for (const { minuteMs, executions } of this.#arriving) {
			this.#lags.push({ lagMs: atMs - minuteMs, executions });
		}
		this.#arriving = [];
	}

	/** Forgets the lags, but not what is stored. */
	reset(): void {
		this.#lags = [];
	}

	/** How many executions have arrived since the last forgetting. */
	get executions(): number {
		return this.#lags.reduce((sum, { executions }) => sum + executions, 0);
	}

	/** The lag that a share of the executions does not exceed. */
	quantileMs(share: number): number {
		const ascending = this.#lags.toSorted((a, b) => a.lagMs - b.lagMs);
		let left = share * ascending.reduce((sum, { executions }) => sum + executions, 0);
		for (const { lagMs, executions } of ascending) {
			left -= executions;
			if (left <= 0) return lagMs;
		}
		return ascending.at(-1)?.lagMs ?? 0;
	}
}
