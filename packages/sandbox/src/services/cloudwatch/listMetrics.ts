import type {
	Dimension,
	DimensionFilter,
	ListMetricsInput,
	ListMetricsOutput,
	Metric,
} from '@aws-sdk/client-cloudwatch';

import { AwsError } from '../../wire/awsError.ts';
import type { Call } from '../../wire/service.ts';
import { loggingOf } from '../../world/configuration.ts';
import type { LivingWorld } from '../../world/create.ts';
import type { Member } from '../../world/fleet.ts';
import { hourAt } from '../../world/run/hour.ts';
import { lambdaMetrics, logsMetrics } from './metrics.ts';
import { readToken, writeToken } from './page.ts';
import { resourceOf } from './source.ts';

// ListMetrics: 500 a page; a new metric shows up within 15 minutes; one without data for two weeks is
// left out; RecentlyActive knows PT3H alone (API reference, read 2026-11).
const perPage = 500;
const delayMs = 15 * 60_000;
const forgottenMs = 14 * 86_400_000;
const recentMs = 3 * 3_600_000;

/** Answers ListMetrics from what ran, not from what is configured. */
export function listMetrics(
	world: LivingWorld,
	input: ListMetricsInput,
	call: Call,
): ListMetricsOutput {
	if (input.RecentlyActive !== undefined && input.RecentlyActive !== 'PT3H') {
		throw new AwsError(
			'InvalidParameterValue',
			`The value ${String(input.RecentlyActive)} for parameter RecentlyActive is invalid.`,
		);
	}
	const spanMs = input.RecentlyActive === 'PT3H' ? recentMs : forgottenMs;
	const active = world
		.membersIn(call.accountId, call.region)
		.filter((member) => ranWithin(world, member, { nowMs: call.nowMs, spanMs }));
	const found = allMetrics(active, input).filter((metric) => fits(metric, input));
	const skip = readToken(input.NextToken, 'lm');
	const page = found.slice(skip, skip + perPage);
	return {
		Metrics: page,
		...(skip + perPage < found.length ? { NextToken: writeToken(skip + perPage, 'lm') } : {}),
	};
}

/** Whether a function ran in the last `spanMs`, as far as ListMetrics knows by now. */
function ranWithin(
	world: LivingWorld,
	member: Member,
	facts: { nowMs: number; spanMs: number },
): boolean {
	const untilMs = facts.nowMs - delayMs;
	const fromMs = facts.nowMs - facts.spanMs;
	for (let hour = hourAt(member, untilMs); hour >= hourAt(member, fromMs); hour--) {
		const block = world.blocks.get(member, hour);
		if (block === null) continue;
		for (let row = block.length - 1; row >= 0; row--) {
			const atMs = block.startMs + (block.offsetMs[row] ?? 0);
			if (atMs < untilMs && atMs >= fromMs) return true;
		}
		if (block.throttles.some((count) => count > 0)) return true;
	}
	return false;
}

function allMetrics(active: readonly Member[], input: ListMetricsInput): Metric[] {
	if (active.length === 0) return [];
	const wants = (name: string) => input.MetricName === undefined || input.MetricName === name;
	const metrics: Metric[] = [];
	if (input.Namespace === undefined || input.Namespace === 'AWS/Lambda') {
		for (const name of Object.keys(lambdaMetrics).filter(wants)) {
			metrics.push(...lambdaMetric(name, active));
		}
	}
	if (input.Namespace === undefined || input.Namespace === 'AWS/Logs') {
		for (const name of Object.keys(logsMetrics).filter(wants)) {
			metrics.push(...logsMetric(name, active));
		}
	}
	return metrics;
}

function lambdaMetric(name: string, active: readonly Member[]): Metric[] {
	const kind = lambdaMetrics[name];
	if (kind === undefined) return [];
	const metric = (dimensions: Dimension[]): Metric => ({
		Namespace: 'AWS/Lambda',
		MetricName: name,
		Dimensions: dimensions,
	});
	const isProvisionedGauge = kind.kind === 'gauge' && kind.gauge.startsWith('provisioned');
	const owners = active.filter((member) => {
		if (kind.kind === 'rows') return kind.has(member);
		return !isProvisionedGauge || member.blueprint.provisionedConcurrency !== null;
	});
	if (owners.length === 0) return [];
	const isForFunctions = kind.kind === 'rows' || kind.scope !== 'region';
	const isForRegion = kind.kind === 'rows' || kind.scope !== 'function';
	const perFunction = (member: Member): Metric[] => [
		metric([{ Name: 'FunctionName', Value: member.name }]),
		metric([
			{ Name: 'FunctionName', Value: member.name },
			{ Name: 'Resource', Value: resourceOf(member) },
		]),
	];
	return [
		...(isForRegion ? [metric([])] : []),
		...(isForFunctions ? owners.flatMap(perFunction) : []),
	];
}

function logsMetric(name: string, active: readonly Member[]): Metric[] {
	const groups = new Set(active.map((member) => loggingOf(member).logGroup));
	const dimensions = [[], ...[...groups].map((group) => [{ Name: 'LogGroupName', Value: group }])];
	return dimensions.map((list) => ({
		Namespace: 'AWS/Logs',
		MetricName: name,
		Dimensions: list,
	}));
}

/** Every dimension that is asked for must be there, with the value where one is given. */
function fits(metric: Metric, input: ListMetricsInput): boolean {
	const has = (filter: DimensionFilter) =>
		(metric.Dimensions ?? []).some(
			({ Name, Value }) =>
				Name === filter.Name && (filter.Value === undefined || Value === filter.Value),
		);
	return (input.Dimensions ?? []).every(has);
}
