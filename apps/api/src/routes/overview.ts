import type { Aggregate } from '@lamplight/core/bucket/aggregate';
import type { Connection } from '@lamplight/core/connection/connection';
import type { Ctx } from '@lamplight/core/ctx';
import { compare } from '@lamplight/core/money';
import { dayMs, floorTo, monthRange, utcDay, utcMonth } from '@lamplight/core/time';

import type { Overview } from '../contract/overview.ts';
import type { Chart, ChartSet, ComparedNumber } from '../contract/shared.ts';
import { monthCurve } from '../cost/month.ts';
import { capOf, readMonthWatch, watchMoney } from '../cost/watch.ts';
import { sampledShareOf } from '../cost/sampledShare.ts';
import { appShares } from '../fleet/appShares.ts';
import { attentionOf } from '../fleet/attention.ts';
import { comparedCost, comparedFleet } from '../fleet/compared.ts';
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
import { SparkView } from '../fleet/sparks.ts';
import { type StepsOver, stepsOver } from '../fleet/stepsOver.ts';
import { comparedSince, firstKnownMs, knownFromMs } from '../fleet/knownFrom.ts';
import { listedIn } from '../fleet/list.ts';
import { memo } from '../fleet/memo.ts';
import { moversOf } from '../fleet/moverViews.ts';
import { instant, type Range, resolved, resolveRange, span, spanBefore } from '../fleet/range.ts';
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
	const { known, compared, fleet, today, month, lastMonth } = await readFleets(deps, ctx, {
		range,
		connections,
	});
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
	const sparks = new SparkView(fleet, connections);
	const story = { fleet, sparks, deploys: grouped, appNames, names };
	const steps = stepsOver(fleet, firstKnownMs(connections));
	const curve = memo(month ?? fleet, `curve ${utcDay(nowMs)} ${known}`, () =>
		monthCurve({ month, lastMonth, nowMs, knownFromMs: known }),
	);
	return {
		range: resolved({ ...range, ...fleet.range, stepMs: fleet.stepMs }),
		previousRange: span(fleet.previousRange),
		figures: figuresOf(fleet, { today, month }),
		comparedWithout: [...compared.leftOut],
		monthKnownFrom: monthKnownFrom(month, { known, nowMs }),
		sparks: sparksOf(steps, daysOver(curve, nowMs)),
		charts: trafficCharts(fleet, steps, markers),
		month: curve,
		attention: attentionOf({ ...story, connections: troubledConnections(connections), watch }),
		movers: moversOf(story),
		apps: appsOf(month ?? fleet),
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

interface FleetsAsked {
	readonly range: Range;
	readonly connections: readonly Connection[];
}

/** The fleets that the page is made from, each with the span before of the accounts that are known in it. */
async function readFleets(deps: RouteDeps, ctx: Ctx, { range, connections }: FleetsAsked) {
	const nowMs = deps.clock();
	const known = knownFromMs(connections);
	const since = (fromMs: number) => comparedSince(connections, fromMs);
	const lastMonthMs = monthRange(utcMonth(monthRange(utcMonth(nowMs)).fromMs - 1)).fromMs;
	const compared = since(spanBefore(range).fromMs);
	// What cost today is held against: the same hours a week earlier.
	const week = since(floorTo(dayMs, nowMs) - 7 * dayMs);
	const monthBefore = since(lastMonthMs);
	const [fleet, today, month, lastMonth] = await Promise.all([
		readFleet(deps.store, ctx, { range, before: compared.isAny, sparks: true }),
		readWindow(deps.store, ctx, 'today', { before: week.isAny, sparks: false }),
		readWindow(deps.store, ctx, 'month', { before: monthBefore.isAny, sparks: true }),
		// Drawn as one line beside this month's: that is a comparison of the whole, or none.
		lastMonthMs >= known
			? readWindow(deps.store, ctx, 'previousMonth', { before: false, sparks: true })
			: null,
	]);
	return {
		known,
		compared,
		fleet: comparedFleet(fleet, compared),
		today: today === null ? null : comparedFleet(today, week),
		month: month === null || isBehind(month, today) ? null : comparedFleet(month, monthBefore),
		lastMonth,
	};
}

function costOf(fleet: Fleet) {
	return memo(fleet, 'cost', () => sumCost(fleet.items));
}

/** Windows are built one by one: while the past is read, a month that was built first lacks of today. */
function isBehind(month: Fleet, today: Fleet | null): boolean {
	if (today === null) return false;
	const [soFar, ofDay] = [costOf(month).total, costOf(today).total];
	if (ofDay === null) return false;
	if (soFar === null) return true;
	return soFar.currency === ofDay.currency && compare(soFar, ofDay) < 0;
}

function appsOf(month: Fleet): Overview['apps'] {
	return memo(month, 'apps', () => appShares(month));
}

/** Since when the month's cost is known; `null` when it is from its first day on. */
function monthKnownFrom(
	month: Fleet | null,
	{ known, nowMs }: { readonly known: number; readonly nowMs: number },
): string | null {
	const monthMs = monthRange(utcMonth(nowMs)).fromMs;
	const fromMs = month === null ? Math.max(known, floorTo(dayMs, nowMs)) : known;
	return fromMs > monthMs ? instant(fromMs) : null;
}

function figuresOf(
	fleet: Fleet,
	{ today, month }: { readonly today: Fleet | null; readonly month: Fleet | null },
): Overview['figures'] {
	const { total, previousTotal, comparableTotal } = fleet;
	const both = (figure: (of: Aggregate) => number | null): ComparedNumber => ({
		value: figure(total),
		previous: previousTotal === null ? null : figure(previousTotal),
		...(comparableTotal === undefined ? {} : { comparable: figure(comparableTotal) }),
	});
	const compared = (one: Fleet | null) =>
		one === null
			? { value: null, previous: null }
			: memo(one, 'comparedCost', () => comparedCost(one.items));
	const [todaySampled, monthSampled] = [today, month ?? today].map(sampledOf);
	return {
		invocations: both((of) => of.invocations),
		errors: both((of) => of.errors),
		errorShare: both((of) => share(of.errors, of.errorsKnownInvocations)),
		throttles: both((of) => of.throttles),
		p50Ms: both((of) => ms(of.p50Us)),
		p95Ms: both((of) => ms(of.p95Us)),
		p99Ms: both((of) => ms(of.p99Us)),
		coldStartShare: both((of) => share(of.coldStarts, of.recordedInvocations)),
		initMeanMs:
			(total.coldStarts ?? 0) === 0 ? null : ms((total.initUs ?? 0) / (total.coldStarts ?? 1)),
		costToday: compared(today),
		// Until the month is built, what is known of it is what today's figures tell.
		costMonth: month === null ? { value: compared(today).value, previous: null } : compared(month),
		...(todaySampled === undefined ? {} : { costTodaySampled: todaySampled }),
		...(monthSampled === undefined ? {} : { costMonthSampled: monthSampled }),
	};
}

function sampledOf(fleet: Fleet | null) {
	if (fleet === null) return undefined;
	const { total, sampled } = costOf(fleet);
	return sampledShareOf(total, sampled).sampled;
}

function sparksOf({ values }: StepsOver, costDays: readonly (number | null)[]): Overview['sparks'] {
	const of = (value: (step: Fleet['steps'][number]) => number | null, idle: 0 | null = null) =>
		sparkOf(values(idle, value));
	return {
		invocations: of((step) => step.invocations, 0),
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

function trafficCharts(
	fleet: Fleet,
	{ fromMs, count, values }: StepsOver,
	deploys: ChartSet['deploys'],
): ChartSet {
	const chart = (id: string, series: Chart['series']): Chart => ({
		id,
		series,
		limits: [],
		provenance: null,
		approximate: fleet.total.percentiles === 'approximate',
	});
	return {
		x: {
			from: instant(fromMs),
			stepMs: fleet.stepMs,
			count,
		},
		charts: [
			chart('traffic', [
				{
					id: 'invocations',
					label: 'invocations',
					unit: 'count',
					values: values(0, (step) => step.invocations),
				},
				{ id: 'errors', label: 'errors', unit: 'count', values: values(0, (step) => step.errors) },
				{
					id: 'throttles',
					label: 'throttles',
					unit: 'count',
					values: values(0, (step) => step.throttles),
				},
			]),
			chart('duration', [
				{ id: 'p50', label: 'p50', unit: 'ms', values: values(null, (step) => ms(step.p50Us)) },
				{ id: 'p95', label: 'p95', unit: 'ms', values: values(null, (step) => ms(step.p95Us)) },
				{ id: 'p99', label: 'p99', unit: 'ms', values: values(null, (step) => ms(step.p99Us)) },
			]),
		],
		deploys,
		spans: [],
	};
}
