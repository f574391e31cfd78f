import { provenances, completenesses } from '@lamplight/core/bucket/bucket';
import {
	accountIdSchema,
	connectionIdSchema,
	functionIdSchema,
	regionSchema,
} from '@lamplight/core/ids';
import * as z from 'zod';

/** The most points one series carries; a longer range gets a longer step. */
export const maxSeriesPoints = 700;
/** The most rows of one page of a list. */
export const maxPageRows = 200;

/** An ISO 8601 moment with its zone, such as `2026-11-23T14:20:00.000Z`. */
export const instantSchema = z.iso.datetime({ offset: true });
/** A UTC billing day, `YYYY-MM-DD`. */
export const daySchema = z.iso.date();
/** A UTC billing month, `YYYY-MM`. */
export const monthSchema = z
	.string()
	.regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'expected a month as YYYY-MM');

/** How a cost is known; `mixed` when its parts are known in different ways. */
export const costProvenanceSchema = z.enum([...provenances, 'mixed']);
export type CostProvenance = z.infer<typeof costProvenanceSchema>;

export const costBases = ['list', 'netUnblended', 'netAmortized'] as const;
export const costBasisSchema = z.enum(costBases);
export type CostBasis = z.infer<typeof costBasisSchema>;

/**
 * An exact amount: a decimal string that is never rounded, its currency, how it is known and on
 * which basis. Where a cost is unknown the field holds `null`, never a zero amount.
 */
export const moneySchema = z
	.object({
		amount: z.string().regex(/^-?\d+(\.\d+)?$/),
		currency: z.string().regex(/^[A-Z]{3}$/),
		provenance: costProvenanceSchema,
		basis: costBasisSchema,
	})
	.meta({ id: 'Money' });
export type Money = z.infer<typeof moneySchema>;

/** Usage that has no known rate. It is shown as "not priced", and is part of no total. */
export const unpricedSchema = z
	.object({
		what: z.string(),
		quantity: z.string(),
		unit: z.string(),
		reason: z.string(),
	})
	.meta({ id: 'Unpriced' });
export type Unpriced = z.infer<typeof unpricedSchema>;

export const completenessSchema = z.enum(completenesses);

/** A half-open span `[from, to)`. */
export const spanSchema = z.object({
	from: instantSchema.describe('Its first moment.'),
	to: instantSchema.describe('The first moment behind it.'),
});

/** The range that a page answered for, resolved from the relative one asked for. */
export const resolvedRangeSchema = spanSchema
	.extend({
		stepMs: z.number().int().positive(),
		/** What was asked, such as `now-24h`; `null` when the range was absolute. */
		relative: z.string().nullable(),
	})
	.meta({ id: 'ResolvedRange' });
export type ResolvedRange = z.infer<typeof resolvedRangeSchema>;

/**
 * A figure and the same figure over the span before; `null` where it is not known. Where not every
 * account is known in both, `comparable` is the part of `value` that `previous` is held against.
 */
export const comparedNumberSchema = z
	.object({
		value: z.number().nullable(),
		previous: z.number().nullable(),
		comparable: z.number().nullable().optional(),
	})
	.meta({ id: 'ComparedNumber' });
export type ComparedNumber = z.infer<typeof comparedNumberSchema>;

export const comparedMoneySchema = z
	.object({
		value: moneySchema.nullable(),
		previous: moneySchema.nullable(),
		comparable: moneySchema.nullable().optional(),
	})
	.meta({ id: 'ComparedMoney' });
export type ComparedMoney = z.infer<typeof comparedMoneySchema>;

/** An account that a comparison leaves out, and since when its figures are whole. */
export const leftOutSchema = z
	.object({
		connectionId: connectionIdSchema,
		accountId: z.string(),
		accountName: z.string().nullable(),
		knownFrom: instantSchema,
	})
	.meta({ id: 'LeftOut' });
export type LeftOut = z.infer<typeof leftOutSchema>;

export const seriesUnits = [
	'count',
	'ms',
	'mib',
	'share',
	'usd',
	'usdPerThousand',
	'concurrent',
	'bytes',
] as const;

/**
 * One series over the shared x of its chart. `null` is "not known", never 0. Amounts are plain
 * numbers here because they are drawn; exact ones are in the page's money fields.
 */
export const seriesSchema = z
	.object({
		id: z.string(),
		label: z.string(),
		unit: z.enum(seriesUnits),
		values: z.array(z.number().nullable()).max(maxSeriesPoints),
	})
	.meta({ id: 'Series' });
export type Series = z.infer<typeof seriesSchema>;

/** The x axis that all charts of a page share: point `i` starts at `from + i × stepMs`. */
export const xAxisSchema = z
	.object({
		from: instantSchema,
		stepMs: z.number().int().positive(),
		count: z.number().int().nonnegative().max(maxSeriesPoints),
	})
	.meta({ id: 'XAxis' });
export type XAxis = z.infer<typeof xAxisSchema>;

/** A stretch that is not complete; what no span covers is complete. */
export const completenessSpanSchema = spanSchema
	.extend({ state: z.enum(['provisional', 'partial', 'missing']), reason: z.string().nullable() })
	.meta({ id: 'CompletenessSpan' });
export type CompletenessSpan = z.infer<typeof completenessSpanSchema>;

/** A limit drawn as a dotted line: reserved concurrency, memory given, a budget, a timeout. */
export const chartLimitSchema = z.object({
	id: z.enum(['timeout', 'memory', 'reserved', 'provisioned', 'accountLimit', 'budget', 'cap']),
	value: z.number(),
	unit: z.enum(seriesUnits),
});

export const chartSchema = z
	.object({
		id: z.string(),
		series: z.array(seriesSchema),
		limits: z.array(chartLimitSchema),
		/** How the drawn cost is known; `null` for charts without money. */
		provenance: costProvenanceSchema.nullable(),
		/** True where percentiles were merged from histograms or are CloudWatch's own per step. */
		approximate: z.boolean(),
	})
	.meta({ id: 'Chart' });
export type Chart = z.infer<typeof chartSchema>;

/** A deploy as a chart's marker. */
export const deployMarkerSchema = z
	.object({
		id: z.string(),
		at: instantSchema,
		app: z.string().nullable(),
		/** What to print on the tag: a version, a short commit, or `null` when neither is known. */
		label: z.string().nullable(),
		functions: z.number().int().nonnegative(),
	})
	.meta({ id: 'DeployMarker' });
export type DeployMarker = z.infer<typeof deployMarkerSchema>;

/** Charts of one page: one x, one set of markers and completeness spans for all of them. */
export const chartSetSchema = z
	.object({
		x: xAxisSchema,
		charts: z.array(chartSchema),
		deploys: z.array(deployMarkerSchema),
		spans: z.array(completenessSpanSchema),
	})
	.meta({ id: 'ChartSet' });
export type ChartSet = z.infer<typeof chartSetSchema>;

export const appLabelSchema = z
	.object({
		id: z.string(),
		name: z.string(),
		stage: z.string().nullable(),
		kind: z.string(),
		/** For Amplify: the framework that AWS names. */
		framework: z.string().nullable(),
	})
	.meta({ id: 'AppLabel' });
export type AppLabel = z.infer<typeof appLabelSchema>;

/** Enough of a function to name and link it. */
export const functionLabelSchema = z
	.object({
		id: functionIdSchema,
		name: z.string(),
		accountId: accountIdSchema,
		accountName: z.string().nullable(),
		region: regionSchema,
		app: appLabelSchema.nullable(),
	})
	.meta({ id: 'FunctionLabel' });
export type FunctionLabel = z.infer<typeof functionLabelSchema>;

/** An opaque place in a list. It belongs to the query that made it; another query refuses it. */
export const cursorSchema = z.string().min(1).max(4_000);

/** A range in a query: ISO 8601 with zone, or `now`, `now-15m`, `now-6h`, `now-7d`. */
const timePointSchema = z
	.string()
	.max(40)
	.regex(
		/^(now(-\d{1,5}[smhdw])?|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))$/,
		'expected an ISO 8601 moment with zone, or now-24h',
	);
export const rangeQuerySchema = z.object({
	/** Default `now-24h`. */
	from: timePointSchema.optional(),
	/** Default `now`. */
	to: timePointSchema.optional(),
});
export type RangeQuery = z.infer<typeof rangeQuerySchema>;

/** A query parameter that may be given several times: `?region=eu-west-1&region=us-east-1`. */
export const manySchema = z
	.union([z.string().max(256), z.array(z.string().max(256)).max(50)])
	.transform((value): readonly string[] => (typeof value === 'string' ? [value] : value));

export const limitSchema = z.coerce.number<number | string>().int().min(1).max(maxPageRows);
export const flagSchema = z
	.enum(['true', 'false'])
	.transform((value) => value === 'true')
	.describe('true or false');

/** A problem as RFC 9457 has it; `fields` names each rejected part of the input. */
export const problemSchema = z
	.object({
		type: z.string(),
		title: z.string(),
		status: z.number().int(),
		/** One of core's error codes. */
		code: z.string(),
		detail: z.string(),
		requestId: z.string(),
		fields: z.array(
			z.object({ path: z.string(), message: z.string(), received: z.string().optional() }),
		),
		/** When a retry may succeed; also the `Retry-After` header. `null` when not known. */
		retryAfterSeconds: z.number().nullable(),
		details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
	})
	.meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;

/** What was left out of an answer because a named limit was reached; empty when nothing was. */
export const limitHitSchema = z
	.object({ limit: z.string(), max: z.number(), message: z.string() })
	.meta({ id: 'LimitHit' });
export type LimitHit = z.infer<typeof limitHitSchema>;

/** The ends between which a sampled cost lies with a confidence, and how many executions were read for it. */
export const costIntervalSchema = z
	.object({
		confidence: z.number(),
		low: moneySchema,
		high: moneySchema,
		sampledExecutions: z.number().int(),
	})
	.meta({ id: 'CostInterval' });
export type CostInterval = z.infer<typeof costIntervalSchema>;

/** How much of a cost is sampled, and between which ends that lets the whole of it lie. */
export const sampledShareSchema = z
	.object({ share: z.number(), interval: costIntervalSchema })
	.meta({ id: 'SampledShare' });
export type SampledShare = z.infer<typeof sampledShareSchema>;
