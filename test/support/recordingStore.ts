import type { Bucket, Completeness } from '@lamplight/core/bucket/bucket';
import type { Fragment, RegionBucket, TotalsFragment } from '@lamplight/core/bucket/fragment';
import { mergeFragments } from '@lamplight/core/bucket/merge';
import type { BillStatement } from '@lamplight/core/bill/day';
import type { Connection, Enrolment } from '@lamplight/core/connection/connection';
import type { Deploy } from '@lamplight/core/deploy/deploy';
import { type Execution, executionKey } from '@lamplight/core/execution/execution';
import type { LambdaFunction } from '@lamplight/core/function/function';
import type { FunctionId, WorkspaceId } from '@lamplight/core/ids';
import { LamplightError } from '@lamplight/core/errors';
import type { Issue } from '@lamplight/core/issue/issue';
import { minuteMs } from '@lamplight/core/time';
import type { WatchUsage } from '@lamplight/core/watchcost/watchcost';
import type { IssueOccurrences } from '@lamplight/store/fleet/fleet';
import type { Store } from '@lamplight/store/store';

/** Parts of the store that jobs use, kept in memory and open to look into. */
export interface RecordingStore {
	readonly store: Store;
	readonly fragments: Map<string, Fragment>;
	readonly totals: Map<string, TotalsFragment>;
	readonly executions: Map<string, Execution>;
	readonly functions: Map<FunctionId, LambdaFunction>;
	readonly deploys: Map<string, Deploy>;
	readonly issues: Map<string, { seed: Issue; occurrences: Map<string, IssueOccurrences> }>;
	readonly usages: Map<string, readonly WatchUsage[]>;
	readonly statements: BillStatement[];
	readonly checkpoints: Map<string, { value: unknown; version: number }>;
	/** State by region and minute. */
	readonly completeness: Map<string, Completeness>;
	/** Writes made, by entity. */
	readonly writes: Map<string, number>;
	add(enrolment: Enrolment, connection: Connection): void;
	/** A function's minutes as readers merge them. */
	buckets(functionId: FunctionId): Map<number, Bucket & { readonly source: string }>;
}

/** A store in memory for tests of jobs. What it does not offer throws when it is used. */
export function recordingStore(workspaceId: WorkspaceId): RecordingStore {
	const enrolments = new Map<string, Enrolment>();
	const connections = new Map<string, Connection>();
	const recorded = {
		fragments: new Map<string, Fragment>(),
		totals: new Map<string, TotalsFragment>(),
		executions: new Map<string, Execution>(),
		functions: new Map<FunctionId, LambdaFunction>(),
		deploys: new Map<string, Deploy>(),
		issues: new Map<string, { seed: Issue; occurrences: Map<string, IssueOccurrences> }>(),
		usages: new Map<string, readonly WatchUsage[]>(),
		statements: [] as BillStatement[],
		checkpoints: new Map<string, { value: unknown; version: number }>(),
		completeness: new Map<string, Completeness>(),
		writes: new Map<string, number>(),
	};
	const count = (entity: string) =>
		void recorded.writes.set(entity, (recorded.writes.get(entity) ?? 0) + 1);
	const parts = {
		lookups: { workspaceIds: async () => [workspaceId] },
		enrolments: documents(enrolments),
		connections: documents(connections),
		billingSources: documents(new Map<string, { readonly id: string }>()),
		checkpoints: checkpointsOf(recorded.checkpoints, count),
		leases: leasesOf(),
		completeness: completenessOf(recorded.completeness, count),
		functions: {
			listAccount: async (_: unknown, accountId: string) =>
				[...recorded.functions.values()].filter((fn) => fn.accountId === accountId),
			putMany: async (_: unknown, functions: readonly LambdaFunction[]) => {
				for (const fn of functions) recorded.functions.set(fn.id, fn);
			},
		},
		deploys: {
			put: async (_: unknown, deploy: Deploy) => void recorded.deploys.set(deploy.id, deploy),
		},
		issues: issuesOf(recorded.issues),
		executions: {
			write: async (_: unknown, fragment: { executions: readonly Execution[] }) => {
				count('executions');
				for (const one of fragment.executions) recorded.executions.set(executionKey(one), one);
			},
		},
		bill: {
			putStatement: async (_: unknown, statement: BillStatement) => {
				recorded.statements.push(statement);
				return { changed: true };
			},
		},
		watchCosts: {
			add: async (
				_: unknown,
				connectionId: string,
				batch: { key: string; usages: readonly WatchUsage[] },
			) => {
				const day = batch.usages[0]?.day ?? '';
				recorded.usages.set(`${connectionId} ${batch.key} ${day}`, batch.usages);
			},
			read: async (_: unknown, connectionId: string) =>
				[...recorded.usages]
					.filter(([key]) => key.startsWith(connectionId))
					.flatMap(([, all]) => all),
			fold: async () => undefined,
		},
		series: seriesOf(recorded, count),
		rollups: { rebuildDirectory: async () => undefined, rebuildWindow: async () => undefined },
	};
	return {
		...recorded,
		store: refusing(parts),
		add(enrolment, connection) {
			enrolments.set(enrolment.id, enrolment);
			connections.set(connection.id, connection);
		},
		buckets: (functionId) => mergedBuckets(recorded.fragments, functionId),
	};
}

/** An entity that no job should touch fails by name instead of as `undefined`. */
function refusing(parts: object): Store {
	return new Proxy(parts, {
		get(target, name) {
			const value: unknown = Reflect.get(target, name);
			if (value === undefined) throw new Error(`the recording store has no ${String(name)}`);
			return value;
		},
	}) as Store;
}

function documents<T extends { readonly id: string }>(held: Map<string, T>) {
	return {
		get: async (_: unknown, id: string) => held.get(id) ?? null,
		list: async () => [...held.values()],
		create: async (_: unknown, value: T) => void held.set(value.id, value),
		put: async (_: unknown, value: T) => void held.set(value.id, value),
		update: async (_: unknown, id: string, change: (current: T) => T) => {
			const current = held.get(id);
			if (current === undefined) throw new LamplightError('not_found', id);
			const next = change(current);
			held.set(id, next);
			return next;
		},
	};
}

function checkpointsOf(held: RecordingStore['checkpoints'], count: (entity: string) => void) {
	const keyOf = (key: { connectionId: string; name: string }) => `${key.connectionId} ${key.name}`;
	return {
		get: async (_: unknown, key: { connectionId: string; name: string }) =>
			structuredClone(held.get(keyOf(key)) ?? null),
		put: async (
			_: unknown,
			key: { connectionId: string; name: string },
			next: { value: unknown; version: number | null },
		) => {
			const current = held.get(keyOf(key));
			if ((current?.version ?? null) !== next.version) {
				throw new LamplightError('conflict', 'another writer was quicker');
			}
			count('checkpoints');
			const version = (next.version ?? 0) + 1;
			held.set(keyOf(key), structuredClone({ value: next.value, version }));
			return version;
		},
	};
}

function leasesOf() {
	const held = new Map<string, string>();
	return {
		acquire: async (_: unknown, name: string, { holder }: { holder: string }) => {
			if (held.has(name) && held.get(name) !== holder) return null;
			held.set(name, holder);
			return { name, holder, fence: 1, untilMs: Number.MAX_SAFE_INTEGER };
		},
		renew: async (_: unknown, lease: unknown) => lease,
		release: async (_: unknown, lease: { name: string }) => void held.delete(lease.name),
	};
}

function completenessOf(held: Map<string, Completeness>, count: (entity: string) => void) {
	return {
		mark: async (
			_: unknown,
			connectionId: string,
			marks: readonly {
				region: string;
				range: { fromMs: number; toMs: number };
				state: Completeness;
			}[],
		) => {
			count('completeness');
			for (const { region, range, state } of marks) {
				for (let at = range.fromMs; at < range.toMs; at += minuteMs) {
					held.set(`${connectionId} ${region} ${at}`, state);
				}
			}
		},
	};
}

function issuesOf(held: RecordingStore['issues']) {
	return {
		record: async (_: unknown, seed: Issue, occurrences: readonly IssueOccurrences[]) => {
			const issue = held.get(seed.id) ?? { seed, occurrences: new Map() };
			for (const one of occurrences) {
				issue.occurrences.set(`${one.functionId} ${one.hourMs} ${one.batch}`, one);
			}
			held.set(seed.id, issue);
			return seed;
		},
		putSample: async () => undefined,
	};
}

function seriesOf(
	recorded: { fragments: Map<string, Fragment>; totals: Map<string, TotalsFragment> },
	count: (entity: string) => void,
) {
	return {
		writeFragment: async (_: unknown, fragment: Fragment) => {
			const { connectionId, region, slotMs, source, batch } = fragment;
			const key = [connectionId, region, slotMs, source, batch].join(' ');
			if ((recorded.fragments.get(key)?.revision ?? -1) >= fragment.revision) return false;
			count('fragments');
			recorded.fragments.set(key, fragment);
			return true;
		},
		writeTotals: async (_: unknown, fragment: TotalsFragment) => {
			const key = [fragment.connectionId, fragment.slotMs, fragment.batch].join(' ');
			if ((recorded.totals.get(key)?.revision ?? -1) >= fragment.revision) return false;
			count('totals');
			recorded.totals.set(key, fragment);
			return true;
		},
		readTotals: async (
			_: unknown,
			span: { range: { fromMs: number; toMs: number }; connectionIds?: readonly string[] },
		) => readTotals([...recorded.totals.values()], span),
		// The past comes as fragments too, so that tests look in one place.
		beginPastDay: async () => null,
		writePastTotals: async () => false,
		compact: async () => ({ hours: [], days: [], more: false }),
	};
}

function readTotals(
	fragments: readonly TotalsFragment[],
	span: { range: { fromMs: number; toMs: number }; connectionIds?: readonly string[] },
) {
	const regions = new Map<string, { connectionId: string; minutes: Map<number, RegionBucket> }>();
	for (const fragment of fragments) {
		if (!(span.connectionIds ?? [fragment.connectionId]).includes(fragment.connectionId)) continue;
		for (const { region, buckets } of fragment.regions) {
			const held = regions.get(region) ?? {
				connectionId: fragment.connectionId,
				minutes: new Map<number, RegionBucket>(),
			};
			regions.set(region, held);
			for (const bucket of buckets) {
				if (bucket.minuteMs < span.range.fromMs || bucket.minuteMs >= span.range.toMs) continue;
				const before = held.minutes.get(bucket.minuteMs);
				const known = Object.entries(bucket).filter(([, value]) => value !== null);
				held.minutes.set(bucket.minuteMs, {
					...(before ?? bucket),
					...(Object.fromEntries(known) as Partial<RegionBucket>),
				});
			}
		}
	}
	return [...regions].map(([region, { connectionId, minutes }]) => ({
		connectionId,
		region,
		points: [...minutes.values()]
			.sort((a, b) => a.minuteMs - b.minuteMs)
			.map(({ minuteMs: atMs, ...rest }) => ({ atMs, ...rest })),
	}));
}

function mergedBuckets(
	fragments: ReadonlyMap<string, Fragment>,
	functionId: FunctionId,
): Map<number, Bucket & { readonly source: string }> {
	const own = [...fragments.values()].map((fragment) => ({
		...fragment,
		functions: fragment.functions.filter((slice) => slice.functionId === functionId),
	}));
	const [merged] = mergeFragments(own.filter(({ functions }) => functions.length > 0));
	return new Map(
		merged?.buckets.map((bucket) => [
			bucket.minuteMs,
			{ ...bucket, source: bucket.billedMs === null ? 'metrics' : 'records' },
		]),
	);
}
