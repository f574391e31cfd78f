import type {
	GetCostAndUsageRequest,
	GetCostAndUsageResponse,
	Group,
	GroupDefinition,
	MetricValue,
	ResultByTime,
} from '@aws-sdk/client-cost-explorer';

import { decimalText, usdText } from '../../bill/money.ts';
import type { BillRow } from '../../bill/rows.ts';
import { isEstimated, monthStart, nextMonth } from '../../bill/calendar.ts';
import { monthRows } from '../../bill/statement.ts';
import type { Call } from '../../wire/service.ts';
import { AwsError } from '../../wire/awsError.ts';
import type { LivingWorld } from '../../world/create.ts';
import { pageToken, positionOf } from '../page.ts';
import { dimensionOf, rowTest } from './filter.ts';
import { invalid } from './refusals.ts';

const dayMs = 86_400_000;
/** Groups on one page; each page is a request that costs a cent. */
const groupsPerPage = 500;
// Cost Explorer keeps the current month and 13 before it unless more is asked for (user guide, read 2026-04).
const monthsKept = 14;

const metricNames = [
	'AmortizedCost',
	'BlendedCost',
	'NetAmortizedCost',
	'NetUnblendedCost',
	'NormalizedUsageAmount',
	'UnblendedCost',
	'UsageQuantity',
] as const;
type MetricName = (typeof metricNames)[number];

interface Period {
	readonly fromMs: number;
	readonly toMs: number;
	readonly isEstimated: boolean;
	readonly rows: readonly BillRow[];
}

/** Answers GetCostAndUsage: a payer sees every account, any other account its own lines. */
export async function getCostAndUsage(
	world: LivingWorld,
	input: GetCostAndUsageRequest,
	call: Call,
): Promise<GetCostAndUsageResponse> {
	const metrics = readMetrics(input);
	const groupBy = readGroups(input);
	const range = readRange(input, call.nowMs);
	const isMonthly = input.Granularity === 'MONTHLY';
	if (!isMonthly && input.Granularity !== 'DAILY') {
		throw invalid(
			input.Granularity === 'HOURLY'
				? 'Hourly data granularity is not enabled for this account'
				: 'Granularity must be DAILY or MONTHLY',
		);
	}
	const isVisible = rowTest(input.Filter);
	const isPayer = call.accountId === world.organization.managementAccountId;
	const rows = (await rowsBetween(world, range, call.nowMs)).filter(
		(row) => (isPayer || row.accountId === call.accountId) && isVisible(row),
	);
	const periods = periodsOf(range, { isMonthly, rows, nowMs: call.nowMs });
	const results = periods.map((period) => resultOf(period, { metrics, groupBy }));
	return page(results, { groupBy, token: input.NextPageToken });
}

function readMetrics(input: GetCostAndUsageRequest): MetricName[] {
	const asked = input.Metrics ?? [];
	if (asked.length === 0) throw invalid('At least one metric must be specified');
	return asked.map((name) => {
		const known = metricNames.find((metric) => metric.toLowerCase() === name.toLowerCase());
		if (known === undefined)
			throw invalid(`Metric ${name} is invalid. Valid values are ${metricNames.join(', ')}`);
		return known;
	});
}

function readGroups(input: GetCostAndUsageRequest): GroupDefinition[] {
	const groups = input.GroupBy ?? [];
	if (groups.length > 2) throw invalid('You can group by at most two dimensions');
	for (const group of groups) {
		if (group.Type !== undefined && group.Type !== 'DIMENSION') {
			throw invalid(`Grouping by ${group.Type} is not simulated`);
		}
	}
	return groups.map((group) => ({ Type: 'DIMENSION', Key: group.Key ?? '' }));
}

function readRange(input: GetCostAndUsageRequest, nowMs: number) {
	const { Start: start = '', End: end = '' } = input.TimePeriod ?? {};
	const fromMs = dateOf(start, 'Start');
	const toMs = dateOf(end, 'End');
	if (toMs <= fromMs) throw invalid('Start date (and hour) should be before end date (and hour)');
	const oldest = new Date(monthStart(nowMs));
	oldest.setUTCMonth(oldest.getUTCMonth() - (monthsKept - 1));
	if (fromMs < oldest.getTime()) {
		throw new AwsError(
			'ValidationException',
			`You haven't enabled historical data beyond ${monthsKept} months`,
		);
	}
	if (fromMs > nowMs) {
		throw new AwsError(
			'DataUnavailableException',
			'Data is not available. Please try again later.',
		);
	}
	return { fromMs, toMs };
}

function dateOf(text: string, name: string): number {
	const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
	if (Number.isNaN(ms))
		throw invalid(`${name} time ${text} is invalid. Valid format is: yyyy-MM-dd`);
	return ms;
}

async function rowsBetween(
	world: LivingWorld,
	range: { fromMs: number; toMs: number },
	nowMs: number,
): Promise<BillRow[]> {
	const rows: BillRow[] = [];
	const lastMs = Math.min(range.toMs, nowMs + dayMs);
	for (let month = monthStart(range.fromMs); month < lastMs; month = nextMonth(month)) {
		for (const row of await monthRows(world, month, nowMs)) {
			if (row.dayMs >= range.fromMs && row.dayMs < range.toMs) rows.push(row);
		}
	}
	return rows;
}

function periodsOf(
	range: { fromMs: number; toMs: number },
	facts: { isMonthly: boolean; rows: readonly BillRow[]; nowMs: number },
): Period[] {
	const periods: Period[] = [];
	for (let fromMs = range.fromMs; fromMs < range.toMs;) {
		const end = facts.isMonthly ? nextMonth(monthStart(fromMs)) : fromMs + dayMs;
		const toMs = Math.min(end, range.toMs);
		const start = fromMs;
		periods.push({
			fromMs: start,
			toMs,
			isEstimated: isEstimated(monthStart(start), facts.nowMs),
			rows: facts.rows.filter((row) => row.dayMs >= start && row.dayMs < toMs),
		});
		fromMs = toMs;
	}
	return periods;
}

function resultOf(
	period: Period,
	asked: { metrics: readonly MetricName[]; groupBy: readonly GroupDefinition[] },
): ResultByTime {
	const { metrics, groupBy } = asked;
	const head = {
		TimePeriod: { Start: dayText(period.fromMs), End: dayText(period.toMs) },
		Estimated: period.isEstimated,
	};
	if (groupBy.length === 0) {
		return { ...head, Total: valuesOf(period.rows, metrics), Groups: [] };
	}
	const groups = new Map<string, { keys: string[]; rows: BillRow[] }>();
	for (const row of period.rows) {
		const keys = groupBy.map((group) => dimensionOf(row, group.Key ?? ''));
		const key = keys.join('\u0000');
		const group = groups.get(key);
		if (group === undefined) groups.set(key, { keys, rows: [row] });
		else group.rows.push(row);
	}
	const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
	return {
		...head,
		Total: {},
		Groups: sorted.map(([, group]): Group => ({
			Keys: group.keys,
			Metrics: valuesOf(group.rows, metrics),
		})),
	};
}

function valuesOf(
	rows: readonly BillRow[],
	metrics: readonly MetricName[],
): Record<string, MetricValue> {
	return Object.fromEntries(metrics.map((metric) => [metric, valueOf(rows, metric)]));
}

function valueOf(rows: readonly BillRow[], metric: MetricName): MetricValue {
	switch (metric) {
		case 'UnblendedCost':
		case 'NetUnblendedCost':
		case 'BlendedCost':
			return usd(rows.reduce((sum, row) => sum + row.unblended, 0n));
		case 'AmortizedCost':
		case 'NetAmortizedCost':
			return usd(rows.reduce((sum, row) => sum + row.amortized, 0n));
		case 'NormalizedUsageAmount':
			return { Amount: '0', Unit: 'N/A' };
		case 'UsageQuantity':
			return quantityOf(rows);
	}
}

function usd(value: bigint): MetricValue {
	return { Amount: usdText(value), Unit: 'USD' };
}

/** Quantities of different units are added all the same, as Cost Explorer does; the unit is then N/A. */
function quantityOf(rows: readonly BillRow[]): MetricValue {
	const counted = rows.filter((row) => row.unit !== null);
	const units = new Set(counted.map((row) => row.unit));
	const [first] = counted;
	const byDivisor = new Map<bigint, bigint>();
	for (const row of counted) {
		byDivisor.set(row.perUnit, (byDivisor.get(row.perUnit) ?? 0n) + row.quantity);
	}
	// One common denominator, so that the sum is rounded once.
	const common = [...byDivisor.keys()].reduce((product, divisor) => product * divisor, 1n);
	const sum = [...byDivisor].reduce(
		(total, [divisor, quantity]) => total + quantity * (common / divisor),
		0n,
	);
	return {
		Amount: decimalText(sum, common),
		Unit: units.size === 1 ? (first?.unit ?? 'N/A') : 'N/A',
	};
}

function page(
	results: readonly ResultByTime[],
	facts: { groupBy: readonly GroupDefinition[]; token: string | undefined },
): GetCostAndUsageResponse {
	const refused = () => invalid('Invalid NextPageToken');
	const skip = Number(positionOf('cost', facts.token, refused)?.[0] ?? 0);
	const shown: ResultByTime[] = [];
	let position = 0;
	let isMore = false;
	for (const result of results) {
		// A period without groups takes a place too, so that it is shown once.
		const size = Math.max(1, result.Groups?.length ?? 0);
		const from = Math.max(0, skip - position);
		const to = Math.min(size, skip + groupsPerPage - position);
		position += size;
		if (from < to) shown.push({ ...result, Groups: (result.Groups ?? []).slice(from, to) });
		if (to < size) isMore = true;
	}
	return {
		ResultsByTime: shown,
		DimensionValueAttributes: [],
		...(facts.groupBy.length === 0 ? {} : { GroupDefinitions: [...facts.groupBy] }),
		...(isMore ? { NextPageToken: pageToken('cost', [String(skip + groupsPerPage)]) } : {}),
	};
}

function dayText(atMs: number): string {
	return new Date(atMs).toISOString().slice(0, 10);
}
