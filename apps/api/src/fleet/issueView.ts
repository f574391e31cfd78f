import type { Ctx } from '@lamplight/core/ctx';
import type { Connection } from '@lamplight/core/connection/connection';
import { type FunctionId, functionParts } from '@lamplight/core/ids';
import type { Issue } from '@lamplight/core/issue/issue';
import { hourMs, type TimeRange } from '@lamplight/core/time';
import type { DirectoryFunction } from '@lamplight/store/series/rollups';

import type { IssueRow } from '../contract/issues.ts';
import type { ApiDeps } from '../deps.ts';
import { accountNames, labelOf, readConnections } from './connections.ts';
import { share } from './figures.ts';
import type { Fleet } from './fleet.ts';
import { accountKnownFromMs } from './knownFrom.ts';
import { instant, instantOrNull } from './range.ts';

/** Issues as rows, with the names of what they touch. */
export class IssueView {
	readonly #byId: ReadonlyMap<FunctionId, DirectoryFunction>;
	readonly #names: ReadonlyMap<string, string>;
	/** Since when accounts are known (epoch ms). */
	readonly #knownFrom: ReadonlyMap<string, number>;
	readonly #fleet: Fleet | null;

	constructor(
		byId: ReadonlyMap<FunctionId, DirectoryFunction>,
		connections: readonly Connection[],
		fleet: Fleet | null,
	) {
		this.#byId = byId;
		this.#names = accountNames(connections);
		this.#knownFrom = new Map(
			connections.map((one) => [one.accountId, accountKnownFromMs(one)] as const),
		);
		this.#fleet = fleet;
	}

	label(id: FunctionId) {
		return labelOf({ id, app: this.#byId.get(id)?.app ?? null }, this.#names);
	}

	functionOf(id: FunctionId): DirectoryFunction | null {
		return this.#byId.get(id) ?? null;
	}

	row(issue: Issue, range: TimeRange): IssueRow {
		const functions = [...issue.functions].sort((a, b) => b.count - a.count);
		const mostId = functions[0]?.functionId ?? scopeFunction(issue);
		const knownFromMs = this.#knownFrom.get(functionParts(mostId).accountId) ?? 0;
		const count = countIn(issue, range);
		const invocations = this.#invocationsOf(functions.map(({ functionId }) => functionId));
		return {
			id: issue.id,
			state: issue.state,
			title: issue.title,
			errorType: issue.errorType,
			kind: issue.kind,
			function: this.label(mostId),
			functions: functions.map((one) => ({
				function: this.label(one.functionId),
				count: one.count,
			})),
			count,
			countAll: issue.count,
			share: share(count, invocations),
			firstSeen: instant(issue.firstSeenMs),
			lastSeen: instant(issue.lastSeenMs),
			versions: [...issue.versions]
				.sort((a, b) => b.lastSeenMs - a.lastSeenMs)
				.slice(0, 20)
				.map(({ version }) => version),
			spark: lastDay(issue, { toMs: range.toMs, knownFromMs }),
			ignoredUntil: instantOrNull(issue.ignoredUntilMs),
		};
	}

	#invocationsOf(ids: readonly FunctionId[]): number | null {
		if (this.#fleet === null) return null;
		const wanted = new Set(ids);
		return this.#fleet.items
			.filter(({ fn }) => wanted.has(fn.id))
			.reduce((sum, { now }) => sum + (now?.invocations ?? 0), 0);
	}
}

/** A scope of one function names it; an issue always has at least one function beside. */
function scopeFunction({ scope }: Issue): FunctionId {
	return scope.slice(scope.indexOf(':') + 1) as FunctionId;
}

/** The names that rows need, without the fleet's figures. */
export async function issueView(
	deps: Pick<ApiDeps, 'store' | 'wallClock'>,
	ctx: Ctx,
	fleet: Fleet | null = null,
): Promise<IssueView> {
	const [directory, connections] = await Promise.all([
		deps.store.rollups.directory(ctx),
		readConnections(deps, ctx),
	]);
	return new IssueView(directory.byId, connections, fleet);
}

/** Failures whose hour lies in the range; the first and last hour count whole. */
export function countIn(issue: Issue, range: TimeRange): number {
	return issue.hours
		.filter((one) => one.hourMs + hourMs > range.fromMs && one.hourMs < range.toMs)
		.reduce((sum, { count }) => sum + count, 0);
}

/** Failures of each of the last 24 hours; `null` where none was counted and the account was not read yet. */
export function lastDay(
	issue: Pick<Issue, 'hours'>,
	{ toMs, knownFromMs }: { readonly toMs: number; readonly knownFromMs: number },
): (number | null)[] {
	const first = Math.floor(toMs / hourMs) * hourMs - 23 * hourMs;
	const counts = new Map(issue.hours.map((one) => [one.hourMs, one.count]));
	return Array.from({ length: 24 }, (_, at) => {
		const startMs = first + at * hourMs;
		return counts.get(startMs) ?? (startMs + hourMs <= knownFromMs ? null : 0);
	});
}
