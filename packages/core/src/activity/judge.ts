import type { Completeness } from '../bucket/bucket.ts';
import type { Pace } from '../collection/state.ts';
import type { Connection } from '../connection/connection.ts';
import type { Region } from '../ids.ts';
import type { Issue } from '../issue/issue.ts';
import { hourMs, minuteMs, type TimeRange, utcMonth } from '../time.ts';
import { plural } from '../plural.ts';
import type { Activity } from './activity.ts';

/** What is known of a connection when it is judged. */
export interface JudgeInput {
	readonly connection: Connection;
	/** Its state when it was judged before; `null` the first time. */
	readonly stateBefore: Connection['state'] | null;
	readonly regions: readonly {
		readonly region: Region;
		/** Ascending and without gaps. */
		readonly spans: readonly (TimeRange & { readonly state: Completeness })[];
	}[];
	/** `null` before the first decision. */
	readonly pace: Pick<Pace, 'spentUsd' | 'budgetUsd'> | null;
	/** Issues that came back, of functions of this connection's account. */
	readonly regressed: readonly Pick<Issue, 'id' | 'title' | 'stateMs' | 'lastSeenMs'>[];
	readonly nowMs: number;
}

/** Nothing heard for this long, in a region that was heard before, is silence. */
export const silentAfterMs = 30 * minuteMs;
/** A minute that is not complete this long after is a gap, not a delay. */
const gapAfterMs = hourMs;
/** Shares of the month's budget that are told, each once a month. */
const budgetShares = [0.8, 1] as const;

/** Everything that there is to tell of a connection now. Pure: what is told twice has the same id. */
export function judgeConnection(input: JudgeInput): Activity[] {
	return [
		...stateChanged(input),
		...input.regions.flatMap((one) => [...silence(input, one), ...gaps(input, one)]),
		...budget(input),
		...regressions(input),
	];
}

type Told = Omit<Activity, 'id' | 'workspaceId' | 'connectionId'>;

function told(
	{ connection }: Pick<JudgeInput, 'connection'>,
	key: readonly (string | number)[],
	what: Told,
): Activity {
	const { id: connectionId, workspaceId } = connection;
	return {
		...what,
		message: what.message.slice(0, 400),
		id: [what.kind, connectionId, ...key].join('/'),
		workspaceId,
		connectionId,
	};
}

const severities: Readonly<Record<Connection['state'], Activity['severity']>> = {
	waiting: 'info',
	healthy: 'info',
	paused: 'info',
	degraded: 'warning',
	lost: 'critical',
	unsafe: 'critical',
};

function stateChanged(input: JudgeInput): Activity[] {
	const { connection, stateBefore, nowMs } = input;
	const { state, reason, verifiedMs } = connection;
	if (stateBefore === null || stateBefore === state) return [];
	// The trial that found it dates it, so that a judgement cut short and repeated finds the same.
	const atMs = verifiedMs ?? nowMs;
	return [
		told(input, [state, verifiedMs ?? 0], {
			kind: 'connection-state',
			severity: severities[state],
			atMs,
			endedMs: null,
			message: `The connection was ${stateBefore} and is ${state}. ${reason ?? ''}`.trim(),
			subject: null,
		}),
	];
}

type Watched = JudgeInput['regions'][number];

function silence(input: JudgeInput, { region, spans }: Watched): Activity[] {
	const heard = spans.filter(({ state }) => state !== 'missing').at(-1);
	// Never heard at all is a connection that waits, not one that fell silent.
	if (heard === undefined || input.nowMs - heard.toMs < silentAfterMs) return [];
	return [
		told(input, [region, heard.toMs], {
			kind: 'silent',
			severity: 'critical',
			atMs: heard.toMs,
			endedMs: null,
			message: `Nothing has been read of ${region} since then.`,
			subject: region,
		}),
	];
}

function gaps(input: JudgeInput, { region, spans }: Watched): Activity[] {
	const first = spans.findIndex(({ state }) => state !== 'missing');
	const last = spans.findLastIndex(({ state }) => state !== 'missing');
	if (first < 0) return [];
	// What lies before the first reading or after the last is no gap in between.
	return spans
		.slice(first, last + 1)
		.filter(({ state }) => state === 'missing' || state === 'partial')
		.filter(({ fromMs }) => input.nowMs - fromMs >= gapAfterMs)
		.map(({ fromMs, toMs, state }) =>
			told(input, [region, state, fromMs], {
				kind: 'data-gap',
				severity: 'warning',
				atMs: fromMs,
				endedMs: toMs,
				message: `${plural((toMs - fromMs) / minuteMs, 'minute of', 'minutes of')} ${region} ${toMs - fromMs === minuteMs ? 'is' : 'are'} ${state}.`,
				subject: region,
			}),
		);
}

function budget(input: JudgeInput): Activity[] {
	const { pace, nowMs } = input;
	if (pace === null || pace.budgetUsd <= 0) return [];
	const month = utcMonth(nowMs);
	return budgetShares
		.filter((share) => pace.spentUsd >= share * pace.budgetUsd)
		.map((share) =>
			told(input, [month, share * 100], {
				kind: 'watch-budget',
				severity: share < 1 ? 'warning' : 'critical',
				atMs: nowMs,
				endedMs: null,
				message:
					share < 1
						? `${share * 100} % of the watch budget of ${month} is used up.`
						: `The watch budget of ${month} is used up: only region totals are read until it ends.`,
				subject: month,
			}),
		);
}

function regressions(input: JudgeInput): Activity[] {
	return input.regressed.map(({ id, title, stateMs, lastSeenMs }) =>
		told(input, [id, stateMs ?? 0], {
			kind: 'issue-regressed',
			severity: 'warning',
			atMs: stateMs ?? lastSeenMs,
			endedMs: null,
			message: `Resolved, and happened again: ${title}`,
			subject: id,
		}),
	);
}
