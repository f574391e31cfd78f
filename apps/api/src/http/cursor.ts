import { invalidField } from '@lamplight/core/errors';

import { hashOf } from '../session/people.ts';
import { sign, unsign } from '../session/signed.ts';

/** What a cursor belongs to: the route and the query that made it, without the cursor itself. */
function scopeOf(route: string, query: Readonly<Record<string, unknown>>): string {
	const rest = Object.entries(query)
		.filter(([name]) => name !== 'cursor')
		.sort(([a], [b]) => (a < b ? -1 : 1));
	return hashOf(`${route}\n${JSON.stringify(rest)}`).slice(0, 16);
}

export interface CursorScope {
	readonly secret: string;
	readonly workspaceId: string;
	readonly route: string;
	readonly query: Readonly<Record<string, unknown>>;
}

/** An opaque, signed place in a list; `null` when there is no more. */
export function writeCursor(scope: CursorScope, place: string | null): string | null {
	if (place === null) return null;
	const purpose = `cursor ${scope.workspaceId} ${scopeOf(scope.route, scope.query)}`;
	return sign(scope.secret, purpose, place);
}

/** The place; `null` for the first page. Throws `invalid_input` for one of another query, or altered. */
export function readCursor(scope: CursorScope, cursor: string | undefined): string | null {
	if (cursor === undefined) return null;
	const purpose = `cursor ${scope.workspaceId} ${scopeOf(scope.route, scope.query)}`;
	const place = unsign(scope.secret, purpose, cursor);
	if (place === null) {
		throw invalidField('query.cursor', 'expected the cursor of a page of this same query', cursor);
	}
	return place;
}

/** One page of rows that are all in memory: the place is the number of the next row. */
export function pageOf<T>(
	rows: readonly T[],
	scope: CursorScope,
	{ cursor, limit }: { readonly cursor: string | undefined; readonly limit: number },
): { readonly rows: readonly T[]; readonly nextCursor: string | null } {
	const from = Number(readCursor(scope, cursor) ?? 0);
	const to = from + limit;
	return {
		rows: rows.slice(from, to),
		nextCursor: writeCursor(scope, to < rows.length ? String(to) : null),
	};
}
