import type { ErrorCode, FieldProblem } from '@lamplight/core/errors';
import type { Problem } from '@lamplight/api/contract/shared';

/** What a failed call means to a person: every failure of the API, the network or the browser becomes one. */
export class ApiProblem extends Error {
	override readonly name = 'ApiProblem';
	readonly status: number;
	readonly code: ErrorCode;
	/** For a report to us; `null` when the answer did not come from the API. */
	readonly requestId: string | null;
	readonly fields: readonly FieldProblem[];
	readonly retryAfterSeconds: number | null;
	readonly details: Readonly<Record<string, string | number | boolean>>;

	constructor(status: number, problem: Partial<Problem> & { readonly detail: string }) {
		super(problem.detail);
		this.status = status;
		this.code = (problem.code ?? codeOfStatus(status)) as ErrorCode;
		this.requestId = problem.requestId ?? null;
		this.fields = (problem.fields ?? []).map(({ path, message, received }) => ({
			path,
			message,
			...(received === undefined ? {} : { received }),
		}));
		this.retryAfterSeconds = problem.retryAfterSeconds ?? null;
		this.details = problem.details ?? {};
	}

	/** The message for one field of a form; `null` when that field was not at fault. */
	fieldMessage(name: string): string | null {
		// What the schema refuses is named within the body that a form sends; what the domain does, by itself.
		const paths = [`body.${name}`, name];
		return this.fields.find(({ path }) => paths.includes(path))?.message ?? null;
	}
}

/** Status 0: no answer came at all. */
export const noAnswerStatus = 0;

function codeOfStatus(status: number): ErrorCode {
	if (status === 401) return 'unauthenticated';
	if (status === 403) return 'forbidden';
	if (status === 404) return 'not_found';
	if (status === 409) return 'conflict';
	if (status === 413) return 'too_large';
	if (status === 429) return 'rate_limited';
	return status >= 400 && status < 500 ? 'invalid_input' : 'unavailable';
}

/** The problem in a failed answer. An answer that is not a problem document is described by its status. */
export async function readProblem(response: Response): Promise<ApiProblem> {
	const text = await response.text().catch(() => '');
	const retryAfterSeconds = Number(response.headers.get('retry-after')) || null;
	try {
		const body = JSON.parse(text) as Partial<Problem>;
		if (typeof body.detail === 'string') {
			return new ApiProblem(response.status, {
				...body,
				detail: body.detail,
				retryAfterSeconds: body.retryAfterSeconds ?? retryAfterSeconds,
			});
		}
	} catch {
		// Not JSON: a proxy's page, or nothing. The status says enough.
	}
	return new ApiProblem(response.status, {
		detail: `The server answered with status ${response.status}.`,
		retryAfterSeconds,
	});
}

/** Any thrown value as a problem. */
export function asProblem(error: unknown): ApiProblem {
	if (error instanceof ApiProblem) return error;
	if (error instanceof DOMException && error.name === 'TimeoutError') {
		return new ApiProblem(noAnswerStatus, { detail: 'The server did not answer within 60 s.' });
	}
	return new ApiProblem(noAnswerStatus, { detail: 'The server cannot be reached.' });
}

/** Whether asking again soon may help; a refusal stays a refusal. */
export function worthRetrying(problem: ApiProblem): boolean {
	return problem.status === noAnswerStatus || problem.status >= 500;
}

export interface ProblemText {
	readonly tone: 'bad' | 'warn' | 'off';
	/** What happened, short. */
	readonly title: string;
	/** What still holds, and what to do. */
	readonly text: string;
}

/** The words for a problem in place of what could not be shown; `what` is such as "durations". */
export function describeProblem(problem: ApiProblem, what: string): ProblemText {
	switch (problem.code) {
		case 'forbidden':
			return {
				tone: 'off',
				title: 'Not open to your role',
				text: `${problem.message} The other pages stay open to you.`,
			};
		case 'not_found':
		case 'gone':
			return { tone: 'off', title: `No ${what} here`, text: problem.message };
		case 'rate_limited':
		case 'aws_throttled':
			return { tone: 'warn', title: 'Asked to wait', text: problem.message };
		case 'budget_exhausted':
			return { tone: 'warn', title: 'The cap is reached', text: problem.message };
		case 'invalid_input':
		case 'too_large':
		case 'conflict':
			return { tone: 'warn', title: `Could not read ${what}`, text: problem.message };
		case 'unauthenticated':
			return { tone: 'off', title: 'Signed out', text: 'Sign in again to go on.' };
		default:
			return {
				tone: 'bad',
				title: `Could not read ${what}`,
				text: `${problem.message} What else is on this page is as it was read.`,
			};
	}
}
