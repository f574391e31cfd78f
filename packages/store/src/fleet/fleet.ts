import type { Ctx } from '@lamplight/core/ctx';
import type { Deploy } from '@lamplight/core/deploy/deploy';
import type { Execution, KeptReason } from '@lamplight/core/execution/execution';
import type { LambdaFunction } from '@lamplight/core/function/function';
import type { AccountId, ConnectionId, FunctionId, IssueId, Region } from '@lamplight/core/ids';
import type { Issue, IssueState } from '@lamplight/core/issue/issue';
import type { TimeRange } from '@lamplight/core/time';

import type { Page, PageOptions } from '../identity/identity.ts';

/** Inventory: functions that are there, and those that are gone (`goneMs`), never deleted. */
export interface Functions {
	get(ctx: Ctx, id: FunctionId): Promise<LambdaFunction | null>;
	/** In the order asked; `null` for unknown ones. */
	getMany(ctx: Ctx, ids: readonly FunctionId[]): Promise<(LambdaFunction | null)[]>;
	/** Every function of an account, gone ones too: what an inventory run compares with. */
	listAccount(ctx: Ctx, accountId: AccountId): Promise<LambdaFunction[]>;
	/** Those of one region, gone ones too. */
	listRegion(ctx: Ctx, accountId: AccountId, region: Region): Promise<LambdaFunction[]>;
	/** Creates or replaces each. Write only what changed: an item costs a write unit or two. */
	putMany(ctx: Ctx, functions: readonly LambdaFunction[]): Promise<void>;
}

export interface Deploys {
	get(ctx: Ctx, id: Deploy['id']): Promise<Deploy | null>;
	/** Keyed by id: the same deploy seen again replaces itself. */
	put(ctx: Ctx, deploy: Deploy): Promise<void>;
	/** Newest first; of one function when given. */
	list(
		ctx: Ctx,
		range: TimeRange,
		options?: PageOptions & { readonly functionId?: FunctionId },
	): Promise<Page<Deploy>>;
}

/** How often an issue happened to a function in one hour, as one batch of log lines showed it. */
export interface IssueOccurrences {
	readonly functionId: FunctionId;
	/** Start of a UTC hour; the whole of the batch's failures lie in it. */
	readonly hourMs: number;
	/** Names the window of lines that was read; the same window read again replaces its counts. */
	readonly batch: string;
	readonly count: number;
	readonly version: string | null;
	readonly firstSeenMs: number;
	readonly lastSeenMs: number;
}

export interface IssueSample {
	readonly issueId: IssueId;
	readonly functionId: FunctionId;
	readonly requestId: string | null;
	readonly logStream: string | null;
	readonly atMs: number;
	/** Log text: only for those who may read logs. At most 64 KB. */
	readonly lines: readonly string[];
}

/** A slot of a function, by the start of the executions in it. */
export interface FailureSlot {
	readonly functionId: FunctionId;
	readonly slotMs: number;
}

export interface Issues {
	/**
	 * Which issue each failed execution of a function's slot belongs to, by execution key: those that
	 * were grouped before keep theirs, the others take the one that is proposed. So failures grouped
	 * anew, by another worker or with other lines at hand, are counted by the same issues.
	 */
	assign(
		ctx: Ctx,
		slot: FailureSlot,
		proposed: ReadonlyMap<string, Issue>,
	): Promise<ReadonlyMap<string, Issue>>;
	get(ctx: Ctx, id: IssueId): Promise<Issue | null>;
	/** All of the given states (all states when unset), last seen first, at most 5,000. */
	list(ctx: Ctx, states?: readonly IssueState[]): Promise<Issue[]>;
	/**
	 * Counts failures: makes the issue from `seed` when it is new, counts each batch once however
	 * often it comes, and reopens it as `regressed` when it was resolved before the failures.
	 * Returns the issue as it is now.
	 */
	record(ctx: Ctx, seed: Issue, occurrences: readonly IssueOccurrences[]): Promise<Issue>;
	/** Resolve, ignore, reopen. Throws `not_found`. */
	update(ctx: Ctx, id: IssueId, change: (current: Issue) => Issue): Promise<Issue>;
	/** Hourly counts over 30 days, ascending, without empty hours. */
	counts(ctx: Ctx, id: IssueId, range: TimeRange): Promise<{ hourMs: number; count: number }[]>;
	/** Kept apart from the issue so that it can be withheld; the newest replaces the one before. */
	putSample(ctx: Ctx, sample: IssueSample): Promise<void>;
	/** `null` when none was kept. Ask only for somebody who may read logs. */
	sample(ctx: Ctx, id: IssueId): Promise<IssueSample | null>;
}

/** Executions of one region's slot, keyed and replaced like a fragment of figures. */
export interface ExecutionFragment {
	readonly connectionId: ConnectionId;
	readonly region: Region;
	/** Start of the slot; a slot never crosses an hour. By start of the executions. */
	readonly slotMs: number;
	readonly batch: string;
	readonly revision: number;
	readonly executions: readonly Execution[];
}

export interface KeptExecution extends Execution {
	readonly kept: readonly KeptReason[];
}

export interface ExecutionList {
	/** Newest first, at most `limit`. */
	readonly executions: readonly KeptExecution[];
	/** How many more were kept in the range than are returned. */
	readonly more: number;
}

/** All failures (capped), the slowest, the dearest and a random sample per function and hour, 30 days. */
export interface Executions {
	/** Keeps those worth keeping. Read twice, an execution is kept once. */
	write(ctx: Ctx, fragment: ExecutionFragment): Promise<void>;
	list(
		ctx: Ctx,
		functionId: FunctionId,
		options: {
			readonly range: TimeRange;
			/** All when unset. */
			readonly statuses?: readonly Execution['status'][];
			/** 200 when unset. */
			readonly limit?: number;
		},
	): Promise<ExecutionList>;
	/** Every kept attempt of a request, ascending by start; looked for within an hour of `aroundMs`. */
	find(
		ctx: Ctx,
		functionId: FunctionId,
		options: { readonly requestId: string; readonly aroundMs: number },
	): Promise<KeptExecution[]>;
}
