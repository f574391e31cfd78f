import type { Attention } from '../contract/overview.ts';
import type { TroubledConnection } from '../contract/workspace.ts';
import type { MonthWatch } from '../cost/watch.ts';
import { picoToUsd } from '@lamplight/core/watchcost/watchcost';
import { type AppDeploy, markerOf } from './deploys.ts';
import { labelOf } from './connections.ts';
import { share } from './figures.ts';
import type { Fleet, FleetItem } from './fleet.ts';
import { memo } from './memo.ts';
import { rise } from './movers.ts';
import { instant } from './range.ts';
import type { SparkView } from './sparks.ts';

/** What the pages' stories are told from. */
export interface Story {
	readonly fleet: Fleet;
	readonly sparks: SparkView;
	readonly deploys: readonly AppDeploy[];
	readonly appNames: ReadonlyMap<string, string>;
	readonly names: ReadonlyMap<string, string>;
}

export interface AttentionInput extends Story {
	readonly connections: readonly TroubledConnection[];
	readonly watch: MonthWatch;
}

/** Failing is worth a person above this share, and this many failures. */
const failingShare = 0.01;
const failingErrors = 20;
const throttledTimes = 20;
/** Twice as slow as the span before, over enough executions. */
const slowerRatio = 2;
const slowerInvocations = 500;
const watchCapShare = 0.9;
const perKind = 5;
const most = 20;

/** What needs a person now, worst first. */
export function attentionOf(input: AttentionInput): Attention[] {
	return [
		...failing(input),
		...throttled(input),
		...input.connections.map((connection): Attention => ({ kind: 'connection', connection })),
		...slower(input),
		...nearCap(input.watch),
	].slice(0, most);
}

function failing({ fleet, names, deploys, appNames }: AttentionInput): Attention[] {
	return memo(fleet, 'failing', () =>
		fleet.items
			.flatMap((item) => {
				const errors = item.now?.errors ?? 0;
				const errorShare = share(errors, item.now?.errorsKnownInvocations ?? null);
				const previous = share(item.before?.errors ?? null, item.before?.invocations ?? null);
				if (errorShare === null || errors < failingErrors || errorShare < failingShare) return [];
				// What always fails this much is an issue on its own page, not news.
				if (previous !== null && errorShare < 1.5 * previous) return [];
				return [{ item, errors, errorShare, previous }];
			})
			.sort((a, b) => b.errors - a.errors)
			.slice(0, perKind),
	).map(({ item, errors, errorShare, previous }) => {
		const since = sinceOf(fleet, item.errorSpark);
		const deploy = deployBefore(deploys, item, since ?? fleet.range.toMs, fleet.stepMs);
		return {
			kind: 'failing',
			function: labelOf(item.fn, names),
			errorShare,
			previousErrorShare: previous,
			errors,
			since: since === null ? null : instant(since),
			deploy: deploy === null ? null : markerOf(deploy, appNames.get(deploy.appId ?? '') ?? null),
		};
	});
}

function throttled({ fleet, names }: AttentionInput): Attention[] {
	return memo(fleet, 'throttled', () =>
		fleet.items
			.filter(({ now }) => (now?.throttles ?? 0) >= throttledTimes)
			.sort((a, b) => (b.now?.throttles ?? 0) - (a.now?.throttles ?? 0))
			.slice(0, perKind),
	).map((item) => ({
		kind: 'throttled',
		function: labelOf(item.fn, names),
		throttles: item.now?.throttles ?? 0,
		reservedConcurrency: item.fn.reservedConcurrency,
		since: null,
	}));
}

function slower({ fleet, names, deploys, appNames }: AttentionInput): Attention[] {
	return memo(fleet, 'slower', () =>
		fleet.items
			.flatMap((item) => {
				const now = item.now?.p95Us ?? null;
				const before = item.before?.p95Us ?? null;
				if (now === null || before === null || now < slowerRatio * before) return [];
				if (
					Math.min(item.now?.invocations ?? 0, item.before?.invocations ?? 0) < slowerInvocations
				) {
					return [];
				}
				return [{ item, now, before }];
			})
			.sort((a, b) => b.now / b.before - a.now / a.before)
			.slice(0, perKind),
	).map(({ item, now, before }) => {
		const deploy = deployBefore(deploys, item, fleet.range.toMs, 0);
		return {
			kind: 'slower',
			function: labelOf(item.fn, names),
			p95Ms: now / 1_000,
			previousP95Ms: before / 1_000,
			deploy: deploy === null ? null : markerOf(deploy, appNames.get(deploy.appId ?? '') ?? null),
		};
	});
}

function nearCap(watch: MonthWatch): Attention[] {
	return watch.connections.flatMap(({ connection, picoUsd }) => {
		const cap = connection.watchBudgetUsdPerMonth;
		const usedShare = cap === 0 ? null : picoToUsd(picoUsd) / cap;
		if (usedShare === null || usedShare < watchCapShare) return [];
		const { id, accountName } = connection;
		return [{ kind: 'watchCap', connectionId: id, accountName, usedShare } as const];
	});
}

function sinceOf(fleet: Fleet, spark: FleetItem['errorSpark']): number | null {
	const at = rise(spark);
	if (at === null || spark === null) return null;
	const stepMs = (fleet.range.toMs - fleet.range.fromMs) / spark.length;
	return Math.round(fleet.range.fromMs + at * stepMs);
}

/** The newest deploy that touched the function before a moment, allowing for a step of blur. */
export function deployBefore(
	deploys: readonly AppDeploy[],
	{ fn }: Pick<FleetItem, 'fn'>,
	atMs: number,
	blurMs: number,
): AppDeploy | null {
	return (
		deploys.find(
			(one) =>
				one.atMs <= atMs + blurMs &&
				one.members.some(
					({ functionId, appId }) =>
						functionId === fn.id || (functionId === null && appId === (fn.app?.id ?? '')),
				),
		) ?? null
	);
}
