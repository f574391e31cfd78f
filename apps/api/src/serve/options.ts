import { LamplightError } from '@lamplight/core/errors';
import { accountIdSchema } from '@lamplight/core/ids';
import * as z from 'zod';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Of half a minute that a Lambda has: who would have to wait for longer is told so at once. */
export const longestWaitMs = 10_000;

/** Where browsers find Lamplight: https, or http on this machine only. */
const publicUrlSchema = z
	.url({ protocol: /^https?$/ })
	.transform((text) => new URL(text).origin)
	.refine((origin) => {
		const { protocol, hostname } = new URL(origin);
		return protocol === 'https:' || loopback.has(hostname) || hostname.endsWith('.localhost');
	}, 'expected https, or http on this machine: sign-in cookies would travel in the clear');

const oidcSchema = z.object({
	issuer: z.url(),
	clientId: z.string().min(1),
	clientSecret: z.string().min(1),
});

/** Options of the server process, as JSON in its first argument. */
export const serverOptionsSchema = z.object({
	/** 0 takes a free one. */
	port: z.number().int().min(0).max(65_535).default(0),
	host: z.string().default('127.0.0.1'),
	publicUrl: publicUrlSchema,
	/** The built dashboard; none is served when left out. */
	dashboardFolder: z.string().optional(),
	tableName: z.string().min(3),
	oidc: oidcSchema,
	secret: z.string().min(32),
	simulated: z.boolean().default(false),
	firstWorkspaceName: z.string().max(80).nullable().default(null),
	/** Where the simulated world tells its time: `GET` answers `{nowMs, speed}`. */
	worldClockUrl: z.url().optional(),
	connect: z.object({
		/** Our own account, which customers' roles trust, and our roles in it. */
		trustedAccountId: accountIdSchema,
		trustedRoleNames: z.array(z.string().min(1)).min(1),
		templateUrl: z.url().nullable().default(null),
		region: z.string().default('us-east-1'),
	}),
	/** The jobs' queue, and where S3's stand-in keeps the files that they make. */
	exports: z.object({
		queueUrl: z.url(),
		endpoint: z.url(),
		bucket: z.string().min(3),
		accessKeyId: z.string().min(1),
		secretAccessKey: z.string().min(1),
	}),
	/** A profile of this machine, when it is watched with one's own keys. */
	awsProfile: z.string().optional(),
});
export type ServerOptions = z.output<typeof serverOptionsSchema>;

/** Parses options; throws `invalid_input` that names what is wrong, without the secrets. */
export function parseServerOptions(text: string | undefined): ServerOptions {
	let value: unknown;
	try {
		value = JSON.parse(text ?? '{}');
	} catch {
		throw new LamplightError('invalid_input', 'options: expected JSON in the first argument');
	}
	return parsed(serverOptionsSchema.safeParse(value), 'options');
}

/** The environment of the Lambda function, as the stacks set it. */
const environmentSchema = z.object({
	AWS_REGION: z.string(),
	LAMPLIGHT_ORIGIN: publicUrlSchema,
	LAMPLIGHT_ORIGIN_SECRET: z.string().min(16),
	LAMPLIGHT_TABLE: z.string().min(3),
	LAMPLIGHT_COLLECT_QUEUE_URL: z.url(),
	LAMPLIGHT_EXPORTS_BUCKET: z.string().min(3),
	LAMPLIGHT_SECRET: z.string().min(32),
	LAMPLIGHT_OIDC_ISSUER: z.url(),
	LAMPLIGHT_OIDC_CLIENT_ID: z.string().min(1),
	LAMPLIGHT_OIDC_CLIENT_SECRET: z.string().min(1),
	LAMPLIGHT_CONNECT_TEMPLATE_URL: z.url().optional(),
	LAMPLIGHT_TRUSTED_ROLE_NAMES: z
		.string()
		.transform((names) => names.split(',').filter((name) => name !== '')),
});
export type LambdaEnvironment = z.output<typeof environmentSchema>;

/** Parses the environment; throws `invalid_input` that names the variables which are wrong. */
export function parseEnvironment(
	environment: Readonly<Record<string, string | undefined>>,
): LambdaEnvironment {
	return parsed(environmentSchema.safeParse(environment), 'environment');
}

function parsed<T>(result: z.ZodSafeParseResult<T>, part: string): T {
	if (result.success) return result.data;
	const fields = result.error.issues.map((issue) => ({
		path: [part, ...issue.path].join('.'),
		message: issue.message,
	}));
	const text = fields.map(({ path, message }) => `${path}: ${message}`).join('; ');
	throw new LamplightError('invalid_input', text, { fields });
}
