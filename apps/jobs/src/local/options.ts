import { LamplightError } from '@lamplight/core/errors';
import * as z from 'zod';

/** Options of the local worker, as JSON in its first argument. Endpoints and keys are the SDK's own. */
export const localOptionsSchema = z.object({
	tableName: z.string().min(3),
	queueUrl: z.url(),
	/** Where the simulated world tells its time; real time when left out. */
	worldClockUrl: z.url().optional(),
	/** Where S3's stand-in keeps exports. */
	exports: z.object({
		endpoint: z.url(),
		bucket: z.string().min(3),
		accessKeyId: z.string().min(1),
		secretAccessKey: z.string().min(1),
	}),
	/** A profile of this machine, when it is watched with one's own keys. */
	awsProfile: z.string().optional(),
	/** Messages worked on at once. */
	width: z.number().int().min(1).max(64).default(6),
	/** Share of AWS's published rates. */
	rateShare: z.number().positive().max(1).optional(),
});
export type LocalOptions = z.output<typeof localOptionsSchema>;

/** Parses options; throws `invalid_input` that names the field. */
export function parseLocalOptions(text: string | undefined): LocalOptions {
	let value: unknown;
	try {
		value = JSON.parse(text ?? '{}');
	} catch {
		throw new LamplightError('invalid_input', 'options: expected JSON in the first argument');
	}
	const parsed = localOptionsSchema.safeParse(value);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	const path = issue?.path.join('.') ?? '';
	throw new LamplightError(
		'invalid_input',
		`options.${path}: ${issue?.message ?? 'not understood'}`,
	);
}
