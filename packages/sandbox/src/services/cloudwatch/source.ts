import type { Dimension } from '@aws-sdk/client-cloudwatch';

import type { LivingWorld } from '../../world/create.ts';
import type { Member } from '../../world/fleet.ts';
import type { Block } from '../../world/run/block.ts';
import { versionLabel } from '../../world/run/identity.ts';
import { loggingOf } from '../../world/configuration.ts';
import { lambdaMetrics, logsMetrics, type MetricKind } from './metrics.ts';

/** Where the samples of one metric with its dimensions come from. */
export interface Source {
	/** Names it for caches: account, region, metric, dimensions. */
	readonly key: string;
	readonly metric: MetricKind;
	readonly accountId: string;
	readonly region: string;
	readonly members: readonly Member[];
	readonly isRegionTotal: boolean;
	/** Narrows rows to one version; absent when all count. */
	readonly keeps?: (member: Member, block: Block, row: number) => boolean;
}

interface Asked {
	readonly namespace: string;
	readonly metricName: string;
	readonly dimensions: readonly Dimension[];
}

interface Place {
	readonly accountId: string;
	readonly region: string;
}

/** The source that a metric and its dimensions name exactly; `null` when CloudWatch has no such metric. */
export function sourceOf(world: LivingWorld, place: Place, asked: Asked): Source | null {
	const metric = metricOf(asked);
	if (metric === null) return null;
	const dimensions = new Map(asked.dimensions.map(({ Name, Value }) => [Name ?? '', Value ?? '']));
	const found =
		asked.namespace === 'AWS/Logs'
			? logGroupMembers(world, place, dimensions)
			: lambdaMembers(world, place, { metric, dimensions });
	if (found === null) return null;
	const named = [...dimensions].sort().flat().join('\u0000');
	return {
		key: [place.accountId, place.region, asked.namespace, asked.metricName, named].join('\u0000'),
		metric,
		...place,
		...found,
	};
}

function metricOf(asked: Asked): MetricKind | null {
	if (asked.namespace === 'AWS/Lambda') return lambdaMetrics[asked.metricName] ?? null;
	if (asked.namespace === 'AWS/Logs') return logsMetrics[asked.metricName] ?? null;
	return null;
}

type Found = Pick<Source, 'members' | 'isRegionTotal' | 'keeps'>;

function logGroupMembers(
	world: LivingWorld,
	place: Place,
	dimensions: ReadonlyMap<string, string>,
): Found | null {
	const members = world.membersIn(place.accountId, place.region);
	if (dimensions.size === 0) return { members, isRegionTotal: true };
	const group = dimensions.get('LogGroupName');
	if (group === undefined || dimensions.size > 1) return null;
	return {
		members: members.filter((member) => loggingOf(member).logGroup === group),
		isRegionTotal: false,
	};
}

function lambdaMembers(
	world: LivingWorld,
	place: Place,
	asked: { metric: MetricKind; dimensions: ReadonlyMap<string, string> },
): Found | null {
	const { metric, dimensions } = asked;
	if (dimensions.size === 0) {
		if (metric.kind === 'gauge' && metric.scope === 'function') return null;
		const members = world.membersIn(place.accountId, place.region);
		return { members: withMetric(members, metric), isRegionTotal: true };
	}
	const name = dimensions.get('FunctionName');
	if (name === undefined) return null;
	if (metric.kind === 'gauge' && metric.scope === 'region') return null;
	const member = world.member(`${place.accountId}.${place.region}.${name}`);
	const members = withMetric(member === null ? [] : [member], metric);
	if (dimensions.size === 1) return { members, isRegionTotal: false };
	return member === null ? null : qualified(member, members, dimensions);
}

function withMetric(members: readonly Member[], metric: MetricKind): readonly Member[] {
	if (metric.kind === 'gauge') return members;
	return members.filter((member) => metric.has(member));
}

/** `Resource` is the function's name, or the name with the alias that callers use. */
function qualified(
	member: Member,
	members: readonly Member[],
	dimensions: ReadonlyMap<string, string>,
): Found | null {
	if (dimensions.get('Resource') !== resourceOf(member)) return null;
	const version = dimensions.get('ExecutedVersion');
	if (version === undefined)
		return dimensions.size === 2 ? { members, isRegionTotal: false } : null;
	if (dimensions.size !== 3 || member.blueprint.release.alias === null) return null;
	return {
		members,
		isRegionTotal: false,
		keeps: (of, block, row) =>
			versionLabel(of, block.environments[block.environment[row] ?? 0]?.version ?? 0) === version,
	};
}

/** The `Resource` dimension that a function's executions carry. */
export function resourceOf(member: Member): string {
	const { alias } = member.blueprint.release;
	return alias === null ? member.name : `${member.name}:${alias}`;
}
