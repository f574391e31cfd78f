import type {
	Chart,
	ComparedMoney,
	CostProvenance,
	Money,
	Series,
	XAxis,
} from '@lamplight/api/contract/shared';
import type { Figures } from '@lamplight/api/contract/functions';

/** Figures that look lived in and never change: a small generator from a fixed seed. */
export function random(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}

/** The present of the fake world. */
export const nowMs = Math.floor(Date.now() / 60_000) * 60_000;
export const iso = (ms: number) => new Date(ms).toISOString();
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

export function money(amount: number, provenance: CostProvenance = 'measured'): Money {
	return {
		amount: amount.toFixed(8).replace(/\.?0+$/, ''),
		currency: 'USD',
		provenance,
		basis: 'list',
	};
}

export function compared(
	value: number,
	previous: number | null,
	provenance: CostProvenance = 'measured',
): ComparedMoney {
	return {
		value: money(value, provenance),
		previous: previous === null ? null : money(previous, provenance),
	};
}

/** Traffic of a working day: low at night, high at noon, with noise. */
export function daily(seed: number, count: number, stepMs: number, top: number): number[] {
	const next = random(seed);
	return Array.from({ length: count }, (_, index) => {
		const at = nowMs - (count - index) * stepMs;
		const hour = (at % dayMs) / hourMs;
		const shape = 0.35 + 0.65 * Math.max(0, Math.sin(((hour - 5) / 24) * 2 * Math.PI) * 0.5 + 0.5);
		return Math.round(top * shape * (0.92 + 0.16 * next()));
	});
}

export function axisFor(query: URLSearchParams): XAxis {
	const spanMs = spanOf(query);
	const stepMs =
		spanMs <= 2 * hourMs
			? 60_000
			: spanMs <= 8 * hourMs
				? 300_000
				: spanMs <= 2 * dayMs
					? 900_000
					: spanMs <= 8 * dayMs
						? hourMs
						: 6 * hourMs;
	const count = Math.round(spanMs / stepMs);
	const to = query.get('to');
	const endMs = to === null || to === 'now' ? nowMs : Date.parse(to);
	return { from: iso(endMs - count * stepMs), stepMs, count };
}

function spanOf(query: URLSearchParams): number {
	const from = query.get('from') ?? 'now-24h';
	const match = /^now-(\d+)([mhdw])$/.exec(from);
	if (match !== null)
		return (
			Number(match[1]) *
			({ m: 60_000, h: hourMs, d: dayMs, w: 7 * dayMs }[match[2] ?? 'h'] ?? hourMs)
		);
	return Math.max(60_000, Date.parse(query.get('to') ?? iso(nowMs)) - Date.parse(from));
}

export function rangeFor(query: URLSearchParams) {
	const x = axisFor(query);
	const from = Date.parse(x.from);
	const span = x.stepMs * x.count;
	const relative = query.get('from') ?? 'now-24h';
	return {
		range: {
			from: x.from,
			to: iso(from + span),
			stepMs: x.stepMs,
			relative: relative.startsWith('now') ? relative : null,
		},
		previousRange: { from: iso(from - span), to: x.from },
	};
}

interface FigureSeed {
	readonly invocations: number;
	readonly errorShare: number;
	readonly p95Ms: number;
	readonly memoryMib: number;
	readonly costUsd: number;
	readonly timeoutMs: number;
	readonly provenance?: CostProvenance;
	readonly completeness?: Figures['completeness'];
}

export function figures(seed: FigureSeed): Figures {
	const errors = Math.round(seed.invocations * seed.errorShare);
	const used = Math.round(seed.memoryMib * (0.3 + ((seed.invocations % 97) / 97) * 0.55));
	const provenance = seed.provenance ?? 'measured';
	return {
		invocations: seed.invocations,
		errors,
		errorShare: seed.errorShare,
		throttles: seed.invocations % 11 === 0 ? 52 : 0,
		throttleShare: seed.invocations % 11 === 0 ? 52 / seed.invocations : 0,
		meanMs: seed.p95Ms * 0.4,
		p50Ms: seed.p95Ms * 0.35,
		p95Ms: seed.p95Ms,
		p99Ms: seed.p95Ms * 2.3,
		maxMs: seed.p95Ms * 5,
		p99OfTimeout: (seed.p95Ms * 2.3) / seed.timeoutMs,
		timeouts: 0,
		coldStarts: Math.round(seed.invocations * 0.006),
		coldStartShare: 0.006,
		initMeanMs: 486,
		memoryUsedMib: used,
		memoryUsedShare: used / seed.memoryMib,
		peakConcurrency: Math.max(1, Math.round(seed.invocations / 40_000)),
		logBytes: seed.invocations * 512,
		cost: money(seed.costUsd, provenance),
		costPerThousand: money(
			seed.invocations === 0 ? 0 : (seed.costUsd / seed.invocations) * 1000,
			provenance,
		),
		completeness: seed.completeness ?? 'complete',
	};
}

type Values = readonly (number | null)[];

/** A chart of series by their names, without limits. */
export function chart(
	id: string,
	unit: Series['unit'],
	series: Readonly<Record<string, Values>>,
): Chart {
	return {
		id,
		series: Object.entries(series).map(([name, values]) => ({
			id: name,
			label: name,
			unit,
			values: [...values],
		})),
		limits: [],
		provenance: null,
		approximate: false,
	};
}
