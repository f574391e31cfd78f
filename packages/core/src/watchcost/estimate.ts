import type { Feature } from '../connection/connection.ts';
import { picoToUsd, unitPrice } from './watchcost.ts';

/** What a connection will watch, as far as it is known before the first call. */
export interface WatchPlan {
	readonly activeRegions: number;
	readonly idleRegions: number;
	readonly functions: number;
	/** Functions expected to be too busy to read record by record. */
	readonly busyFunctions: number;
	readonly readsEveryMinutes: number;
	/** Whether records may be read; without them every function that runs is bought as a metric. */
	readonly logs: boolean;
	readonly payer: boolean;
}

export interface WatchLine {
	readonly call: string;
	readonly action: string;
	readonly quantityPerMonth: number;
	readonly unit: string;
	readonly usdPerUnit: number;
	readonly usdPerMonth: number;
	readonly why: string;
}

export interface WatchEstimate {
	readonly lines: readonly WatchLine[];
	readonly usdPerMonth: number;
	/** Once, for reading the past: the most that it can cost, when every function runs and fails every day. */
	readonly backfillUsd: number;
	readonly assumptions: readonly string[];
}

/** How much of the past is read on connecting. */
export const backfillDays = 35;
/** It begins with a UTC day, and the begun day is read in parts. */
const pastReadings = backfillDays + 3;

const minutesPerDay = 1440;
const daysPerMonth = 30;
/** Errors and Throttles. Duration counts what ran, so Invocations is not paid for as well. */
const countMetrics = 2;
export const countsEveryMinutes = 5;
/**
 * ClaimedAccountConcurrency. No minute waits for it, and each asking answers a whole hour: asked more seldom, it
 * only comes later.
 */
export const concurrencyEveryMinutes = 15;
/** Metrics that a day of one region's totals asks for, whatever runs there. */
export const totalsPerRegionDay =
	minutesPerDay +
	countMetrics * (minutesPerDay / countsEveryMinutes) +
	minutesPerDay / concurrencyEveryMinutes;
/** Of the past, all of them are asked for at once. */
const pastTotals = 1 + countMetrics + 1;
/** Share of reads in which a region's errors or throttles are looked for function by function. */
const widenedShare = 0.1;

/** What watching costs a month at list price, line by line, and the calls that are free of charge. */
export function estimateWatchCost(plan: WatchPlan): WatchEstimate {
	const perMonth = (perDay: number) => perDay * daysPerMonth;
	const reads = minutesPerDay / plan.readsEveryMinutes;
	const totals = plan.activeRegions * totalsPerRegionDay;
	const quiet = (plan.functions - plan.busyFunctions) * activeShare * reads;
	const bought = plan.busyFunctions * reads + (plan.logs ? 0 : quiet);
	const widened = plan.functions * widenedShare * 24;
	const lines = [
		line('cloudwatch:GetMetricData', 'Region totals', {
			quantity: perMonth(totals),
			why: 'Duration every minute, errors and throttles every five and concurrency every fifteen, for each region with traffic',
		}),
		line('cloudwatch:GetMetricData', plan.logs ? 'Busy functions' : 'Functions', {
			quantity: perMonth(bought),
			why: plan.logs
				? 'one metric per function that is too busy to read record by record'
				: 'one metric per function that runs, as no records are read',
		}),
		line('cloudwatch:GetMetricData', 'Errors and throttles', {
			quantity: perMonth(widened),
			why: 'only where a region’s own total says that there is something to find',
		}),
		line('cloudwatch:ListMetrics', 'Idle regions', {
			quantity: perMonth((plan.idleRegions + plan.activeRegions) * 24),
			why: 'within the million requests a month that AWS gives free',
			free: true,
		}),
		...(plan.logs
			? [
					line('logs:FilterLogEvents', 'Execution records', {
						quantity: perMonth(quiet),
						why: 'no charge; at most 30% of the rate that AWS allows',
					}),
				]
			: []),
		...(plan.payer
			? [
					line('ce:GetCostAndUsage', 'The bill', {
						quantity: perMonth(billRequestsPerMonth * billMonthsPerDay),
						why: 'once a day, and until the middle of a month the one before, by charge type and by usage',
					}),
				]
			: []),
	];
	return {
		lines,
		usdPerMonth: lines.reduce((sum, { usdPerMonth }) => sum + usdPerMonth, 0),
		backfillUsd: pastMetricsPerDay(plan) * pastReadings * metricUsd(),
		assumptions: [
			`${plan.busyFunctions} of ${plan.functions} functions are busier than 100 executions a minute.`,
			`Errors or throttles are looked for function by function in ${widenedShare * 100}% of the hours.`,
			'List prices of us-east-1, without any discount or free tier but that of ListMetrics.',
		],
	};
}

/** Dollars a month that a feature adds to what is ticked beside it; below zero where reading it saves. */
export function addedPerMonthUsd(
	plan: Omit<WatchPlan, 'logs' | 'payer'>,
	chosen: readonly Feature[],
	feature: Feature,
): number {
	const priceOf = (features: readonly Feature[]) =>
		estimateWatchCost({ ...plan, ...watchedOf(features) }).usdPerMonth;
	return priceOf([...chosen, feature]) - priceOf(chosen.filter((one) => one !== feature));
}

/** What of a plan depends on what is ticked. */
export function watchedOf(features: readonly Feature[]): Pick<WatchPlan, 'logs' | 'payer'> {
	return { logs: features.includes('logs'), payer: features.includes('costs') };
}

/** Of a trace's functions, about a quarter run in any three hours. */
const activeShare = 0.25;
/**
 * Of a month, at most: Lambda by charge type, by usage, and by usage that a savings plan covers; CloudWatch's
 * usage; and a second page of one of them. Until the middle of a month the one before is read, too.
 */
export const billRequestsPerMonth = 3 + 1 + 1;
const billMonthsPerDay = 1.5;

function line(
	action: string,
	call: string,
	options: { readonly quantity: number; readonly why: string; readonly free?: boolean },
): WatchLine {
	const price = unitPrice(action);
	const usdPerUnit = price === null || options.free === true ? 0 : picoToUsd(price.picoUsd);
	return {
		call,
		action,
		quantityPerMonth: options.quantity,
		unit: price?.unit ?? 'request',
		usdPerUnit,
		usdPerMonth: options.quantity * usdPerUnit,
		why: options.why,
	};
}

/** Duration, Errors and Throttles of every function; all of a region's own. */
function pastMetricsPerDay({ functions, activeRegions }: WatchPlan): number {
	return functions * 3 + activeRegions * pastTotals;
}

function metricUsd(): number {
	return picoToUsd(unitPrice('cloudwatch:GetMetricData')?.picoUsd ?? 0n);
}
