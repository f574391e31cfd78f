import type { LivingWorld } from '../../world/create.ts';
import type { Member } from '../../world/fleet.ts';
import { stretches, type Stretch } from '../../world/run/rows.ts';
import { gaugeMinutes } from './concurrency.ts';
import type { GaugeMetric, RowMetric } from './metrics.ts';
import { Samples } from './samples.ts';
import type { Source } from './source.ts';
import {
	isMinuteVisible,
	isRowVisible,
	isWholeBlockVisible,
	type Visibility,
	visibilityOf,
} from './visible.ts';

/** Which datapoints are asked: `count` periods from `startMs` on. */
export interface Window {
	readonly startMs: number;
	readonly periodMs: number;
	readonly count: number;
}

export interface SeriesRequest {
	readonly source: Source;
	readonly window: Window;
	readonly nowMs: number;
	/** Percentiles need the samples themselves. */
	readonly keepsValues: boolean;
	/** Milliseconds that a fault holds a member's data back. */
	readonly lateMs: (member: Member | null) => number;
}

const minuteMs = 60_000;

/** The samples of a metric by period. */
export function collectSamples(world: LivingWorld, request: SeriesRequest): Samples {
	const samples = new Samples(request.window.count, request.keepsValues);
	const { metric } = request.source;
	if (metric.kind === 'gauge') collectGauge(world, request, { metric, samples });
	else collectRows(world, request, { metric, samples });
	return samples;
}

function collectRows(
	world: LivingWorld,
	request: SeriesRequest,
	target: { metric: RowMetric; samples: Samples },
): void {
	const { window, source, nowMs } = request;
	const endMs = Math.min(window.startMs + window.count * window.periodMs, nowMs);
	const range = { fromMs: window.startMs, toMs: Math.ceil(endMs / minuteMs) * minuteMs };
	for (const member of source.members) {
		const late = request.lateMs(source.isRegionTotal ? null : member);
		const visibility = visibilityOf(seriesKey(source, member), nowMs, late);
		for (const stretch of stretches(world.blocks, member, range)) {
			addRows(request, { ...target, member, stretch, visibility });
			if (target.metric.countsThrottles === true) {
				addThrottles(request, { ...target, stretch, visibility });
			}
		}
	}
}

function seriesKey(source: Source, member: Member): string {
	return source.isRegionTotal ? `${source.accountId}.${source.region}` : member.id;
}

interface RowsToAdd {
	readonly metric: RowMetric;
	readonly samples: Samples;
	readonly member: Member;
	readonly stretch: Stretch;
	readonly visibility: Visibility;
}

function addRows(request: SeriesRequest, to: RowsToAdd): void {
	const { window, source } = request;
	const { metric, samples, member, stretch, visibility } = to;
	const { block } = stretch;
	const isWhole = isWholeBlockVisible(visibility, block);
	const base = block.startMs - window.startMs;
	const { keeps } = source;
	for (let row = stretch.from; row < stretch.to; row++) {
		if (!isWhole && !isRowVisible(visibility, member, block, row)) continue;
		if (keeps !== undefined && !keeps(member, block, row)) continue;
		const value = metric.sample(member, block, row);
		if (value === null) continue;
		samples.add(Math.floor((base + (block.offsetMs[row] ?? 0)) / window.periodMs), value);
	}
}

function addThrottles(
	request: SeriesRequest,
	to: { samples: Samples; stretch: Stretch; visibility: Visibility },
): void {
	const { window } = request;
	const { block } = to.stretch;
	const endMs = window.startMs + window.count * window.periodMs;
	for (let minute = 0; minute < 60; minute++) {
		const count = block.throttles[minute] ?? 0;
		const atMs = block.startMs + minute * minuteMs;
		if (count === 0 || atMs < window.startMs || atMs >= endMs) continue;
		if (!isMinuteVisible(to.visibility, atMs)) continue;
		to.samples.addMany(Math.floor((atMs - window.startMs) / window.periodMs), 1, count);
	}
}

function collectGauge(
	world: LivingWorld,
	request: SeriesRequest,
	target: { metric: GaugeMetric; samples: Samples },
): void {
	const { window, source, nowMs } = request;
	const visibility = visibilityOf(source.key, nowMs, request.lateMs(source.members[0] ?? null));
	const endMs = Math.min(window.startMs + window.count * window.periodMs, nowMs);
	const levels = gaugeMinutes(world, source, {
		gauge: target.metric.gauge,
		range: { fromMs: window.startMs, toMs: endMs },
	});
	for (const { atMs, level } of levels) {
		if (!isMinuteVisible(visibility, atMs)) continue;
		target.samples.add(Math.floor((atMs - window.startMs) / window.periodMs), level);
	}
}
