import { loadavg } from 'node:os';

import { dayMs, minuteMs } from '@lamplight/core/time';
import { totalsPerRegionDay } from '@lamplight/core/watchcost/estimate';

import { memoryMb } from '../../stacks/memory.ts';
import { type Bench, type BenchRow, row } from './bench.ts';
import { type FleetUse, useOfFleet } from './collectFleet.ts';

/** Wednesday 08:00 UTC: the busier half of the simulated day. */
const fromMs = Date.UTC(2026, 9, 14, 8, 0);
const hours = Number(process.env['BENCH_HOURS'] ?? '1');
const functions = Number(process.env['BENCH_FUNCTIONS'] ?? '1000');
const organisationFunctions = Number(process.env['BENCH_ORGANISATION'] ?? '600');
/** One account with two active regions, and its share of the simulated world's functions. */
const account = { name: 'data-production', share: 0.1437 };
const compared = { functions: 1000, regions: 2 };
const organisation = { functions: 600, regions: 24, accounts: 12 };
const daysPerMonth = 30;
const pollsPerDay = dayMs / (5 * minuteMs);

// $0.01 per 1,000 metrics requested; CloudWatch price list 2026-09-24.
const metricUsd = 1e-5;
// $0.625 per million write units, $0.125 per million read units; DynamoDB on demand, us-east-1, 2026-09.
const writeUnitUsd = 0.625e-6;
const readUnitUsd = 0.125e-6;
// $0.40 per million requests; SQS standard, us-east-1, 2026-09. A message is sent, received and deleted.
const messageUsd = 3 * 0.4e-6;
// $0.0000133334 per GB-second (arm64) and $0.20 per million requests; Lambda, us-east-1, 2026-09.
const gbSecondUsd = 0.0000133334;
const requestUsd = 0.2e-6;
const workerGb = memoryMb.collect / 1024;

export const bench: Bench = {
	name: 'collect',
	about: `${functions} simulated functions of one account in two regions, and ${organisationFunctions} and then half of them in twelve accounts and 24 regions, ${hours} h each at 5-minute freshness, by the product's own planner and jobs; a day of ${compared.functions} functions`,
	async run(report) {
		const one = await useOfFleet({
			...{ functions: Math.round(functions / account.share), account: account.name },
			...{ fromMs, hours },
		});
		reportMetrics('', one, report);
		reportCalls(one, report);
		reportMoney(one, report);
		reportTruth('', one, report);
		const many = await useOfFleet({ functions: organisationFunctions, fromMs, hours });
		const half = await useOfFleet({ functions: organisationFunctions / 2, fromMs, hours });
		reportMetrics('twelve accounts: ', many, report);
		reportOrganisation(half, many, report);
		reportTruth('twelve accounts: ', many, report);
	},
};

function sum(use: FleetUse, action: string, field: 'billedUnits' | 'calls'): number {
	return use.usages
		.filter((usage) => usage.action === action)
		.reduce((total, usage) => total + usage[field], 0);
}

/** Metrics a day of the compared fleet: the regions' totals, and what is asked of functions. */
function metricsOf(use: FleetUse): { readonly fixed: number; readonly variable: number } {
	const units = sum(use, 'cloudwatch:GetMetricData', 'billedUnits') / use.days;
	const variable = Math.max(0, units - totalsPerRegionDay * use.regions);
	return {
		fixed: totalsPerRegionDay * compared.regions,
		variable: (variable * compared.functions) / use.functions,
	};
}

const naiveMetrics = 5;
const yaceMetrics = 4;
const netdataMetrics = 5;

function reportMetrics(of: string, use: FleetUse, report: (row: BenchRow) => void): void {
	const { fixed, variable } = metricsOf(use);
	const active = (use.active * compared.functions) / use.functions;
	const naive = naiveMetrics * compared.functions * pollsPerDay;
	const yace = yaceMetrics * compared.functions * pollsPerDay;
	const netdata = netdataMetrics * active * pollsPerDay;
	const unit = 'metrics';
	report(
		row(`${of}billable metrics a day, against polling`, {
			...{ value: fixed + variable, unit, atMost: naive / 100, baseline: naive },
			note: `(a) 5 metrics of every function every 5 minutes; ours ${fixed} for the totals of ${compared.regions} regions, ${Math.round(variable)} for functions. As fresh, but for errors that a handler returned without a line of its runtime: asked for within 15 minutes where the region shows one`,
		}),
	);
	report(
		row(`${of}billable metrics a day, against YACE`, {
			...{ value: fixed + variable, unit, baseline: yace },
			note: '(b) yet-another-cloudwatch-exporter, AWS/Lambda discovery job of its examples: Invocations, Errors, Throttles, Duration of every discovered function each 300 s; all functions taken as tagged',
		}),
	);
	report(
		row(`${of}billable metrics a day, against netdata`, {
			...{ value: fixed + variable, unit, atMost: netdata / 40, baseline: netdata },
			note: `(c) netdata's CloudWatch collector: functions active in the last 3 h only, up to five statistics to a unit, aligned 5-minute windows, 5 metrics; ${Math.round(active)} of ${compared.functions} active`,
		}),
	);
}

const lagShares = [
	[0.5, 'half of them', null],
	[0.95, 'p95', 10],
	[0.99, 'p99', null],
] as const;

function reportCalls(use: FleetUse, report: (row: BenchRow) => void): void {
	const perDay = compared.functions / use.functions / use.days;
	const calls = use.usages.reduce((total, usage) => total + usage.calls, 0);
	report(
		row('log readings', {
			value: (sum(use, 'logs:FilterLogEvents', 'calls') * perDay) / 86_400,
			...{ unit: 'calls/s', atMost: 4.2 },
			note: '30% of the published rates of two ordinary regions, 10/s and 4/s lower of them',
		}),
	);
	for (const [share, name, atMost] of lagShares) {
		report(
			row(`from an execution to its figures in the store, ${name}`, {
				...{ value: use.lags.quantileMs(share) / minuteMs, unit: 'min' },
				...(atMost === null ? {} : { atMost }),
				note: 'from the beginning of the minute in which it began, each execution as often as it ran; with the wait for turns at 30% of FilterLogEvents’ rate reckoned from the calls made',
			}),
		);
	}
	report(row('API calls a day', { value: calls * perDay, unit: 'calls' }));
	for (const field of ['writeUnits', 'readUnits'] as const) {
		const jobs = [...use.jobs].map(([job, taken]) => [job, taken[field] * perDay] as const);
		const value = jobs.reduce((total, [, units]) => total + units, 0);
		const unit = field === 'writeUnits' ? 'WRU' : 'RRU';
		report(
			row(field === 'writeUnits' ? 'write units a day' : 'read units a day', {
				...{ value, unit },
				note: jobs
					.filter(([, units]) => units > 0)
					.sort(([, a], [, b]) => b - a)
					.map(([job, units]) => `${job} ${Math.round(units).toLocaleString('en')}`)
					.join(', '),
			}),
		);
		if (field === 'readUnits') continue;
		report(row('write units per function-day', { value: value / compared.functions, unit }));
	}
}

/** What a month of a fleet comes to beside CloudWatch, in USD, as measured and not scaled. */
function ownUsd(use: FleetUse) {
	const months = use.days / daysPerMonth;
	const total = (of: 'writeUnits' | 'readUnits' | 'messages' | 'workSeconds') =>
		[...use.jobs.values()].reduce((all, job) => all + job[of], 0) / months;
	// The scheduler runs the planner itself, without the queue.
	const messages = total('messages') - (use.jobs.get('plan')?.messages ?? 0) / months;
	return {
		writes: total('writeUnits') * writeUnitUsd,
		reads: total('readUnits') * readUnitUsd,
		queue: messages * messageUsd,
		// The small worker has less of a processor, and takes as much longer: its work costs the same.
		work: total('workSeconds') * gbSecondUsd * workerGb + (use.invocations / months) * requestUsd,
		wait: (use.waitGbSeconds / months) * gbSecondUsd,
	};
}

function reportMoney(use: FleetUse, report: (row: BenchRow) => void): void {
	const { fixed, variable } = metricsOf(use);
	const api = (fixed + variable) * metricUsd * daysPerMonth;
	const scale = compared.functions / use.functions;
	const own = ownUsd(use);
	const unit = 'USD';
	report(row('CloudWatch a month', { value: api, unit }));
	const parts: readonly [string, number, string][] = [
		['DynamoDB writes a month', own.writes, 'of every job, compaction and pages among them'],
		['DynamoDB reads a month', own.reads, 'of every job; what people read is apart'],
		['SQS a month', own.queue, 'a message is sent, received and deleted'],
		[
			'Lambda a month, at work',
			own.work,
			`processor time, that of the simulated AWS and the database in it; the machine’s load is ${loadavg()[0]?.toFixed(1) ?? 'unknown'}`,
		],
		[
			'Lambda a month, waiting',
			own.wait,
			`for its turn at 30% of FilterLogEvents’ rate; in a worker of ${memoryMb.read} MB for each reading, of ${memoryMb.collect} MB where many functions are read`,
		],
	];
	for (const [metric, value, note] of parts) {
		report(row(metric, { value: value * scale, unit, note }));
	}
	const all = api + parts.reduce((total, [, value]) => total + value * scale, 0);
	report(
		row('all-in a month', {
			...{ value: all, unit, atMost: 6 },
			note:
				hours < 24
					? 'the day’s compaction, once a day, shows in BENCH_HOURS=24 only'
					: 'a whole day',
		}),
	);
	report(row('all-in a month, but for waiting', { value: all - own.wait * scale, unit }));
}

/** All that a month of a fleet comes to, in USD, as measured and not scaled. */
function allUsd(use: FleetUse): number {
	const metrics = sum(use, 'cloudwatch:GetMetricData', 'billedUnits') / use.days;
	const own = Object.values(ownUsd(use)).reduce((total, part) => total + part, 0);
	return metrics * metricUsd * daysPerMonth + own;
}

/**
 * The organisation as it was measured, whole: twelve accounts and 24 regions, so that only the few functions
 * that the world has fewer than asked for are reckoned. A second one of half the functions tells what a
 * function costs and what a region does, with its share of an account; how that is split does not change the sum.
 */
function reportOrganisation(half: FleetUse, all: FleetUse, report: (row: BenchRow) => void): void {
	const measured = allUsd(all);
	const perFunction =
		(measured * half.regions - allUsd(half) * all.regions) /
		(all.functions * half.regions - half.functions * all.regions);
	const variable = perFunction * organisation.functions;
	const fixed = measured - perFunction * all.functions;
	const unit = 'USD';
	report(
		row('all-in a month, 600 functions in 12 accounts, 2 regions each', {
			// Of a smaller organisation it would be no verdict.
			...{ value: fixed + variable, unit, ...(isOrganisation(all) ? { atMost: 30 } : {}) },
			note: `${measured.toFixed(2)} measured of ${all.functions} functions in ${all.accounts} accounts and ${all.regions} active regions, 17 enabled in each account; ${allUsd(half).toFixed(2)} of ${half.functions} in ${half.regions}`,
		}),
	);
	const own = ownUsd(all);
	const asked = sum(all, 'cloudwatch:GetMetricData', 'billedUnits') / all.days;
	const totals = totalsPerRegionDay * all.regions;
	const usdOf = (metrics: number) => metrics * metricUsd * daysPerMonth;
	const parts: readonly [string, number][] = [
		['CloudWatch, totals of the regions', usdOf(totals)],
		['CloudWatch, functions', usdOf(asked - totals)],
		['DynamoDB writes', own.writes],
		['DynamoDB reads', own.reads],
		['SQS', own.queue],
		['Lambda at work', own.work],
		['Lambda waiting for its turn', own.wait],
	];
	for (const [part, value] of parts) report(row(`… of it ${part}`, { value, unit }));
	report(row('… its fixed part, of accounts and regions', { value: fixed, unit }));
	report(row('… its part by function', { value: variable, unit }));
}

function isOrganisation({ accounts, regions, functions: listed }: FleetUse): boolean {
	const { accounts: wanted, regions: active, functions: all } = organisation;
	return accounts === wanted && regions === active && listed >= 0.95 * all;
}

function reportTruth(of: string, use: FleetUse, report: (row: BenchRow) => void): void {
	const [first] = use.wrong;
	report(
		row(`${of}function-minutes that differ from the truth`, {
			...{ value: use.wrong.length, unit: 'minutes', atMost: 0 },
			note: `counts, errors, throttles and Duration sums of ${use.executions.toLocaleString('en')} executions${first === undefined ? '' : `; the first: ${first}`}`,
		}),
	);
}
