import type { LogEvent } from '@lamplight/aws/records/filterEvents';
import type { Ctx } from '@lamplight/core/ctx';
import { type ErrorCode, LamplightError } from '@lamplight/core/errors';
import type { TimeRange } from '@lamplight/core/time';

import { type AccountDeps, inAccount } from './account.ts';
import { linesRefusal } from './allowed.ts';
import type { Searched } from './scope.ts';

export interface LineRequest {
	readonly range: TimeRange;
	/** Empty: every line. */
	readonly pattern: string;
	readonly logStreams?: readonly string[];
	readonly maxPages: number;
	/** Lines a page. */
	readonly limit: number;
	readonly token?: string | undefined;
}

export interface LinesRead {
	readonly events: readonly LogEvent[];
	/** Where to go on; `null` when the range was read to its end. */
	readonly next: string | null;
	/** Why it could not be read; `null` when it could. */
	readonly failure: LinesFailure | null;
}

export interface LinesFailure {
	/** `aws_throttled` where it may be asked again in a moment. */
	readonly code: Extract<ErrorCode, 'aws_refused' | 'aws_throttled'>;
	/** In a sentence. */
	readonly reason: string;
	/** When calls at AWS's rate will have made room, where that is known. */
	readonly retryAfterSeconds?: number | null;
}

/** The failure as an answer of its own, where there is nothing else to show. */
export function failureError(failure: LinesFailure): LamplightError {
	const { code, reason, retryAfterSeconds } = failure;
	const again = { retryAfterSeconds: retryAfterSeconds ?? waitSeconds };
	return new LamplightError(code, reason, code === 'aws_throttled' ? again : {});
}

/** Where nobody knows how long the wait is. */
const waitSeconds = 10;

/** A Lambda answers within 30 s (`stacks/api.ts`): the rest of a page needs some of them. */
const patienceMs = 20_000;

/**
 * Reads lines of one function's log group. What AWS refuses is told, not thrown; so is that it made us
 * wait for too long, as it does while the account's rate is used up.
 */
export async function readLines(
	deps: AccountDeps,
	ctx: Ctx,
	searched: Pick<Searched, 'fn' | 'connection'>,
	request: LineRequest,
): Promise<LinesRead> {
	const reading = { givenUp: false };
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<LinesRead>((resolve) => {
		timer = setTimeout(() => {
			reading.givenUp = true;
			resolve({ events: [], next: null, failure: { code: 'aws_throttled', reason: waitSentence } });
		}, deps.linesPatienceMs ?? patienceMs);
	});
	const read = readPages(deps, ctx, searched, { ...request, reading }).catch(
		(error: unknown): LinesRead => {
			if (!(error instanceof LamplightError)) throw error;
			const code = error.code === 'aws_throttled' ? error.code : 'aws_refused';
			const { retryAfterSeconds } = error;
			const failure = { code, reason: failureText(error), retryAfterSeconds } as const;
			return { events: [], next: null, failure };
		},
	);
	// What is under way when nobody waits any more ends by itself; its calls are counted all the same.
	read.catch(() => undefined);
	return Promise.race([read, late]).finally(() => clearTimeout(timer));
}

async function readPages(
	deps: AccountDeps,
	ctx: Ctx,
	searched: Pick<Searched, 'fn' | 'connection'>,
	request: LineRequest & { readonly reading: { readonly givenUp: boolean } },
): Promise<LinesRead> {
	const { token, pattern, logStreams, reading, ...rest } = request;
	const { fn, connection } = searched;
	return inAccount(deps, ctx, connection, async (account) => {
		const refusal = linesRefusal(searched, account.target.logGroupPatterns);
		if (refusal !== null) {
			return { events: [], next: null, failure: { code: 'aws_refused', reason: refusal } };
		}
		const { filterEvents } = await import('@lamplight/aws/records/filterEvents');
		const events: LogEvent[] = [];
		let next: string | null = null;
		for await (const page of filterEvents(account, fn.region, {
			...rest,
			logGroup: fn.logGroup,
			...(pattern === '' ? {} : { pattern }),
			...(logStreams === undefined ? {} : { logStreams }),
			...(token === undefined ? {} : { token }),
		})) {
			events.push(...page.events);
			next = page.next;
			if (events.length >= request.limit || reading.givenUp) break;
		}
		return { events, next, failure: null };
	});
}

const waitSentence = 'AWS asks us to wait; try again in a moment.';

/** Why a log group could not be read, in a sentence. */
export function failureText(error: LamplightError, action = 'logs:FilterLogEvents'): string {
	switch (error.code) {
		case 'aws_access_denied':
			return `The role may not read this log group (${action}).`;
		case 'aws_throttled':
			return waitSentence;
		case 'not_found':
			return 'The log group does not exist (any more).';
		case 'conflict':
			return error.message;
		default:
			return 'AWS did not let this log group be read.';
	}
}
