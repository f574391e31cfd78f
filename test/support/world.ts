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
	readonly status: 'success' | 'error' | 'timeout';
	readonly errorType: string | null;
	readonly version: string;
}

export interface Totals {
	readonly invocations: number;
	readonly errors: number;
	readonly throttles: number;
	readonly durationUs: number;
}

/** Asks the simulated world of a running product what really was. */
export function worldOf({ sandboxEndpoint }: Pick<SharedProduct, 'sandboxEndpoint'>) {
	const ask = async <T>(path: string, init?: RequestInit): Promise<T> => {
		const response = await fetch(`${sandboxEndpoint}/_sandbox/${path}`, init);
		if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
		return (await response.json()) as T;
	};
	const spanOf = ({ fromMs, toMs }: Range) => `from=${fromMs}&to=${toMs}`;
	return {
		ask,
		nowMs: async () => (await ask<{ nowMs: number }>('clock')).nowMs,
		clock: () => ask<{ readonly nowMs: number; readonly speed: number }>('clock'),
		/** Lets the world run at so many times real time; 0 stops it. */
		setSpeed: (speed: number) => ask('clock', { method: 'PUT', body: JSON.stringify({ speed }) }),
		stories: (range: Range) => ask<readonly Story[]>(`truth/stories?${spanOf(range)}`),
		totals: (functionId: string, range: Range) =>
			ask<Totals>(`truth/totals?function=${functionId}&${spanOf(range)}`),
		invocations: (functionId: string, range: Range) =>
			ask<readonly Execution[]>(`truth/invocations?function=${functionId}&${spanOf(range)}`),
		/** Dollars at list price of whole hours, without what its logs cost. */
		async lambdaUsd(functionId: string, range: Range): Promise<number> {
			const { byKind } = await ask<{ byKind: Readonly<Record<string, string>> }>(
				`truth/cost?function=${functionId}&${spanOf(range)}`,
			);
			return Object.entries(byKind)
				.filter(([kind]) => !kind.startsWith('log-'))
				.reduce((sum, [, usd]) => sum + Number(usd), 0);
		},
	};
}
