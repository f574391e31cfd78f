/**
 * The closed error vocabulary. Each surface (HTTP, command line, job) has one translator for it;
 * an error of any other class is a fault of ours, and its text never reaches a client.
 */
export const errorCodes = [
	'invalid_input',
	'unauthenticated',
	'forbidden',
	'not_found',
	'conflict',
	'gone',
	'too_large',
	'rate_limited',
	'budget_exhausted',
	'aws_access_denied',
	'aws_throttled',
	'aws_unavailable',
	'aws_refused',
	'data_damaged',
	'unavailable',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** One rejected field of an input: where it is, what was there (its beginning), what was expected. */
export interface FieldProblem {
	readonly path: string;
	readonly message: string;
	readonly received?: string;
}

export interface LamplightErrorOptions {
	readonly cause?: unknown;
	readonly fields?: readonly FieldProblem[];
	/** Seconds after which a retry may succeed; `null` when unknown. */
	readonly retryAfterSeconds?: number | null;
	/** Facts that help a person: an action, an account, a limit's name. Never log text or secrets. */
	readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/** An error whose message may be shown to the person who caused it. */
export class LamplightError extends Error {
	override readonly name = 'LamplightError';
	readonly code: ErrorCode;
	readonly fields: readonly FieldProblem[];
	readonly retryAfterSeconds: number | null;
	readonly details: Readonly<Record<string, string | number | boolean>>;

	constructor(code: ErrorCode, message: string, options: LamplightErrorOptions = {}) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause });
		this.code = code;
		this.fields = options.fields ?? [];
		this.retryAfterSeconds = options.retryAfterSeconds ?? null;
		this.details = options.details ?? {};
	}
}

/** An `invalid_input` error for one named field. `received` is cut to its first 60 characters. */
export function invalidField(path: string, message: string, received?: unknown): LamplightError {
	const shown = received === undefined ? undefined : preview(received);
	return new LamplightError('invalid_input', `${path}: ${message}`, {
		fields: [{ path, message, ...(shown === undefined ? {} : { received: shown }) }],
	});
}

const previewLimit = 60;

function preview(value: unknown): string {
	const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
	return text.length > previewLimit ? `${text.slice(0, previewLimit)}…` : text;
}
