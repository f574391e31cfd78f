import { dayMs, hourMs, minuteMs, type TimeRange } from '@lamplight/core/time';

import { clock, day } from '../format/time.ts';
import { offsetMs } from '../format/zone.ts';

/** A value axis that begins at 0: its end, and where the lines lie. */
export interface ValueScale {
	readonly max: number;
	readonly ticks: readonly number[];
}

const niceSteps = [1, 2, 2.5, 5, 10];
/** Memory is counted in halves and quarters of 1,024, so its lines lie there too. */
const binarySteps = [128, 256, 512, 1024, 2048, 4096];

interface ScaleOptions {
	/** The most lines above 0. */
	readonly lines?: number;
	readonly binary?: boolean;
	/** Counts have no half. */
	readonly whole?: boolean;
}

/** A scale from 0 to a round number at or above `highest`, with 3 or 4 lines above 0. */
export function valueScale(highest: number, options: ScaleOptions = {}): ValueScale {
	const lines = options.lines ?? 4;
	if (!(highest > 0)) return { max: 1, ticks: options.whole === true ? [0, 1] : [0] };
	const step = options.binary === true ? binaryStep(highest, lines) : niceStep(highest / lines);
	const used = options.whole === true ? Math.max(1, Math.ceil(step)) : step;
	const count = Math.ceil(highest / used - 1e-9);
	return { max: used * count, ticks: Array.from({ length: count + 1 }, (_, i) => round(used * i)) };
}

function niceStep(least: number): number {
	const power = 10 ** Math.floor(Math.log10(least));
	const nice = niceSteps.find((step) => step * power >= least - 1e-12) ?? 10;
	return nice * power;
}

function binaryStep(highest: number, lines: number): number {
	return binarySteps.find((step) => highest / step <= lines) ?? 10_240;
}

function round(value: number): number {
	return Number(value.toPrecision(12));
}

export interface TimeTick {
	readonly atMs: number;
	readonly label: string;
}

const timeSteps = [
	1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 4320, 10_080, 20_160, 43_200,
].map((minutes) => minutes * minuteMs);

/** Ticks at round times of the zone, at most `most` of them, labelled by clock or by day. */
export function timeTicks(range: TimeRange, zone: string, most: number): TimeTick[] {
	const span = range.toMs - range.fromMs;
	const step = timeSteps.find((one) => span / one <= most + 0.5) ?? 60 * dayMs;
	// Hours and days are round in the zone's clocks, not in UTC.
	const shift = step >= hourMs ? offsetMs(range.fromMs, zone) : 0;
	const ticks: TimeTick[] = [];
	for (
		let at = Math.ceil((range.fromMs + shift) / step) * step - shift;
		at <= range.toMs;
		at += step
	) {
		ticks.push({ atMs: at, label: tickLabel(at, step, zone) });
	}
	return ticks;
}

function tickLabel(atMs: number, stepMs: number, zone: string): string {
	const time = clock(atMs, zone);
	if (stepMs >= dayMs) return day(atMs, zone);
	return time === '00:00' && stepMs >= hourMs ? day(atMs, zone) : time;
}

export interface Marker {
	readonly id: string;
	readonly atMs: number;
	readonly label: string;
}

export interface MarkerCluster {
	readonly id: string;
	readonly atMs: number;
	readonly label: string;
	readonly members: readonly Marker[];
	/** Where its line stands. */
	readonly xPx: number;
	/** Tags stand over the middle of their line, but for those that would leave the plot. */
	readonly tag: 'middle' | 'before' | 'after';
}

/** Markers nearer than this many pixels become one, and those whose tags would cover each other. */
const clusterPx = 24;
/** About the width of a tag: its letters, its padding, and no more than the style sheet allows. */
const letterPx = 6;
const tagPaddingPx = 12;
const widestTagPx = 130;

const tagPx = (label: string) => Math.min(widestTagPx, tagPaddingPx + label.length * letterPx);

interface Plot extends TimeRange {
	readonly widthPx: number;
}

function clusterOf(members: readonly Marker[], { fromMs, toMs, widthPx }: Plot): MarkerCluster {
	const newest = members.at(-1);
	if (newest === undefined) throw new Error('a cluster has at least one marker');
	const label = members.length === 1 ? newest.label : `${members.length} deploys`;
	const xPx = ((newest.atMs - fromMs) / (toMs - fromMs)) * widthPx;
	const half = tagPx(label) / 2;
	const tag = xPx + half > widthPx ? 'before' : xPx < half ? 'after' : 'middle';
	return { id: newest.id, atMs: newest.atMs, label, members, xPx, tag };
}

function leftOf({ xPx, tag, label }: MarkerCluster): number {
	return tag === 'middle' ? xPx - tagPx(label) / 2 : tag === 'before' ? xPx - tagPx(label) : xPx;
}

function cover(older: MarkerCluster, newer: MarkerCluster): boolean {
	const rightPx = leftOf(older) + tagPx(older.label);
	return newer.xPx - older.xPx < clusterPx || rightPx > leftOf(newer);
}

/**
 * Joins markers that would cover each other, from the newest back; the newest of a cluster gives it its
 * place, so that many in a row become several clusters and not one. A tag that grew may reach its
 * neighbour, which is then joined too.
 */
export function clusterMarkers(markers: readonly Marker[], plot: Plot): MarkerCluster[] {
	const clusters: MarkerCluster[] = [];
	for (const marker of [...markers].sort((one, other) => other.atMs - one.atMs)) {
		let last = clusterOf([marker], plot);
		for (let newer = clusters.at(-1); newer !== undefined && cover(last, newer);) {
			last = clusterOf([...last.members, ...newer.members], plot);
			clusters.pop();
			newer = clusters.at(-1);
		}
		clusters.push(last);
	}
	return clusters.reverse();
}

/** The index of the step that holds a moment; -1 outside the axis. */
export function indexAt(
	axis: { fromMs: number; stepMs: number; count: number },
	atMs: number,
): number {
	const index = Math.floor((atMs - axis.fromMs) / axis.stepMs);
	return index >= 0 && index < axis.count ? index : -1;
}
