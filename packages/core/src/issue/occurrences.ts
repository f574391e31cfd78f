import type { FunctionId, WorkspaceId } from '../ids.ts';
import { floorTo, hourMs } from '../time.ts';
import type { Fingerprint } from './fingerprint.ts';
import { issueIdOf, maxIssueFunctions, maxIssueHours, maxIssueVersions } from './issue.ts';
import type { Issue, IssueState } from './issue.ts';

/** Failures of one function and version within one hour that share a fingerprint. */
export interface Occurrence {
	readonly functionId: FunctionId;
	/** `null` when the log does not name the version that ran. */
	readonly version: string | null;
	readonly timestampMs: number;
	readonly count: number;
}

/** What a new issue is made of. */
export interface IssueOrigin {
	readonly workspaceId: WorkspaceId;
	readonly scope: string;
	readonly fingerprint: Fingerprint;
}

/** A new issue without occurrences; add those of the failure that made it. */
export function newIssue(origin: IssueOrigin, firstSeenMs: number): Issue {
	const { hash, kind, title, errorType, normalisedMessage, topFrame } = origin.fingerprint;
	return {
		id: issueIdOf(origin.scope, hash),
		workspaceId: origin.workspaceId,
		hash,
		scope: origin.scope,
		kind,
		title,
		errorType,
		normalisedMessage,
		topFrame: topFrame?.slice(0, 400) ?? null,
		state: 'open',
		stateBy: null,
		stateMs: null,
		ignoredUntilMs: null,
		firstSeenMs,
		lastSeenMs: firstSeenMs,
		count: 0,
		hours: [],
		functions: [],
		truncated: false,
		versions: [],
	};
}

/**
 * The issue with further occurrences counted. A resolved one that happened after it was resolved has
 * regressed; late news of earlier failures leaves it resolved. Order does not matter, except to which
 * functions and versions are named beyond their limits. Counting one batch twice counts it twice.
 */
export function withOccurrences(issue: Issue, occurrences: readonly Occurrence[]): Issue {
	if (occurrences.length === 0) return issue;
	const times = occurrences.map((each) => each.timestampMs);
	const lastMs = Math.max(...times);
	const functions = countedFunctions(issue, occurrences);
	const versions = countedVersions(issue, occurrences);
	return {
		...issue,
		...stateAfter(issue, lastMs),
		firstSeenMs: Math.min(issue.firstSeenMs, ...times),
		lastSeenMs: Math.max(issue.lastSeenMs, lastMs),
		count: issue.count + occurrences.reduce((sum, each) => sum + each.count, 0),
		hours: countedHours(issue, occurrences),
		functions: functions.slice(0, maxIssueFunctions),
		versions: versions.slice(0, maxIssueVersions),
		truncated:
			issue.truncated || functions.length > maxIssueFunctions || versions.length > maxIssueVersions,
	};
}

type StateFields = Pick<Issue, 'state' | 'stateBy' | 'stateMs' | 'ignoredUntilMs'>;

function stateAfter(issue: Issue, lastMs: number): StateFields {
	const kept: StateFields = {
		state: issue.state,
		stateBy: issue.stateBy,
		stateMs: issue.stateMs,
		ignoredUntilMs: issue.ignoredUntilMs,
	};
	if (issue.state === 'resolved' && lastMs > (issue.stateMs ?? 0)) {
		return { state: 'regressed', stateBy: null, stateMs: lastMs, ignoredUntilMs: null };
	}
	const until = issue.ignoredUntilMs;
	if (issue.state === 'ignored' && until !== null && lastMs >= until) {
		return { state: 'open', stateBy: null, stateMs: until, ignoredUntilMs: null };
	}
	return kept;
}

function countedHours(issue: Issue, occurrences: readonly Occurrence[]): Issue['hours'] {
	const hours = new Map(issue.hours.map(({ hourMs: at, count }) => [at, count]));
	for (const { timestampMs, count } of occurrences) {
		const at = floorTo(hourMs, timestampMs);
		hours.set(at, (hours.get(at) ?? 0) + count);
	}
	return [...hours]
		.map(([at, count]) => ({ hourMs: at, count }))
		.sort((left, right) => left.hourMs - right.hourMs)
		.slice(-maxIssueHours);
}

function countedFunctions(issue: Issue, occurrences: readonly Occurrence[]): Issue['functions'] {
	const found = new Map(issue.functions.map((each) => [each.functionId, each]));
	for (const { functionId, timestampMs, count } of occurrences) {
		const before = found.get(functionId);
		found.set(functionId, {
			functionId,
			count: (before?.count ?? 0) + count,
			lastSeenMs: Math.max(before?.lastSeenMs ?? 0, timestampMs),
		});
	}
	return [...found.values()];
}

function countedVersions(issue: Issue, occurrences: readonly Occurrence[]): Issue['versions'] {
	const found = new Map(issue.versions.map((each) => [each.version, each]));
	for (const { version, timestampMs, count } of occurrences) {
		if (version === null) continue;
		const before = found.get(version);
		found.set(version, {
			version,
			count: (before?.count ?? 0) + count,
			firstSeenMs: Math.min(before?.firstSeenMs ?? timestampMs, timestampMs),
			lastSeenMs: Math.max(before?.lastSeenMs ?? 0, timestampMs),
		});
	}
	return [...found.values()];
}

/** What a person does to an issue. */
export interface StateChange {
	readonly state: Exclude<IssueState, 'regressed'>;
	readonly by: string;
	readonly atMs: number;
	/** Only with `ignored`; `null`: until reopened by hand. */
	readonly untilMs?: number | null;
}

/** The issue in the state that a person put it in. */
export function withState(issue: Issue, change: StateChange): Issue {
	const ignoredUntilMs = change.state === 'ignored' ? (change.untilMs ?? null) : null;
	return {
		...issue,
		state: change.state,
		stateBy: change.by,
		stateMs: change.atMs,
		ignoredUntilMs,
	};
}
