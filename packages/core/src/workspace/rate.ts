import * as z from 'zod';

/** Calls of one kind by one caller within one minute, counted for all processes together. */
export const rateMinuteSchema = z.object({
	/** The kind, the caller and the minute. */
	id: z.string().min(1).max(200),
	/** The request that began it: of two first ones only one may write. */
	begunBy: z.string().max(100),
	used: z.number().int().positive(),
	expiresMs: z.number().int().nonnegative(),
});
export type RateMinute = z.infer<typeof rateMinuteSchema>;
