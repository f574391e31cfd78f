import type { Connection } from '@lamplight/core/connection/connection';
import { isRefused, readWithinMs } from '@lamplight/core/connection/health';
import type { Ctx } from '@lamplight/core/ctx';
import { type AccountId, functionParts } from '@lamplight/core/ids';
import { minuteMs } from '@lamplight/core/time';
import type { DirectoryFunction } from '@lamplight/store/series/rollups';

import type { AppLabel, FunctionLabel } from '../contract/shared.ts';
import type { Freshness, TroubledConnection } from '../contract/workspace.ts';
import type { ApiDeps } from '../deps.ts';
import { kept } from './kept.ts';
import { instantOrNull } from './range.ts';

const cacheMs = 5_000;
/** After this long without anything the lamp is out. */
const outAfterMs = 60 * minuteMs;

const keptConnections = kept<Connection[]>(cacheMs);

/** The workspace's connections; kept for some seconds, since every page names accounts. */
export function readConnections(
	{ store, wallClock }: Pick<ApiDeps, 'store' | 'wallClock'>,
	ctx: Ctx,
): Promise<Connection[]> {
	return keptConnections.read(store, ctx.workspaceId, wallClock(), () =>
		store.connections.list(ctx),
	);
}

/** Forgets what is kept, after a change made here. */
export function forgetConnections(store: ApiDeps['store'], ctx: Ctx): void {
	keptConnections.forget(store, ctx.workspaceId);
}

/** Names of accounts, where somebody gave one. */
export function accountNames(connections: readonly Connection[]): ReadonlyMap<AccountId, string> {
	return new Map(
		connections.flatMap(({ accountId, accountName }) =>
			accountName === null ? [] : [[accountId, accountName]],
		),
	);
}

/** Enough of a function to name and link it. */
export function labelOf(
	fn: Pick<DirectoryFunction, 'id' | 'app'>,
	names: ReadonlyMap<AccountId, string>,
): FunctionLabel {
	const { accountId, region, name } = functionParts(fn.id);
	return {
		id: fn.id,
		name,
		accountId,
		accountName: names.get(accountId) ?? null,
		region,
		app: fn.app === null ? null : appLabel(fn.app),
	};
}

/** An app as it is named everywhere. */
export function appLabel(app: NonNullable<DirectoryFunction['app']>): AppLabel {
	return {
		id: app.id,
		name: app.name,
		stage: app.stage,
		kind: app.kind,
		framework: app.framework,
	};
}

/** How fresh the data is, from when each connection was last read. */
export function freshnessOf(
	connections: readonly Connection[],
	newestMinuteMs: number | null,
	nowMs: number,
): Freshness {
	const inState = (wanted: Connection['state']) =>
		connections.filter(({ state }) => state === wanted).length;
	const active = connections.filter(({ state }) => state !== 'paused' && state !== 'waiting');
	const isRead = ({ lastCollectedMs }: Connection) =>
		lastCollectedMs !== null && nowMs - lastCollectedMs <= readWithinMs;
	// What was never read was not to be read before it answered.
	const isLate = ({ lastCollectedMs, verifiedMs, createdMs }: Connection) =>
		nowMs - (lastCollectedMs ?? verifiedMs ?? createdMs) > readWithinMs;
	const connectionsRead = active.filter(isRead).length;
	// Just after the first reading figures are there before the connection says so.
	const newest = Math.max(
		newestMinuteMs ?? 0,
		...active.map(({ lastCollectedMs }) => lastCollectedMs ?? 0),
	);
	const lamp =
		active.length === 0
			? 'none'
			: connectionsRead === active.length
				? 'lit'
				: !active.some(isLate)
					? 'reading'
					: nowMs - newest > outAfterMs
						? 'out'
						: 'late';
	return {
		lamp,
		newestMinute: instantOrNull(newestMinuteMs),
		lagMs: newestMinuteMs === null ? null : Math.max(0, nowMs - newestMinuteMs - minuteMs),
		connectionsRead,
		connections: active.length,
		waiting: inState('waiting'),
		paused: inState('paused'),
	};
}

/** Connections that need somebody. */
export function troubledConnections(connections: readonly Connection[]): TroubledConnection[] {
	return connections
		.filter(({ state }) => state === 'degraded' || state === 'unsafe' || state === 'lost')
		.map((connection) => {
			const denied = connection.checks.find(isRefused);
			return {
				connectionId: connection.id,
				accountId: connection.accountId,
				accountName: connection.accountName,
				state: connection.state,
				reason: connection.reason,
				action: denied?.action ?? null,
				since: instantOrNull(denied?.checkedMs ?? connection.lastCollectedMs),
			};
		});
}
