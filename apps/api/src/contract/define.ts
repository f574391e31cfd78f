import type * as z from 'zod';

/** What a request sends beside its path, and what comes back. */
export interface RouteContract {
	readonly summary: string;
	readonly tag: string;
	readonly params?: z.ZodObject;
	readonly query?: z.ZodObject;
	readonly body?: z.ZodType;
	/** The answer; `null` for one without a body (204 or a redirect). */
	readonly response: z.ZodType | null;
	/** The status of success; 200 when left out. */
	readonly status?: 200 | 201 | 202 | 204 | 302;
	/** The media type of an answer that is not JSON; its schema is then a string. */
	readonly mediaType?: string;
	/** Of a file to download: what a browser calls it. */
	readonly fileName?: string;
}

/** Keys are the method and the path template, such as `GET /v1/w/{ws}/overview`. */
export type RouteKeyText = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;

/** Routes of one part of the API, with their types kept. */
export function routes<const T extends Record<RouteKeyText, RouteContract>>(contracts: T): T {
	return contracts;
}
