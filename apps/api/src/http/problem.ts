import { type ErrorCode, LamplightError } from '@lamplight/core/errors';
import type * as z from 'zod';

import type { Problem } from '../contract/shared.ts';

const statuses: Readonly<Record<ErrorCode, number>> = {
	invalid_input: 422,
	unauthenticated: 401,
	forbidden: 403,
	not_found: 404,
	conflict: 409,
	gone: 410,
	too_large: 413,
	rate_limited: 429,
	budget_exhausted: 402,
	aws_access_denied: 424,
	aws_throttled: 429,
	aws_unavailable: 502,
	aws_refused: 424,
	data_damaged: 500,
	unavailable: 503,
};

const titles: Readonly<Record<ErrorCode, string>> = {
	invalid_input: 'Something in the request is not as expected',
	unauthenticated: 'Sign in to go on',
	forbidden: 'Your role does not allow this',
	not_found: 'There is no such thing here',
	conflict: 'It has changed meanwhile',
	gone: 'It is no longer there',
	too_large: 'That is more than one call may take',
	rate_limited: 'Too many calls',
	budget_exhausted: 'The budget for this is used up',
	aws_access_denied: 'The role in the account does not allow this',
	aws_throttled: 'AWS asks us to wait',
	aws_unavailable: 'AWS did not answer',
	aws_refused: 'AWS refused the call',
	data_damaged: 'Stored data could not be read',
	unavailable: 'Not available right now',
};

/** The problem that an error becomes. `null` for an error of ours whose text must not leave. */
export function problemOf(error: unknown, requestId: string): Problem {
	if (!(error instanceof LamplightError)) return unknownProblem(requestId);
	return {
		type: `https://lamplight.dev/problems/${error.code.replaceAll('_', '-')}`,
		title: titles[error.code],
		status: statuses[error.code],
		code: error.code,
		detail: error.message,
		requestId,
		fields: error.fields.map((field) => ({
			path: field.path,
			message: field.message,
			...(field.received === undefined ? {} : { received: field.received }),
		})),
		retryAfterSeconds: error.retryAfterSeconds,
		details: { ...error.details },
	};
}

function unknownProblem(requestId: string): Problem {
	return {
		type: 'https://lamplight.dev/problems/internal',
		title: 'Something went wrong on our side',
		status: 500,
		code: 'internal',
		detail: `The fault is noted under ${requestId}.`,
		requestId,
		fields: [],
		retryAfterSeconds: null,
		details: {},
	};
}

/** A problem as a response, with `Retry-After` where it is known. */
export function problemResponse(problem: Problem): Response {
	const headers = new Headers({
		'content-type': 'application/problem+json; charset=utf-8',
		'cache-control': 'no-store',
	});
	if (problem.retryAfterSeconds !== null) {
		headers.set('retry-after', String(Math.ceil(problem.retryAfterSeconds)));
	}
	if (problem.status === 401) headers.set('www-authenticate', 'Bearer');
	return new Response(JSON.stringify(problem), { status: problem.status, headers });
}

const previewLimit = 60;

/**
 * Parses one part of a request (`query`, `body`, `params`); throws `invalid_input` that names each
 * rejected field, the beginning of what was there and what was expected.
 */
export function parsePart<T>(part: string, schema: z.ZodType<T>, value: unknown): T {
	const parsed = schema.safeParse(value);
	if (parsed.success) return parsed.data;
	const fields = parsed.error.issues.slice(0, 20).map((issue) => {
		const received = preview(valueAt(value, issue.path));
		return {
			path: [part, ...issue.path.map(String)].join('.'),
			message: issue.message,
			...(received === undefined ? {} : { received }),
		};
	});
	const first = fields[0];
	throw new LamplightError(
		'invalid_input',
		first === undefined ? `${part}: not as expected` : `${first.path}: ${first.message}`,
		{ fields },
	);
}

/** Runs a parser of the domain; what it rejects is named as a field of a part of the request. */
export function inPart<T>(part: string, parse: () => T): T {
	try {
		return parse();
	} catch (error) {
		if (!(error instanceof LamplightError) || error.code !== 'invalid_input') throw error;
		throw new LamplightError('invalid_input', `${part}.${error.message}`, {
			cause: error,
			fields: error.fields.map((field) => ({ ...field, path: `${part}.${field.path}` })),
		});
	}
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
	let at: unknown = value;
	for (const key of path) {
		if (typeof at !== 'object' || at === null) return undefined;
		at = (at as Record<PropertyKey, unknown>)[key];
	}
	return at;
}

function preview(value: unknown): string | undefined {
	if (value === undefined) return undefined;
	const text = typeof value === 'string' ? value : JSON.stringify(value);
	return text.length > previewLimit ? `${text.slice(0, previewLimit)}…` : text;
}
