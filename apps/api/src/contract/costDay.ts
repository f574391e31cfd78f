import * as z from 'zod';

import { daySchema, moneySchema } from './shared.ts';

/** One UTC day, known in three ways. */
export const costDaySchema = z
	.object({
		day: daySchema,
		estimated: moneySchema.nullable().describe('From metrics, of all accounts that used anything.'),
		measured: moneySchema
			.nullable()
			.describe(
				'From records, of the accounts whose records were read: `measuredOf` says how many. What an account’s unread functions cost is estimated in it.',
			),
		measuredOf: z
			.object({
				accounts: z.number().int().describe('Accounts whose records were read.'),
				of: z.number().int().describe('Accounts in which anything ran.'),
				estimated: moneySchema
					.nullable()
					.describe(
						'The estimate of the measured accounts alone: what is measured compares with this.',
					),
			})
			.nullable()
			.describe('null where nothing was measured.'),
		billed: moneySchema.nullable().describe('What AWS billed, of the accounts that have a bill.'),
		difference: z
			.object({
				against: z
					.enum(['measured', 'estimated'])
					.describe('What the bill is held against: the estimate where no account was measured.'),
				amount: moneySchema.describe('Billed minus that, of the accounts that have both.'),
				accounts: z.number().int().describe('Accounts that have both.'),
				of: z.number().int().describe('Accounts that used anything or were billed.'),
			})
			.nullable()
			.describe('null where no account has both.'),
		complete: z.boolean().describe('The day is over.'),
	})
	.meta({ id: 'CostDay' });
export type CostDay = z.infer<typeof costDaySchema>;
