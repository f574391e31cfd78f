import { beginEnrolment } from '@lamplight/aws/connect/enrol';
import {
	type Connection,
	type Enrolment,
	type Feature,
	features,
} from '@lamplight/core/connection/connection';
import type { Ctx } from '@lamplight/core/ctx';
import { LamplightError } from '@lamplight/core/errors';
import { parseMoney } from '@lamplight/core/money';
import type { WatchUsage } from '@lamplight/core/watchcost/watchcost';
import { estimateWatchCost, addedPerMonthUsd, watchedOf } from '@lamplight/core/watchcost/estimate';

import type { WatchEstimate } from '../contract/enrolments.ts';
import { knownMoney } from '../cost/wire.ts';
import { countCalls } from '../customer/account.ts';
import { enrolmentView, templateText } from '../customer/instructions.ts';
import { findAccounts, keepSources } from '../customer/settle.ts';
import { forgetConnections } from '../fleet/connections.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import { audited } from './audit.ts';
import type { RouteDeps } from './context.ts';

type Base = '/v1/w/{ws}/enrolments';
type EnrolmentKeys =
	| `GET ${Base}/estimate`
	| `POST ${Base}`
	| `GET ${Base}/{enrolmentId}`
	| `GET ${Base}/{enrolmentId}/template`
	| `POST ${Base}/{enrolmentId}/verify`
	| `DELETE ${Base}/{enrolmentId}`;

/** Enrolments that wait for their role, of one workspace. */
const maxWaiting = 50;

/** Connecting an account or an organisation. */
export function enrolmentHandlers(deps: RouteDeps): Handlers<EnrolmentKeys> {
	return {
		'GET /v1/w/{ws}/enrolments/estimate': async ({ query }) => estimate(query),
		'POST /v1/w/{ws}/enrolments': (request) => enrol(deps, request),
		'GET /v1/w/{ws}/enrolments/{enrolmentId}': async ({ ctx, params }) => {
			const enrolment = await enrolmentOrThrow(deps, ctx, params.enrolmentId);
			return enrolmentView(deps, enrolment, await deps.store.connections.list(ctx));
		},
		'GET /v1/w/{ws}/enrolments/{enrolmentId}/template': async ({ ctx, params, query }) =>
			templateText(deps, await enrolmentOrThrow(deps, ctx, params.enrolmentId), query.unit ?? []),
		'POST /v1/w/{ws}/enrolments/{enrolmentId}/verify': async ({ ctx, params }) => {
			const enrolment = await enrolmentOrThrow(deps, ctx, params.enrolmentId);
			await verifyAll(deps, ctx, enrolment);
			return enrolmentView(deps, enrolment, await deps.store.connections.list(ctx));
		},
		'DELETE /v1/w/{ws}/enrolments/{enrolmentId}': async ({ ctx, params }) => {
			const enrolment = await enrolmentOrThrow(deps, ctx, params.enrolmentId);
			const own = (await deps.store.connections.list(ctx)).filter(
				({ enrolmentId }) => enrolmentId === enrolment.id,
			);
			if (own.some(({ verifiedMs }) => verifiedMs !== null)) {
				throw new LamplightError('conflict', 'It has a working connection. Remove that first.');
			}
			for (const { id } of own) await deps.store.connections.remove(ctx, id);
			await deps.store.enrolments.remove(ctx, enrolment.id);
			forgetConnections(deps.store, ctx);
			await audited(deps, ctx, { action: 'enrolment.remove', target: enrolment.accountId });
			return null;
		},
	};
}

async function enrolmentOrThrow(deps: RouteDeps, ctx: Ctx, id: string): Promise<Enrolment> {
	const enrolment = await deps.store.enrolments.get(ctx, id);
	if (enrolment === null) throw new LamplightError('not_found', 'There is no such enrolment.');
	return enrolment;
}

async function enrol(deps: RouteDeps, { ctx, body }: ApiRequest<`POST ${Base}`>) {
	const known = await deps.store.connections.list(ctx);
	const same = known.find(
		({ accountId, verifiedMs }) => accountId === body.accountId && verifiedMs !== null,
	);
	if (same !== undefined) {
		throw new LamplightError('conflict', `Account ${body.accountId} is connected already.`, {
			details: { connectionId: same.id },
		});
	}
	if (known.filter(({ state }) => state === 'waiting').length >= maxWaiting) {
		throw new LamplightError('too_large', 'Too many connections wait for their role.', {
			details: { limit: 'waitingConnections', max: maxWaiting },
		});
	}
	const { enrolment, connection } = beginEnrolment(deps.connect, {
		workspaceId: ctx.workspaceId,
		kind: body.kind,
		accountId: body.accountId,
		features: featuresOf(body),
		regions: body.regions ?? [],
		createdBy: ctx.actor.kind === 'member' ? ctx.actor.email : 'token',
		...(body.logGroupPatterns === undefined ? {} : { logGroupPatterns: body.logGroupPatterns }),
		...(body.watchBudgetUsdPerMonth === undefined
			? {}
			: { watchBudgetUsdPerMonth: body.watchBudgetUsdPerMonth }),
		...(body.backfillBudgetUsd === undefined ? {} : { backfillBudgetUsd: body.backfillBudgetUsd }),
	});
	// The connection first: an enrolment without one would wait for nothing.
	await deps.store.connections.create(ctx, connection);
	await deps.store.enrolments.create(ctx, enrolment);
	forgetConnections(deps.store, ctx);
	await audited(deps, ctx, {
		action: 'enrolment.begin',
		target: enrolment.accountId,
		details: { kind: enrolment.kind, features: enrolment.features.join(' ') },
	});
	return enrolmentView(deps, enrolment, [connection]);
}

/** What an organisation's accounts are is for its management account to tell. */
function featuresOf({ kind, features }: Pick<Enrolment, 'kind' | 'features'>): Feature[] {
	return kind === 'organization' ? [...new Set([...features, 'organization' as const])] : features;
}

/** A page that waits asks every few seconds; each check of a role that works in part may cost a cent. */
const checkAgainMs = 30_000;
/** Connections tried by one call; the next call, or the collector, tries the others. */
const maxTried = 20;

/** Tries those connections of an enrolment that do not work yet; the others are left alone. */
async function verifyAll(deps: RouteDeps, ctx: Ctx, enrolment: Enrolment): Promise<void> {
	const nowMs = deps.clock();
	const waiting = (await deps.store.connections.list(ctx)).filter(
		({ enrolmentId, state, verifiedMs }) =>
			enrolmentId === enrolment.id &&
			!['healthy', 'paused'].includes(state) &&
			(state !== 'degraded' || nowMs - (verifiedMs ?? 0) >= checkAgainMs),
	);
	const verify = (all: readonly Connection[]) =>
		Promise.all(all.map((one) => verifyOne(deps, ctx, { enrolment, one })));
	// Those that were tried longest ago first: an organisation may have hundreds of accounts.
	const due = waiting.sort((a, b) => (a.verifiedMs ?? 0) - (b.verifiedMs ?? 0));
	await verify(due.slice(0, maxTried));
	if (enrolment.kind === 'organization') {
		const found = await findAccounts(deps, ctx, enrolment);
		await verify(found.slice(0, Math.max(0, maxTried - due.length)));
	}
	forgetConnections(deps.store, ctx);
}

/** Tries a connection once, keeps what was found, and notes a change of its state. */
export async function verifyOne(
	deps: RouteDeps,
	ctx: Ctx,
	{ enrolment, one }: { readonly enrolment: Enrolment; readonly one: Connection },
): Promise<Connection> {
	const { verifyConnection } = await import('@lamplight/aws/connect/verify');
	const using = {
		...deps.connect,
		aws: await deps.connect.aws(),
		counted: (usages: readonly WatchUsage[]) =>
			countCalls(deps, ctx, { connectionId: one.id, usages }),
	};
	const tried = await verifyConnection(using, enrolment, one);
	const kept = await deps.store.connections.update(ctx, one.id, (current) => ({
		...current,
		state: current.state === 'paused' ? current.state : tried.state,
		reason: tried.reason,
		checks: tried.checks,
		verifiedMs: tried.verifiedMs,
	}));
	await keepSources(deps, ctx, { connection: kept, enrolment });
	if (kept.state !== one.state) {
		await audited(deps, ctx, {
			action: 'connection.state',
			target: one.accountId,
			details: { before: one.state, after: kept.state },
		});
	}
	return kept;
}

/** Functions busier than 100 executions a minute, as a share: what fleets of this size show. */
const busyShare = 0.1;

function estimate(query: ApiRequest<`GET ${Base}/estimate`>['query']): WatchEstimate {
	const accounts = query.accounts ?? 1;
	const chosen = query.features === undefined ? features : [query.features].flat();
	const plan = {
		activeRegions: query.regions * accounts,
		idleRegions: 0,
		functions: query.functions,
		busyFunctions: Math.round(query.functions * busyShare),
		readsEveryMinutes: 5,
	};
	const { lines, usdPerMonth, backfillUsd, assumptions } = estimateWatchCost({
		...plan,
		...watchedOf(chosen),
	});
	const money = (usd: number, places = 2) =>
		knownMoney(parseMoney(usd.toFixed(places)), 'estimated');
	return {
		perMonth: money(usdPerMonth),
		backfill: money(backfillUsd),
		lines: lines.map((line) => ({
			call: `${line.action}: ${line.call}, ${line.why}`,
			quantityPerMonth: String(Math.round(line.quantityPerMonth)),
			unit: line.unit,
			rate: money(line.usdPerUnit, 9).amount,
			rateSource: 'AWS price list, us-east-1, 2026-11',
			cost: money(line.usdPerMonth),
		})),
		adds: features.map((feature) => ({
			feature,
			perMonth: money(addedPerMonthUsd(plan, chosen, feature)),
		})),
		assumptions: [...assumptions],
	};
}
