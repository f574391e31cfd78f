import type { Draft } from '../draft.ts';
import type { AppMembership } from '../functionConfiguration.ts';

/** Account ids by name, from the plan of accounts. */
export type AccountIds = (name: string) => string;

type Rest = Omit<Draft, 'name' | 'accountId' | 'region'>;

/** Random traffic of so many invocations a day. */
export const rate = (perDay: number, swing = 0.6, weekend = 0.7, peakHourUtc = 15) =>
	({ kind: 'random', perDay, swing, weekend, peakHourUtc }) as const;
/** A schedule. */
export const cron = (everyMinutes: number, offsetMinutes = 0) =>
	({ kind: 'cron', everyMinutes, offsetMinutes }) as const;

/** Where a function lives, and whose it is. */
export interface Home {
	readonly accountId: string;
	readonly region: string;
	readonly app: AppMembership | null;
	readonly team: string;
	readonly costCenter: string;
}

/** A member of the cast; its key is its name. */
export function at(home: Home, name: string, rest: Rest): Draft {
	return { ...home, key: name, name, ...rest };
}
