import type { SharedProduct } from './sharedProduct.ts';

interface Range {
	readonly fromMs: number;
	readonly toMs: number;
}

/** What was scripted to go wrong. */
export interface Story extends Range {
	readonly id: string;
	readonly kind: string;
	readonly functionIds: readonly string[];
}

export interface Execution {
	readonly requestId: string;
	readonly startMs: number;
	readonly durationUs: number;
	readonly status: 'success' | 'error' | 'timeout';
	readonly errorType: string | null;
	readonly version: string;
	readonly traceId: string | null;
}

export interface Totals {
	readonly invocations: number;
	readonly errors: number;
	readonly throttles: number;
	readonly durationUs: number;
	readonly billedMs: number;
}

/** Asks the simulated world of a running product what really was. */
export function worldOf({ sandboxEndpoint }: Pick<SharedProduct, 'sandboxEndpoint'>) {
	const ask = async <T>(path: string, init?: RequestInit): Promise<T> => {
		const response = await fetch(`${sandboxEndpoint}/_sandbox/${path}`, init);
		if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
		return (await response.json()) as T;
	};
	const spanOf = ({ fromMs, toMs }: Range) => `from=${fromMs}&to=${toMs}`;
	const usdByKind = async (functionId: string, range: Range) => {
		const { byKind } = await ask<{ byKind: Readonly<Record<string, string>> }>(
			`truth/cost?function=${functionId}&${spanOf(range)}`,
		);
		return Object.entries(byKind)
			.filter(([kind]) => !kind.startsWith('log-'))
			.map(([kind, usd]) => ({ kind, usd: Number(usd) }));
	};
	const totals = (functionId: string, range: Range) =>
		ask<Totals>(`truth/totals?function=${functionId}&${spanOf(range)}`);
	return {
		ask,
		nowMs: async () => (await ask<{ nowMs: number }>('clock')).nowMs,
		clock: () => ask<{ readonly nowMs: number; readonly speed: number }>('clock'),
		/** Lets the world run at so many times real time; 0 stops it. */
		setSpeed: (speed: number) => ask('clock', { method: 'PUT', body: JSON.stringify({ speed }) }),
		stories: (range: Range) => ask<readonly Story[]>(`truth/stories?${spanOf(range)}`),
		totals,
		invocations: (functionId: string, range: Range) =>
			ask<readonly Execution[]>(`truth/invocations?function=${functionId}&${spanOf(range)}`),
		/** Dollars at list price of whole hours, without what its logs cost. */
		async lambdaUsd(functionId: string, range: Range): Promise<number> {
			return (await usdByKind(functionId, range)).reduce((sum, { usd }) => sum + usd, 0);
		},
		/**
		 * Dollars of all functions in whole hours at list price, without their logs, by the world's own
		 * prices: whole where records were read; without init, the rounding up to milliseconds and streamed
		 * bytes where a function is known from metrics alone (`estimated`), which do not tell these.
		 */
		async knowableUsd(range: Range, provenances: ReadonlyMap<string, string>): Promise<number> {
			const functions = await ask<readonly { readonly id: string }[]>('truth/functions');
			let sum = 0;
			for (const { id } of functions) {
				const { billedMs, durationUs } = await totals(id, range);
				const isEstimated = provenances.get(id) === 'estimated';
				const known = isEstimated && billedMs > 0 ? durationUs / 1000 / billedMs : 1;
				for (const { kind, usd } of await usdByKind(id, range)) {
					if (isEstimated && kind === 'streaming') continue;
					sum += usd * (/^compute(-arm)?$/.test(kind) ? known : 1);
				}
			}
			return sum;
		},
	};
}
