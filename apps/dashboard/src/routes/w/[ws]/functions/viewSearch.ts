/** The part of a query string that a view keeps: all but the range. */
export function viewSearch(params: URLSearchParams): string {
	const kept = new URLSearchParams(params);
	for (const name of ['from', 'to', 'open']) kept.delete(name);
	return kept.toString();
}
