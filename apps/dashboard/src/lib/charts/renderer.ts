import {
	BarController,
	BarElement,
	Chart,
	Filler,
	LinearScale,
	LineController,
	LineElement,
	PointElement,
	type ChartDataset,
} from 'chart.js';

import { withAlpha } from './colors.ts';
import type { DrawnSeries, DrawnSpan, TimeAxis } from './model.ts';

Chart.register(
	BarController,
	BarElement,
	Filler,
	LinearScale,
	LineController,
	LineElement,
	PointElement,
);

type Point = { x: number; y: number | null };
type Dataset = ChartDataset<'bar' | 'line', Point[]>;
type Plot = Chart<'bar' | 'line', Point[]>;

/** Bars over a span that is still arriving are drawn at this strength. */
const provisionalAlpha = 0.45;
const areaAlpha = 0.16;
const stackedAlpha = 0.8;

export interface Picture {
	readonly axis: TimeAxis;
	readonly series: readonly DrawnSeries[];
	readonly spans: readonly DrawnSpan[];
	readonly max: number;
	/** Colours of the theme in use by token. */
	color(token: string): string;
}

/**
 * Draws the plot alone: no axes, no text, no events. Text and pointer live in the page over it, so
 * that text never scales and a moving pointer draws nothing here.
 */
export class Renderer {
	readonly #chart: Plot;

	constructor(canvas: HTMLCanvasElement) {
		this.#chart = new Chart<'bar' | 'line', Point[]>(canvas, {
			type: 'line',
			data: { datasets: [] },
			options: {
				animation: false,
				parsing: false,
				normalized: true,
				events: [],
				responsive: true,
				maintainAspectRatio: false,
				layout: { padding: 0, autoPadding: false },
				elements: { point: { radius: 0 }, line: { borderJoinStyle: 'round' } },
				scales: {
					x: { type: 'linear', display: false, offset: false, grid: { offset: false } },
					y: { type: 'linear', display: false, min: 0, stacked: true },
				},
			},
		});
	}

	draw(picture: Picture): void {
		const { axis, series, max } = picture;
		const scales = this.#chart.options.scales;
		if (scales?.['x'] !== undefined) {
			scales['x'].min = axis.fromMs;
			scales['x'].max = axis.toMs;
		}
		if (scales?.['y'] !== undefined) scales['y'].max = max;
		this.#chart.data.datasets = series.map((one, index) => dataset(one, index, picture));
		this.#chart.update('none');
	}

	destroy(): void {
		this.#chart.destroy();
	}
}

function dataset(series: DrawnSeries, index: number, picture: Picture): Dataset {
	const color = picture.color(series.color);
	const data = points(series, picture.axis);
	// Series without a stack of their own would be summed by Chart.js: each gets one.
	const stack = series.stack ?? series.id;
	if (series.kind === 'bar') {
		return {
			type: 'bar',
			data,
			stack,
			backgroundColor: barColors(color, picture),
			barPercentage: 0.9,
			categoryPercentage: 1,
			order: index,
		};
	}
	const stacked = series.stack !== undefined;
	return {
		type: 'line',
		data,
		stack,
		borderColor: color,
		borderWidth: series.width ?? (stacked ? 1 : 1.6),
		borderDash: series.dashed === true ? [4, 3] : [],
		backgroundColor: withAlpha(color, stacked ? stackedAlpha : areaAlpha),
		fill: series.kind === 'area' ? (stacked ? 'stack' : 'origin') : false,
		spanGaps: false,
		order: index,
	};
}

/** Bars stand in the middle of their step; lines run from middle to middle too, so that both agree. */
function points(series: DrawnSeries, axis: TimeAxis): Point[] {
	const middle = axis.fromMs + axis.stepMs / 2;
	return Array.from({ length: axis.count }, (_, index) => ({
		x: middle + index * axis.stepMs,
		y: series.values[index] ?? null,
	}));
}

function barColors(color: string, { axis, spans }: Picture): string | string[] {
	const provisional = spans.filter(({ state }) => state === 'provisional');
	if (provisional.length === 0) return color;
	const faded = withAlpha(color, provisionalAlpha);
	return Array.from({ length: axis.count }, (_, index) => {
		const middle = axis.fromMs + (index + 0.5) * axis.stepMs;
		return provisional.some(({ fromMs, toMs }) => fromMs <= middle && middle < toMs)
			? faded
			: color;
	});
}
