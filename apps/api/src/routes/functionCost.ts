import { functionParts } from '@lamplight/core/ids';
import { toNumber } from '@lamplight/core/money';

import type { FunctionCost as FunctionCostPage } from '../contract/functionPages.ts';
import {
	componentLabels,
	componentPricedAs,
	type CostComponent,
	costComponents,
	costOf,
	type FunctionCost,
} from '../cost/functionCost.ts';
import { type PriceBook, priceBook } from '../cost/prices.ts';
import { perThousand, wireMoney } from '../cost/wire.ts';
import { wireSpans } from '../fleet/completeness.ts';
import { functionDeploys, readFunction, directoryOf } from '../fleet/functionData.ts';
import { markerOf } from '../fleet/deploys.ts';
import { unpricedOf } from '../fleet/figures.ts';
import { knownCost } from '../fleet/knownCost.ts';
import { connectionKnownFromMs } from '../fleet/knownFrom.ts';
import { instant, resolved, resolveRange, spanBefore } from '../fleet/range.ts';
import { sumOf } from '../fleet/sum.ts';
import type { ApiRequest } from '../http/handlers.ts';
import type { RouteDeps } from './context.ts';

type CostRequest = ApiRequest<'GET /v1/w/{ws}/functions/{functionId}/cost'>;

/** What a function costs, component by component, with the rates and where they come from. */
export async function functionCostPage(
	deps: RouteDeps,
	{ ctx, params, query }: CostRequest,
): Promise<FunctionCostPage> {
	const id = params.functionId;
	const range = resolveRange(query, deps.clock());
	const before = spanBefore(range);
	const [reading, earlier] = await Promise.all([
		readFunction(deps, ctx, {
			id,
			range: { fromMs: range.fromMs, toMs: range.toMs },
			stepMs: range.stepMs,
		}),
		deps.store.series.readFunctionSeries(ctx, id, { range: before, stepMs: range.stepMs }),
	]);
	const deploys = await functionDeploys(deps, ctx, { id, range: reading.range });
	const fn = directoryOf(reading.fn);
	const book = priceBook(reading.range.toMs - 1);
	const figures = sumOf(reading.points);
	const figuresBefore = sumOf(earlier.points);
	const { cost, interval } = knownCost(fn, reading.points, reading.range);
	const costBefore =
		connectionKnownFromMs(reading.connections, fn.connectionId) <= before.fromMs
			? costOf(fn, figuresBefore, {
					range: earlier.range,
					book: priceBook(earlier.range.toMs - 1),
				})
			: null;
	return {
		range: resolved({ ...range, ...reading.range, stepMs: reading.stepMs }),
		total: {
			value: wireMoney(cost.total, cost.provenance),
			previous: costBefore && wireMoney(costBefore.total, costBefore.provenance),
		},
		...(interval === null ? {} : { interval }),
		costPerThousand: {
			value: perThousand(cost.total, figures.invocations, cost.provenance),
			previous:
				costBefore &&
				perThousand(costBefore.total, figuresBefore.invocations, costBefore.provenance),
		},
		components: componentsOf({ cost, costBefore, book, fn }),
		charts: {
			x: {
				from: instant(reading.range.fromMs),
				stepMs: reading.stepMs,
				count: stepCount(reading),
			},
			charts: [
				{
					id: 'cost',
					series: seriesOf(reading, fn),
					limits: [],
					provenance: cost.provenance,
					approximate: false,
				},
			],
			deploys: deploys.map((one) => markerOf(one, fn.app?.name ?? null)),
			spans: wireSpans(reading.spans),
		},
		unpriced: unpricedOf([{ cost, fn }]),
	};
}

interface ComponentInput {
	readonly cost: FunctionCost;
	/** `null` where the span before is not known. */
	readonly costBefore: FunctionCost | null;
	readonly book: PriceBook;
	readonly fn: ReturnType<typeof directoryOf>;
}

function componentsOf({
	cost,
	costBefore,
	book,
	fn,
}: ComponentInput): FunctionCostPage['components'] {
	const { region } = functionParts(fn.id);
	const partOf = (of: FunctionCost | null, component: CostComponent) =>
		of?.parts.find((part) => part.component === component);
	return costComponents
		.filter((component) => partOf(cost, component) ?? partOf(costBefore, component))
		.map((component) => {
			const now = partOf(cost, component);
			const then = partOf(costBefore, component);
			const price = book.unit(componentPricedAs(component, fn), region, fn.architecture);
			return {
				component,
				label: componentLabels[component],
				quantity: (now?.quantity ?? 0n).toString(),
				unit: baseUnits[component],
				rate: price.rate,
				rateUnit: price.unit,
				rateSource: price.source,
				cost: wireMoney(now?.cost ?? null, now?.provenance ?? 'estimated'),
				previous: wireMoney(then?.cost ?? null, then?.provenance ?? 'estimated'),
			};
		});
}

const baseUnits: Readonly<Record<CostComponent, string>> = {
	compute: 'MiB-ms',
	requests: 'requests',
	provisionedConcurrency: 'MiB-ms',
	logIngestion: 'bytes',
	logStorage: 'byte-hours',
	ephemeralStorage: 'MiB-ms',
};

type Reading = Awaited<ReturnType<typeof readFunction>>;

function stepCount({ range, stepMs }: Reading): number {
	return Math.max(1, Math.ceil((range.toMs - range.fromMs) / stepMs));
}

/** Dollars a step by component, for drawing. */
function seriesOf(reading: Reading, fn: ReturnType<typeof directoryOf>) {
	const { range, stepMs, points } = reading;
	const count = stepCount(reading);
	const byStep = new Map(
		points.map((point) => [Math.floor((point.atMs - range.fromMs) / stepMs), point]),
	);
	const book = priceBook(range.toMs - 1);
	const steps = Array.from({ length: count }, (_, at) => {
		const fromMs = range.fromMs + at * stepMs;
		return costOf(fn, byStep.get(at) ?? null, { range: { fromMs, toMs: fromMs + stepMs }, book });
	});
	return costComponents
		.map((component) => ({
			id: component,
			label: componentLabels[component],
			unit: 'usd' as const,
			values: steps.map(({ parts }) => {
				const cost = parts.find((part) => part.component === component)?.cost;
				return cost === undefined || cost === null ? 0 : toNumber(cost);
			}),
		}))
		.filter(({ values }) => values.some((value) => value !== 0));
}
