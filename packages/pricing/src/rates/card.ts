import * as z from 'zod';

import { currencySchema } from '@lamplight/core/money';

import { componentSchema } from '../components.ts';

const decimalSchema = z.string().regex(/^\d+(\.\d+)?$/, 'expected a decimal');
const daySchema = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'expected YYYY-MM-DD');

/** One tier: from `from` priced units on, up to `to` (`null`: without end). */
export const tierSchema = z.object({
	from: z.string().regex(/^\d+$/, 'expected a whole number'),
	to: z.string().regex(/^\d+$/, 'expected a whole number').nullable(),
	price: decimalSchema,
	/** Where this tier's price came from, when not from the row's source. */
	source: z.string().optional(),
});
export type Tier = z.infer<typeof tierSchema>;

/**
 * The price of one component in one region during a span of days. Past rows are never changed: a
 * new price is a new row, so that last year's months keep last year's prices.
 */
export const rateRowSchema = z.object({
	component: componentSchema,
	/** `global` where one price holds everywhere. */
	region: z.string().min(1),
	architecture: z.enum(['x86_64', 'arm64', 'any']),
	currency: currencySchema,
	unit: z.string(),
	tiers: z.array(tierSchema).min(1),
	/** Key into the document's sources. */
	source: z.string(),
	/** First day it is valid; `null` when we do not know an earlier price. */
	validFrom: daySchema.nullable(),
	/** First day it is no longer valid; `null` while it is. */
	validTo: daySchema.nullable(),
});
export type RateRow = z.infer<typeof rateRowSchema>;

/** A monthly allowance of the payer account, over all regions and both architectures. */
export const allowanceSchema = z.object({
	components: z.array(componentSchema).min(1),
	/** In priced units. */
	quantity: z.string().regex(/^\d+$/),
	source: z.string(),
	validFrom: daySchema.nullable(),
	validTo: daySchema.nullable(),
});
export type Allowance = z.infer<typeof allowanceSchema>;

export const rateDocumentSchema = z.object({
	version: z.literal(1),
	sources: z.record(z.string(), z.object({ title: z.string(), date: daySchema })),
	rates: z.array(rateRowSchema),
	allowances: z.array(allowanceSchema),
});
export type RateDocument = z.infer<typeof rateDocumentSchema>;
