import type { Connection } from '@lamplight/core/connection/connection';
import { permissionStatements } from '@lamplight/core/connection/policy';
import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import { dayMs, floorTo, hourMs, utcMonth } from '@lamplight/core/time';
import { picoToUsd } from '@lamplight/core/watchcost/watchcost';

import type { ConnectionPage, ConnectionRow, ConnectionsPage } from '../contract/connections.ts';
import {
	capOf,
	readMonthWatch,
	watchCalls,
	watchDays,
	watchForecast,
	watchMoney,
	type ConnectionWatch,
} from '../cost/watch.ts';
import { connectionOrThrow } from '../customer/account.ts';
import { enrolmentView } from '../customer/instructions.ts';
import { readCompleteness } from '../fleet/completeness.ts';
import { forgetConnections, readConnections, troubledConnections } from '../fleet/connections.ts';
import { backfillView, delayP95Of, readCollectionState } from '../fleet/delay.ts';
import { instant, instantOrNull } from '../fleet/range.ts';
import { completenessByHour, residualsOf } from '../fleet/residuals.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import { audited } from './audit.ts';
import { verifyOne } from './enrolments.ts';
import type { RouteDeps } from './context.ts';

type List = '/v1/w/{ws}/connections';
type One = `${List}/{connectionId}`;
type ConnectionKeys =
	`GET ${List}` | `GET ${One}` | `PATCH ${One}` | `DELETE ${One}` | `POST ${One}/check`;

const maxRuns = 50;

/** Connections: health, completeness, watch cost, and the permission doctor. */
export function connectionHandlers(deps: RouteDeps): Handlers<ConnectionKeys> {
	return {
		'GET /v1/w/{ws}/connections': (request) => connectionsPage(deps, request),
		'GET /v1/w/{ws}/connections/{connectionId}': async ({ ctx, params }) =>
			connectionPage(deps, ctx, await connectionOrThrow(deps, ctx, params.connectionId)),
		'PATCH /v1/w/{ws}/connections/{connectionId}': (request) => change(deps, request),
		'DELETE /v1/w/{ws}/connections/{connectionId}': async ({ ctx, params, query }) => {
			const connection = await connectionOrThrow(deps, ctx, params.connectionId);
			await leaveOut(deps, ctx, connection);
			const withData = query.data === 'remove';
			if (withData) await removeWithData(deps, ctx, connection);
			else await deps.store.connections.remove(ctx, connection.id);
			forgetConnections(deps.store, ctx);
			await audited(deps, ctx, {
				action: 'connection.remove',
				target: connection.accountId,
				details: { data: withData ? 'removed' : 'kept until it expires' },
			});
			return null;
		},
		'POST /v1/w/{ws}/connections/{connectionId}/check': async ({ ctx, params }) => {
			const connection = await connectionOrThrow(deps, ctx, params.connectionId);
			const enrolment = await deps.store.enrolments.get(ctx, connection.enrolmentId);
			if (enrolment === null) throw new LamplightError('not_found', 'Its enrolment was removed.');
			const newestMs = Math.max(0, ...connection.checks.map(({ checkedMs }) => checkedMs));
			// Kept with the connection, so it holds for every process: a check may cost a cent.
			if (deps.clock() - newestMs < checkedWithinMs) return connectionPage(deps, ctx, connection);
			const checked = await verifyOne(deps, ctx, { enrolment, one: connection });
			forgetConnections(deps.store, ctx);
			return connectionPage(deps, ctx, checked);
		},
	};
}

/** A check this young is shown instead of making another. */
const checkedWithinMs = 10_000;

async function rowsOf(
	deps: RouteDeps,
	ctx: Ctx,
	connections: readonly Connection[],
): Promise<{ rows: ConnectionRow[]; watch: readonly ConnectionWatch[] }> {
	const nowMs = deps.clock();
	const range = { fromMs: floorTo(hourMs, nowMs - dayMs), toMs: floorTo(hourMs, nowMs) };
	const [directory, watch] = await Promise.all([
		deps.store.rollups.directory(ctx),
		readMonthWatch(deps, ctx, { month: utcMonth(nowMs), connections }),
	]);
	const functions = new Map<string, number>();
	for (const { connectionId, goneMs } of directory.functions) {
		if (goneMs === null) functions.set(connectionId, (functions.get(connectionId) ?? 0) + 1);
	}
	const spent = new Map(watch.connections.map((each) => [each.connection.id, each.picoUsd]));
	const rows = await Promise.all(
		connections.map(async (connection): Promise<ConnectionRow> => {
			const [state, marks] = await Promise.all([
				readCollectionState(deps, ctx, connection.id),
				readCompleteness(deps, ctx, { range, connections: [connection] }),
			]);
			const picoUsd = spent.get(connection.id) ?? 0n;
			const cap = connection.watchBudgetUsdPerMonth;
			const [troubled] = troubledConnections([connection]);
			return {
				id: connection.id,
				enrolmentId: connection.enrolmentId,
				accountId: connection.accountId,
				accountName: connection.accountName,
				roleArn: connection.roleArn,
				regions: connection.regions,
				features: connection.features,
				functions: functions.get(connection.id) ?? 0,
				state: connection.state,
				reason: connection.reason,
				since: troubled?.since ?? null,
				completeShare: marks.shares?.complete ?? null,
				delayP95Ms: delayP95Of(state.runs),
				lastCollectedAt: instantOrNull(connection.lastCollectedMs),
				readsEveryMs: state.pace?.readsEveryMs ?? null,
				slowedFromMs: state.pace?.slowedFromMs ?? null,
				exhausted: state.pace?.exhausted ?? false,
				watchMonthToDate: watchMoney(picoUsd),
				watchBudgetUsdPerMonth: cap.toFixed(2),
				watchUsedShare: cap === 0 ? null : Math.round((picoToUsd(picoUsd) / cap) * 1e4) / 1e4,
				backfill: backfillView(state.backfill),
				createdAt: instant(connection.createdMs),
				verifiedAt: instantOrNull(connection.verifiedMs),
			};
		}),
	);
	return { rows, watch: watch.connections };
}

async function connectionsPage(
	deps: RouteDeps,
	{ ctx, may }: ApiRequest<`GET ${List}`>,
): Promise<ConnectionsPage> {
	const nowMs = deps.clock();
	const [connections, enrolments] = await Promise.all([
		readConnections(deps, ctx),
		deps.store.enrolments.list(ctx),
	]);
	const { rows, watch } = await rowsOf(deps, ctx, connections);
	const month = {
		month: utcMonth(nowMs),
		connections: watch,
		picoUsd: watch.reduce((total, { picoUsd }) => total + picoUsd, 0n),
	};
	const answered = new Set(
		connections.flatMap(({ enrolmentId, verifiedMs }) =>
			verifiedMs === null ? [] : [enrolmentId],
		),
	);
	const known = rows.flatMap(({ completeShare }) =>
		completeShare === null ? [] : [completeShare],
	);
	const delays = rows.flatMap(({ delayP95Ms }) => (delayP95Ms === null ? [] : [delayP95Ms]));
	const forecast = watchForecast(month, nowMs);
	return {
		rows,
		// External ids are for those who connect.
		waiting: may('connections.write')
			? enrolments
					.filter(({ id }) => !answered.has(id))
					.slice(0, 50)
					.map((enrolment) => enrolmentView(deps, enrolment, connections))
			: [],
		totals: {
			connections: rows.length,
			needYou: rows.filter(({ state }) => ['degraded', 'unsafe', 'lost'].includes(state)).length,
			functions: rows.reduce((sum, { functions }) => sum + functions, 0),
			completeShare:
				known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length,
			delayP95Ms: delays.length === 0 ? null : Math.max(...delays),
			watchMonthToDate: watchMoney(month.picoUsd),
			watchForecast:
				forecast === null ? null : { ...watchMoney(forecast), provenance: 'estimated' },
			watchCapUsdPerMonth: capOf(connections),
		},
		calls: watchCalls(watch.flatMap(({ usages }) => usages)),
		watchDays: watchDays(month, nowMs).map(({ day, cumulativePicoUsd }) => ({
			day,
			cumulativeUsd: picoToUsd(cumulativePicoUsd),
		})),
		limits: [],
	};
}

async function connectionPage(
	deps: RouteDeps,
	ctx: Ctx,
	connection: Connection,
): Promise<ConnectionPage> {
	const { rows, watch } = await rowsOf(deps, ctx, [connection]);
	const [row] = rows;
	if (row === undefined) throw new LamplightError('not_found', 'There is no such connection.');
	const [state, completeness, residuals] = await Promise.all([
		readCollectionState(deps, ctx, connection.id),
		completenessByHour(deps, ctx, connection),
		residualsOf(deps, ctx, connection),
	]);
	const enrolment = await deps.store.enrolments.get(ctx, connection.enrolmentId);
	return {
		connection: row,
		checks: connection.checks.map(({ checkedMs, ...check }) => ({
			...check,
			checkedAt: instant(checkedMs),
		})),
		fix: fixFor(connection, enrolment?.logGroupPatterns ?? []),
		calls: watchCalls(watch.flatMap(({ usages }) => usages)),
		completeness,
		residuals,
		runs: state.runs.slice(0, maxRuns).map((run) => ({
			at: instant(run.atMs),
			job: run.job,
			region: run.region,
			ok: run.ok,
			message: run.message,
			limits: run.limits,
		})),
	};
}

/** The statements that would grant what was denied, as the template has them. */
function fixFor(
	{ checks, features, accountId }: Connection,
	logGroupPatterns: readonly string[],
): ConnectionPage['fix'] {
	const denied = new Set(
		checks.filter(({ outcome }) => outcome === 'denied').map(({ action }) => action),
	);
	return permissionStatements(features, { features, accountId, logGroupPatterns })
		.map(({ Action, Resource }) => ({
			effect: 'Allow' as const,
			action: [Action].flat().filter((action) => denied.has(action)),
			resource: [Resource].flat(),
		}))
		.filter(({ action }) => action.length > 0);
}

async function change(
	deps: RouteDeps,
	{ ctx, params, body }: ApiRequest<`PATCH ${One}`>,
): Promise<ConnectionRow> {
	const { removalMs } = await connectionOrThrow(deps, ctx, params.connectionId);
	if (removalMs !== undefined) throw new LamplightError('conflict', 'It is being removed.');
	const { paused, ...fields } = body;
	const given = Object.fromEntries(
		Object.entries(fields).filter(([, value]) => value !== undefined),
	) as Partial<Connection>;
	const changed = await deps.store.connections.update(ctx, params.connectionId, (current) => ({
		...current,
		...given,
		...stateAfter(current, paused),
	}));
	forgetConnections(deps.store, ctx);
	await audited(deps, ctx, {
		action: 'connection.change',
		target: changed.accountId,
		details: {
			fields: Object.keys(body).join(' '),
			watchBudgetUsdPerMonth: changed.watchBudgetUsdPerMonth,
			state: changed.state,
		},
	});
	const { rows } = await rowsOf(deps, ctx, [changed]);
	const [row] = rows;
	if (row === undefined) throw new LamplightError('not_found', 'There is no such connection.');
	return row;
}

/** A removed account of an organisation is not found again with the next day's search. */
async function leaveOut(deps: RouteDeps, ctx: Ctx, connection: Connection): Promise<void> {
	const enrolment = await deps.store.enrolments.get(ctx, connection.enrolmentId);
	if (enrolment?.kind !== 'organization' || enrolment.accountId === connection.accountId) return;
	await deps.store.enrolments.update(ctx, enrolment.id, (current) => ({
		...current,
		leftOutAccountIds: [...new Set([...(current.leftOutAccountIds ?? []), connection.accountId])],
	}));
}

/** Nothing is read from now on; the collector removes the data, and the connection last. */
async function removeWithData(deps: RouteDeps, ctx: Ctx, { id }: Connection): Promise<void> {
	await deps.store.connections.update(ctx, id, (current) => ({
		...current,
		state: 'paused',
		reason: 'It is being removed with its data.',
		removalMs: current.removalMs ?? deps.clock(),
	}));
}

/** A resumed connection waits for its next check to say how it is. */
function stateAfter(
	current: Connection,
	paused: boolean | undefined,
): Partial<Pick<Connection, 'state' | 'reason'>> {
	if (paused === true) return { state: 'paused', reason: 'Paused by a member.' };
	if (paused === false && current.state === 'paused') {
		return current.verifiedMs === null
			? { state: 'waiting', reason: 'Waiting for the role to be created.' }
			: { state: 'healthy', reason: null };
	}
	return {};
}
