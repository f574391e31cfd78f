import { dayMs, floorTo, monthRange, utcDay, utcMonth } from '@lamplight/core/time';

import type { Overview } from '../contract/overview.ts';
import type { Chart, ChartSet, ComparedNumber } from '../contract/shared.ts';
import { monthCurve } from '../cost/month.ts';
import { capOf, readMonthWatch, watchMoney } from '../cost/watch.ts';
import { sampledShareOf } from '../cost/sampledShare.ts';
import { wireMoney } from '../cost/wire.ts';
import { appShares } from '../fleet/appShares.ts';
import { attentionOf } from '../fleet/attention.ts';
import { readCompleteness } from '../fleet/completeness.ts';
import {
	accountNames,
	freshnessOf,
	readConnections,
	troubledConnections,
} from '../fleet/connections.ts';
import { appDeploys, markerOf, readDeploys } from '../fleet/deploys.ts';
import { ms, share, sparkOf, sumCost, unpricedOf } from '../fleet/figures.ts';
import { type Fleet, readFleet, readWindow } from '../fleet/fleet.ts';
import { knownFromMs } from '../fleet/knownFrom.ts';
import { listedIn } from '../fleet/list.ts';
import { memo } from '../fleet/memo.ts';
import { moversOf } from '../fleet/moverViews.ts';
import { instant, resolved, resolveRange, span, spanBefore } from '../fleet/range.ts';
import { nothing } from '../fleet/sum.ts';
import type { ApiRequest, Handlers } from '../http/handlers.ts';
import type { RouteDeps } from './context.ts';

const key = 'GET /v1/w/{ws}/overview';

/** The overview page. */
export function overviewHandlers(deps: RouteDeps): Handlers<typeof key> {
	return { [key]: (request) => overview(deps, request) };
}

async function overview(
	deps: RouteDeps,
	{ query, ctx }: ApiRequest<typeof key>,
): Promise<Overview> {
	const nowMs = deps.clock();
	const range = resolveRange(query, nowMs);
	const connections = await readConnections(deps, ctx);
	const known = knownFromMs(connections);
	const lastMonthMs = monthRange(utcMonth(monthRange(utcMonth(nowMs)).fromMs - 1)).fromMs;
	// What cost today is held against: the same hours a week earlier.
	const weekAgoMs = floorTo(dayMs, nowMs) - 7 * dayMs;
	const [fleet, today, month, lastMonth] = await Promise.all([
		readFleet(deps.store, ctx, { range, before: spanBefore(range).fromMs >= known, sparks: true }),
		readWindow(deps.store, ctx, 'today', { before: weekAgoMs >= known, sparks: false }),
		readWindow(deps.store, ctx, 'month', { before: lastMonthMs >= known, sparks: true }),
		lastMonthMs >= known
			? readWindow(deps.store, ctx, 'previousMonth', { before: false, sparks: true })
			: null,
	]);
	const [completeness, deploys, watch] = await Promise.all([
		readCompleteness(deps, ctx, { range: fleet.range, connections }),
		readDeploys(deps.store, ctx, { range: fleet.range }),
		readMonthWatch(deps, ctx, { month: utcMonth(nowMs), connections }),
	]);
	const names = accountNames(connections);
	const grouped = appDeploys(deploys);
	const appNames = memo(
		fleet,
		'appNames',
		() =>
			new Map(fleet.items.flatMap(({ fn }) => (fn.app === null ? [] : [[fn.app.id, fn.app.name]]))),
	);
	const markers = grouped.map((one) => markerOf(one, appNames.get(one.appId ?? '') ?? null));
	const story = { fleet, deploys: grouped, appNames, names };
	const curve = memo(month ?? fleet, `curve ${utcDay(nowMs)} ${known}`, () =>
		monthCurve({ month, lastMonth, nowMs, knownFromMs: known }),
	);
	return {
		range: resolved({ ...range, ...fleet.range, stepMs: fleet.stepMs }),
		previousRange: span(fleet.previousRange),
		figures: figuresOf(fleet, today, month),
		sparks: sparksOf(fleet, daysOver(curve, nowMs)),
		charts: trafficCharts(fleet, markers),
		month: curve,
		attention: attentionOf({ ...story, connections: troubledConnections(connections), watch }),
		movers: moversOf(story),
		apps: memo(month ?? fleet, 'apps', () => appShares(month ?? fleet)),
		data: {
			freshness: freshnessOf(connections, fleet.newestMinuteMs, nowMs),
			completeShare: completeness.shares?.complete ?? null,
			provisionalShare: completeness.shares?.provisional ?? null,
			partialShare: completeness.shares?.partial ?? null,
			missingShare: completeness.shares?.missing ?? null,
			...completeness.regions,
			watchMonthToDate: watchMoney(watch.picoUsd),
			watchCapUsdPerMonth: capOf(connections),
		},
		functionsTotal: listedIn(fleet).length,
		functionsRan: memo(
			fleet,
			'ran',
			() => fleet.items.filter(({ now }) => (now?.invocations ?? 0) > 0).length,
		),
		unpriced: memo(fleet, 'unpriced', () => unpricedOf(fleet.items)),
		limits: [],
	};
}

function figuresOf(fleet: Fleet, today: Fleet | null, month: Fleet | null): Overview['figures'] {
	const now = fleet.total;
	const before = fleet.previousTotal ?? nothing;
	const known = fleet.previousTotal !== null;
	const [todaySampled, monthSampled] = [today, month].map(sampledOf);
	const both = (value: number | null, previous: number | null): ComparedNumber => ({
		value,
		previous: known ? previous : null,
	});
	return {
		invocations: both(now.invocations, before.invocations),
		errors: both(now.errors, before.errors),
		errorShare: both(
			share(now.errors, now.errorsKnownInvocations),
			share(before.errors, before.errorsKnownInvocations),
		),
		throttles: both(now.throttles, before.throttles),
		p50Ms: both(ms(now.p50Us), ms(before.p50Us)),
		p95Ms: both(ms(now.p95Us), ms(before.p95Us)),
		p99Ms: both(ms(now.p99Us), ms(before.p99Us)),
		coldStartShare: both(
			share(now.coldStarts, now.recordedInvocations),
			share(before.coldStarts, before.recordedInvocations),
		),
		initMeanMs: (now.coldStarts ?? 0) === 0 ? null : ms((now.initUs ?? 0) / (now.coldStarts ?? 1)),
		costToday: comparedCost(today),
		costMonth: comparedCost(month),
		...(todaySampled === undefined ? {} : { costTodaySampled: todaySampled }),
		...(monthSampled === undefined ? {} : { costMonthSampled: monthSampled }),
	};
}

/** What a fleet cost in its range and in the span before; each `null` where it was not read. */
function comparedCost(fleet: Fleet | null): Overview['figures']['costToday'] {
	if (fleet === null) return { value: null, previous: null };
	const now = memo(fleet, 'cost', () => sumCost(fleet.items));
	const before =
		fleet.previousTotal === null
			? null
			: memo(fleet, 'costBefore', () => sumCost(beforeItems(fleet)));
	return {
		value: wireMoney(now.total, now.provenance),
		previous: before === null ? null : wireMoney(before.total, before.provenance),
	};
}

function sampledOf(fleet: Fleet | null) {
	if (fleet === null) return undefined;
	const { total, sampled } = memo(fleet, 'cost', () => sumCost(fleet.items));
	return sampledShareOf(total, sampled).sampled;
}

/** The items with the cost of the span before in place of their own. */
export function beforeItems(fleet: Fleet) {
	return fleet.items.flatMap((item) =>
		item.costBefore === null ? [] : [{ ...item, cost: item.costBefore }],
	);
}

function sparksOf(fleet: Fleet, costDays: readonly (number | null)[]): Overview['sparks'] {
	const of = (value: (step: Fleet['steps'][number]) => number | null) =>
		sparkOf(fleet.steps.map(value));
	return {
		invocations: of((step) => step.invocations),
		errorShare: of((step) => share(step.errors, step.invocations)),
		p95Ms: of((step) => ms(step.p95Us)),
		coldStartShare: of((step) => share(step.coldStarts, step.invocations)),
		costDays: sparkOf(costDays),
	};
}

/** Dollars of each day of the month that is over; today would look like a fall. */
function daysOver({ days }: Overview['month'], nowMs: number): (number | null)[] {
	const today = utcDay(nowMs);
	const over = days.filter(({ day }) => day < today).map(({ cumulativeUsd }) => cumulativeUsd);
	return over.map((sum, at) => {
		const before = at === 0 ? 0 : (over[at - 1] ?? 0);
		return sum === null ? null : sum - before;
	});
}

function trafficCharts(fleet: Fleet, deploys: ChartSet['deploys']): ChartSet {
	const chart = (id: string, series: Chart['series']): Chart => ({
		id,
		series,
		limits: [],
		provenance: null,
		approximate: fleet.total.percentiles === 'approximate',
	});
	const values = (pick: (step: Fleet['steps'][number]) => number | null) => fleet.steps.map(pick);
	return {
		x: {
			from: instant(fleet.steps[0]?.atMs ?? fleet.range.fromMs),
			stepMs: fleet.stepMs,
			count: fleet.steps.length,
		},
		charts: [
			chart('traffic', [
				{
					id: 'invocations',
					label: 'invocations',
					unit: 'count',
					values: values((step) => step.invocations),
				},
				{ id: 'errors', label: 'errors', unit: 'count', values: values((step) => step.errors) },
				{
					id: 'throttles',
					label: 'throttles',
					unit: 'count',
					values: values((step) => step.throttles),
				},
			]),
			chart('duration', [
				{ id: 'p50', label: 'p50', unit: 'ms', values: values((step) => ms(step.p50Us)) },
				{ id: 'p95', label: 'p95', unit: 'ms', values: values((step) => ms(step.p95Us)) },
				{ id: 'p99', label: 'p99', unit: 'ms', values: values((step) => ms(step.p99Us)) },
			]),
		],
		deploys,
		spans: [],
	};
}
